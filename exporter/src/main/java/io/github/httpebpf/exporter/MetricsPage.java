package io.github.httpebpf.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer.HTTPMetricHandler;
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
 * The metrics, as simpleclient renders them: text or OpenMetrics, gzip, {@code name[]} in the
 * query. A few threads render into memory, then the connection's own thread sends: simpleclient
 * keeps a buffer of 1 MiB for every thread that ever rendered, and a client that reads slowly must
 * not hold up the others. A collector that throws is answered with status 500; simpleclient by
 * itself would close the connection without a word.
 */
final class MetricsPage implements HttpHandler, AutoCloseable {

  private static final Logger LOGGER = System.getLogger(MetricsPage.class.getName());
  private static final int RENDERERS = 2;
  private static final Duration RENDERER_IDLE = Duration.ofSeconds(30);

  private final HTTPMetricHandler simpleclient;
  private final Duration limit;
  private final ExecutorService renderers;

  /**
   * @param limit how long a scrape may wait until it is rendered; then it is answered with 503
   */
  MetricsPage(CollectorRegistry registry, Duration limit) {
    this.simpleclient = new HTTPMetricHandler(registry);
    this.limit = limit;
    this.renderers = createRenderers();
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    BufferedExchange rendered = new BufferedExchange(exchange);
    Future<?> rendering =
        renderers.submit(
            () -> {
              simpleclient.handle(rendered);
              return null;
            });
    try {
      rendering.get(limit.toMillis(), TimeUnit.MILLISECONDS);
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
    exchange.getResponseHeaders().putAll(rendered.getResponseHeaders());
    Reply.send(exchange, rendered.getResponseCode(), rendered.body());
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
