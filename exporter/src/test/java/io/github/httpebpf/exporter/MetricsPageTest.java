package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector;
import io.prometheus.client.CollectorRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MetricsPageTest {

  @Test
  void scrapeThatTakesTooLongIsInterruptedAndSaysSo() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new HangingCollector(interrupted));
    try (MetricsServer server =
            MetricsServer.start(
                new ListenAddress("127.0.0.1", 0),
                "/metrics",
                registry,
                () -> true,
                new ReloadPage(false, Optional::empty),
                "1.2.3",
                Duration.ofSeconds(1));
        HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + server.address().getPort() + "/metrics");

      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(503);
      assertThat(response.body()).isEqualTo("render the metrics: not done after 1000 ms\n");
      interrupted.await();
    }
  }

  /** Hangs when it is scraped, not when it is registered. */
  private static final class HangingCollector extends Collector implements Collector.Describable {
    private final CountDownLatch interrupted;

    HangingCollector(CountDownLatch interrupted) {
      this.interrupted = interrupted;
    }

    @Override
    public List<MetricFamilySamples> collect() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        interrupted.countDown();
        Thread.currentThread().interrupt();
      }
      return List.of();
    }

    @Override
    public List<MetricFamilySamples> describe() {
      return List.of();
    }
  }
}
