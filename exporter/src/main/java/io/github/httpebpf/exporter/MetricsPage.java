package io.github.httpebpf.exporter;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.client.CollectorRegistry;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The metrics. A few threads render into memory, then the connection's own thread sends: a client
 * that reads slowly must not hold up the others. A collector that throws is answered with status
 * 500.
 */
final class MetricsPage implements HttpHandler, AutoCloseable {

  private static final Logger LOGGER = System.getLogger(MetricsPage.class.getName());
  private static final int RENDERERS = 2;
  private static final Duration RENDERER_IDLE = Duration.ofSeconds(30);

  private final CollectorRegistry registry;
  private final Duration limit;
  private final ExecutorService renderers;

  /**
   * @param limit how long a scrape may wait until it is rendered; then it is answered with 503
   */
  MetricsPage(CollectorRegistry registry, Duration limit) {
    this.registry = registry;
    this.limit = limit;
    this.renderers = createRenderers();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    Future<Exposition> rendering = renderers.submit(() -> Exposition.of(registry, exchange));
    Exposition rendered;
    try {
      rendered = rendering.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      LOGGER.log(Level.ERROR, "render the metrics: " + e.getCause());
      LOGGER.log(Level.DEBUG, "render the metrics", e);
      Reply.text(exchange, 500, "render the metrics: " + e.getCause());
      return;
    } catch (TimeoutException e) {
      rendering.cancel(true);
      String failure = "render the metrics: not done after " + limit.toMillis() + " ms";
      LOGGER.log(Level.ERROR, failure);
      Reply.text(exchange, 503, failure);
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("render the metrics: the server closes");
    }
    Headers headers = exchange.getResponseHeaders();
    headers.set("Content-Type", rendered.contentType());
    if (rendered.gzip()) {
      headers.set("Content-Encoding", "gzip");
    }
    Reply.send(exchange, 200, rendered.body());
  }

  /** Renderings under way are interrupted. Idempotent. */
  @Override
  public void close() {
    renderers.shutdownNow();
  }

  private static ExecutorService createRenderers() {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            RENDERERS,
            RENDERERS,
            RENDERER_IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().name("render-", 0).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
