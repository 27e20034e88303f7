package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.httpebpf.exporter.metrics.BuildInfo;
import io.github.httpebpf.exporter.metrics.BuildInfoCollector;
import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class MetricsServerTest {

  private static final String LAST_REQUEST = "GET /-/healthy HTTP/1.1\r\nConnection: close\r\n\r\n";

  private TestServer server;

  @BeforeEach
  void start() throws ListenException {
    server = TestServer.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void servesPrometheusTextUnlessAskedOtherwise() throws Exception {
    HttpResponse<String> response = server.get("/metrics");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("text/plain; version=0.0.4; charset=utf-8");
    assertThat(response.body()).contains(TestServer.ONE_SAMPLE + "\n").doesNotContain("# EOF");
  }

  @Test
  void servesOpenMetricsToThoseWhoAcceptIt() throws Exception {
    HttpResponse<String> response =
        server.get(
            "/metrics", "Accept", "application/openmetrics-text;version=1.0.0,text/plain;q=0.5");

    assertThat(response.headers().firstValue("Content-Type"))
        .hasValue("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(response.body())
        .contains("http_requests_total{method=\"GET\",interface=\"lo\"} 41.0\n")
        .endsWith("# EOF\n");
  }

  @Test
  void compressesForThoseWhoAcceptIt() throws Exception {
    HttpResponse<byte[]> response =
        server.client.send(
            HttpRequest.newBuilder(server.uri("/metrics"))
                .header("Accept-Encoding", "gzip")
                .build(),
            BodyHandlers.ofByteArray());

    assertThat(response.headers().firstValue("Content-Encoding")).hasValue("gzip");
    try (GZIPInputStream text = new GZIPInputStream(new ByteArrayInputStream(response.body()))) {
      assertThat(new String(text.readAllBytes(), StandardCharsets.UTF_8))
          .contains(TestServer.ONE_SAMPLE + "\n");
    }
  }

  @Test
  void queryChoosesNamesAsSimpleclientDoes() throws Exception {
    assertThat(server.get("/metrics?name%5B%5D=http_ebpf_exporter_up").body())
        .contains("http_ebpf_exporter_up{interface=\"lo\",} 1.0\n")
        .doesNotContain("http_requests_total");
    assertThat(server.raw("GET /metrics?name[]=up HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 200 OK\r\n")
        .doesNotContain("http_");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/metrics", "/", "/-/healthy", "/-/ready", "/nothing"})
  void headIsAnsweredLikeGetWithoutTheBody(String path) throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    // Not the counts: how long reading them took is never of the same length.
    new BuildInfoCollector(new BuildInfo("1", "2", "3", "4", "5")).register(registry);
    String get;
    String head;
    try (TestServer steady = TestServer.start("/metrics", registry, () -> true)) {
      get = steady.raw("GET " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
      head = steady.raw("HEAD " + path + " HTTP/1.1\r\nConnection: close\r\n\r\n");
    }

    assertThat(head).endsWith("\r\n\r\n");
    assertThat(statusTypeLength(head)).hasSize(3).isEqualTo(statusTypeLength(get));
  }

  @Test
  void headOfWhatWouldBeCompressedLeavesTheConnectionUsable() throws Exception {
    String head = "HEAD /metrics HTTP/1.1\r\nAccept-Encoding: gzip\r\n\r\n";

    assertThat(server.raw(head + LAST_REQUEST))
        .containsOnlyOnce("Content-encoding: gzip\r\n")
        .endsWith("\r\n\r\nhealthy\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/nothing",
        "/metricsfoo",
        "/metrics/",
        "/metrics/foo",
        "/-/healthyx",
        "/-/",
        "/index.html"
      })
  void anyOtherPathIsNotFound(String path) throws Exception {
    HttpResponse<String> response = server.get(path);

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/plain; charset=utf-8");
    assertThat(response.body()).isEqualTo("no such page\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "get", "BREW"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    assertThat(server.raw(method + " /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"))
        .startsWith("HTTP/1.1 405 Method Not Allowed\r\n")
        .contains("\r\nAllow: GET, HEAD\r\n")
        .endsWith("\r\n\r\nonly GET and HEAD\n");
  }

  @Test
  void bodyOfARequestIsNotTakenForTheNextRequest() throws Exception {
    String body = "GET /-/ready HTTP/1.1\r\n\r\n";
    String post = "POST /metrics HTTP/1.1\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;

    assertThat(server.raw(post + LAST_REQUEST))
        .startsWith("HTTP/1.1 405 ")
        .endsWith("\r\n\r\nhealthy\n")
        .doesNotContain("\nready\n");
  }

  @Test
  void landingPageLinksToEverythingAndSaysTheVersion() throws Exception {
    HttpResponse<String> response = server.get("/");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).hasValue("text/html; charset=utf-8");
    assertThat(response.body())
        .contains("<a href=\"/metrics\">", "<a href=\"/-/healthy\">", "<a href=\"/-/ready\">")
        .contains("Version 1.2.3.");
  }

  @Test
  void telemetryPathMayBeTheRoot() throws Exception {
    try (TestServer root =
        TestServer.start("/", TestServer.registry(() -> TestServer.read("lo")), () -> true)) {
      assertThat(root.get("/").body()).contains(TestServer.ONE_SAMPLE);
      assertThat(root.get("/metrics").statusCode()).isEqualTo(404);
      assertThat(root.get("/-/healthy").body()).isEqualTo("healthy\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "metrics", "/-/healthy", "/-/", "//metrics", "/a b", "/a?b", "/a%20b", "/<b>"})
  void telemetryPathThatCannotBeServedIsRejected(String path) {
    assertThatThrownBy(() -> TestServer.start(path, new CollectorRegistry(), () -> true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "telemetry path '"
                + path
                + "': expected a path like /metrics, of letters, digits and . _ ~ - /,"
                + " and not below /-/");
  }

  @Test
  void isReadyWhenItsCapturesAreAndHealthyAlways() throws Exception {
    AtomicBoolean ready = new AtomicBoolean();
    try (TestServer starting = TestServer.start("/metrics", new CollectorRegistry(), ready::get)) {
      HttpResponse<String> before = starting.get("/-/ready");
      assertThat(before.statusCode()).isEqualTo(503);
      assertThat(before.body())
          .isEqualTo("not ready: no capture was read yet, or not every one that was named\n");
      assertThat(starting.get("/-/healthy").statusCode()).isEqualTo(200);

      ready.set(true);

      HttpResponse<String> after = starting.get("/-/ready");
      assertThat(after.statusCode()).isEqualTo(200);
      assertThat(after.body()).isEqualTo("ready\n");
    }
  }

  @Test
  void collectorThatThrowsIsAnsweredWithItsError() throws Exception {
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(
        new Collector() {
          @Override
          public List<MetricFamilySamples> collect() {
            if (Thread.currentThread().getName().startsWith("render-")) {
              throw new IllegalStateException("no gauge today");
            }
            return List.of();
          }
        });
    try (TestServer failing = TestServer.start("/metrics", registry, () -> true)) {
      HttpResponse<String> response = failing.get("/metrics");

      assertThat(response.statusCode()).isEqualTo(500);
      assertThat(response.body())
          .isEqualTo("render the metrics: java.lang.IllegalStateException: no gauge today\n");
    }
  }

  @Test
  void closeEndsConnectionsAtOnceAndMayBeCalledAgain() throws Exception {
    try (Socket silent = server.connect();
        Socket halfLine = server.connect()) {
      halfLine.getOutputStream().write("GET /met".getBytes(StandardCharsets.US_ASCII));
      // Answered, so both of the above were accepted before.
      server.get("/-/healthy");
      long start = System.nanoTime();

      server.server.close();
      server.server.close();

      assertThat(endOf(silent)).isEqualTo(-1);
      assertThat(endOf(halfLine)).isEqualTo(-1);
      assertThat(System.nanoTime() - start).isLessThan(2_000_000_000L);
      assertThatThrownBy(server::connect).isInstanceOf(ConnectException.class);
    }
  }

  /** A reset ends a connection as well. */
  private static int endOf(Socket socket) {
    try {
      return socket.getInputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("still open", e);
    } catch (IOException e) {
      return -1;
    }
  }

  private static List<String> statusTypeLength(String response) {
    return response
        .lines()
        .takeWhile(line -> !line.isEmpty())
        .filter(line -> line.matches("(?i)(HTTP/1.1|Content-type:|Content-length:) .*"))
        .sorted()
        .toList();
  }
}
