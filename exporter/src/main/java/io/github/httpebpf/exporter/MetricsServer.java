package io.github.httpebpf.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * Serves the metrics, {@code /-/healthy}, {@code /-/ready} and a landing page over HTTP, to GET and
 * HEAD, each under exactly its path, and {@code /-/reload}. Clients that are slow or silent cost a
 * thread until a time limit closes them, and do not keep others waiting. Runs on threads of its
 * own, one of which keeps the JVM alive until {@link #close}. Safe for use by several threads.
 */
public final class MetricsServer implements AutoCloseable {

  private static final Duration MAX_REQUEST = Duration.ofSeconds(5);
  private static final Duration MAX_RESPONSE = Duration.ofSeconds(30);
  private static final Duration MAX_RENDERING = Duration.ofSeconds(20);
  private static final Duration THREAD_IDLE = Duration.ofSeconds(30);
  private static final int MAX_THREADS = 256;
  private static final int MAX_CONNECTIONS = 1024;
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int BACKLOG = 512;

  private static final String HEALTHY = "/-/healthy";
  private static final String READY = "/-/ready";
  private static final String RELOAD = "/-/reload";
  private static final Pattern TELEMETRY_PATH = Pattern.compile("/|(?:/[A-Za-z0-9._~-]+)+/?");

  static {
    // The JDK's server reads these once, when its classes are initialised. Whoever set one with -D
    // knows why. Times are in seconds; without them one stuck client stays for ever.
    setUnlessSet("sun.net.httpserver.maxReqTime", Long.toString(MAX_REQUEST.toSeconds()));
    setUnlessSet("sun.net.httpserver.maxRspTime", Long.toString(MAX_RESPONSE.toSeconds()));
    // Connections that wait for a thread, or say nothing at all, cost memory and descriptors only
    // up to here.
    setUnlessSet("jdk.httpserver.maxConnections", Integer.toString(MAX_CONNECTIONS));
    setUnlessSet("sun.net.httpserver.maxReqHeaderSize", Integer.toString(MAX_HEADER_BYTES));
    // Else the tail of a long answer waits for the client's delayed acknowledgement, 40 ms.
    setUnlessSet("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads;
  private final MetricsPage metrics;
  private final AtomicBoolean closed = new AtomicBoolean();

  private MetricsServer(HttpServer server, ExecutorService threads, MetricsPage metrics) {
    this.server = server;
    this.threads = threads;
    this.metrics = metrics;
  }

  /**
   * Listens, and returns once connections are accepted.
   *
   * @param telemetryPath where the metrics are; {@code /} leaves no landing page
   * @param registry what to serve
   * @param ready asked at each request for {@code /-/ready}, by several threads at once
   * @param reload answers every request for {@code /-/reload}
   * @param version shown on the landing page
   * @throws IllegalArgumentException if the path is none that can be served, with one line that
   *     says why
   * @throws ListenException if the address cannot be listened on; nothing is left open
   */
  public static MetricsServer start(
      ListenAddress address,
      String telemetryPath,
      CollectorRegistry registry,
      BooleanSupplier ready,
      HttpHandler reload,
      String version)
      throws ListenException {
    return start(address, telemetryPath, registry, ready, reload, version, MAX_RENDERING);
  }

  static MetricsServer start(
      ListenAddress address,
      String telemetryPath,
      CollectorRegistry registry,
      BooleanSupplier ready,
      HttpHandler reload,
      String version,
      Duration maxRendering)
      throws ListenException {
    checkTelemetryPath(telemetryPath);
    HttpServer server = listen(address);
    ExecutorService threads = ConnectionThreads.create("connection", MAX_THREADS, THREAD_IDLE);
    MetricsPage metrics = new MetricsPage(registry, maxRendering);

    Map<String, HttpHandler> pages = new HashMap<>();
    pages.put("/", exchange -> Reply.html(exchange, landingPage(telemetryPath, version)));
    pages.put(HEALTHY, exchange -> Reply.text(exchange, 200, "healthy"));
    pages.put(READY, exchange -> replyReady(exchange, ready.getAsBoolean()));
    pages.put(telemetryPath, metrics);
    server.createContext("/", exchange -> route(exchange, pages, reload));
    server.setExecutor(threads);
    server.start();
    return new MetricsServer(server, threads, metrics);
  }

  /** Where it listens, with the port that the kernel chose if 0 was asked for. */
  public InetSocketAddress address() {
    return server.getAddress();
  }

  /** Closes every connection, also those in the middle of an answer. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(0);
      threads.shutdownNow();
      metrics.close();
    }
  }

  /**
   * Rejects what cannot be served; {@link #start} does the same.
   *
   * @throws IllegalArgumentException with one line that says what was expected
   */
  public static void checkTelemetryPath(String path) {
    if (!TELEMETRY_PATH.matcher(path).matches() || path.startsWith("/-/")) {
      throw new IllegalArgumentException(
          "telemetry path '"
              + path
              + "': expected a path like /metrics, of letters, digits and . _ ~ - /,"
              + " and not below /-/");
    }
  }

  private static HttpServer listen(ListenAddress address) throws ListenException {
    InetSocketAddress resolved = address.resolve();
    try {
      return HttpServer.create(resolved, BACKLOG);
    } catch (IOException e) {
      throw ListenException.of(address, resolved, e);
    }
  }

  /** By exact path: the server's own contexts would also answer for all that begins like them. */
  private static void route(
      HttpExchange exchange, Map<String, HttpHandler> pages, HttpHandler reload)
      throws IOException {
    String path = exchange.getRequestURI().getPath();
    HttpHandler page = pages.get(path);
    String method = exchange.getRequestMethod();
    if (path.equals(RELOAD)) {
      reload.handle(exchange);
    } else if (page == null) {
      Reply.text(exchange, 404, "no such page");
    } else if (!method.equals("GET") && !method.equals("HEAD")) {
      exchange.getResponseHeaders().set("Allow", "GET, HEAD");
      Reply.text(exchange, 405, "only GET and HEAD");
    } else {
      page.handle(exchange);
    }
  }

  private static void replyReady(HttpExchange exchange, boolean ready) throws IOException {
    if (ready) {
      Reply.text(exchange, 200, "ready");
    } else {
      Reply.text(
          exchange, 503, "not ready: no capture was read yet, or not every one that was named");
    }
  }

  /** Needs no escaping: the path was checked, and a version is one. */
  private static String landingPage(String telemetryPath, String version) {
    return """
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><title>http-ebpf-exporter</title></head>
        <body>
        <h1>http-ebpf-exporter</h1>
        <p>HTTP requests, counted in the kernel. Version %s.</p>
        <ul>
        <li><a href="%s">Metrics</a></li>
        <li><a href="%s">Healthy</a></li>
        <li><a href="%s">Ready</a></li>
        </ul>
        </body>
        </html>
        """
        .formatted(version, telemetryPath, HEALTHY, READY);
  }

  private static void setUnlessSet(String property, String value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, value);
    }
  }
}
