package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.CountSource;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A server on a port of its own that serves one capture, and ways to talk to it. */
final class TestServer implements AutoCloseable {

  static final String ONE_SAMPLE = "http_requests_total{method=\"GET\",interface=\"lo\",} 41.0";

  final MetricsServer server;
  final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private TestServer(MetricsServer server) {
    this.server = server;
  }

  static TestServer start() throws ListenException {
    return start("/metrics", registry(() -> read("lo")), () -> true);
  }

  static TestServer start(ReloadPage reload) throws ListenException {
    return start("/metrics", registry(() -> read("lo")), () -> true, reload);
  }

  static TestServer start(String path, CollectorRegistry registry, BooleanSupplier ready)
      throws ListenException {
    return start(path, registry, ready, new ReloadPage(false, Optional::empty));
  }

  private static TestServer start(
      String path, CollectorRegistry registry, BooleanSupplier ready, ReloadPage reload)
      throws ListenException {
    ListenAddress address = new ListenAddress("127.0.0.1", 0);
    return new TestServer(MetricsServer.start(address, path, registry, ready, reload, "1.2.3"));
  }

  static CollectorRegistry registry(CountSource source) {
    CollectorRegistry registry = new CollectorRegistry();
    new HttpRequestsCollector(source).register(registry);
    return registry;
  }

  /** 41 requests on each of these interfaces. */
  static List<CaptureSnapshot> read(String... interfaces) {
    CaptureCounts counts = CaptureCounts.ofEntries(new long[] {0, 41}, new long[] {41}, null, null);
    return Stream.of(interfaces).map(name -> new CaptureSnapshot(name, true, counts)).toList();
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.address().getPort() + path);
  }

  HttpResponse<String> get(String path, String... headers)
      throws IOException, InterruptedException {
    return send("GET", path, headers);
  }

  HttpResponse<String> send(String method, String path, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.address().getPort());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Sends these octets, and returns all that is answered until the server closes. */
  String raw(String octets) throws IOException {
    try (Socket socket = connect()) {
      socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
  }
}
