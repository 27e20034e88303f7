package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.time.Clock;
import java.util.List;

/**
 * Renders what became of the last reload of the configuration file. Prometheus names its own alike.
 * Safe for use by several threads.
 */
public final class ReloadCollector extends Collector {

  private static final double MILLISECONDS_PER_SECOND = 1e3;

  private final Clock clock;
  private volatile boolean successful;
  private volatile double succeededAt;

  public ReloadCollector() {
    this(Clock.systemUTC());
  }

  ReloadCollector(Clock clock) {
    this.clock = clock;
  }

  /** The file holds, from now on. */
  public void succeeded() {
    succeededAt = clock.millis() / MILLISECONDS_PER_SECOND;
    successful = true;
  }

  /** Something else than the file holds. */
  public void failed() {
    successful = false;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    return List.of(
        new GaugeMetricFamily(
            "http_ebpf_exporter_config_last_reload_successful",
            "1 if the configuration file holds as it was last read, else 0.",
            successful ? 1 : 0),
        new GaugeMetricFamily(
            "http_ebpf_exporter_config_last_reload_success_timestamp_seconds",
            "When the configuration file was last applied, since 1970.",
            succeededAt));
  }
}
