package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class ReloadCollectorTest {

  private final CollectorRegistry registry = new CollectorRegistry();

  private double value(String name) {
    return registry.getSampleValue("http_ebpf_exporter_config_last_reload_" + name);
  }

  @Test
  void aFailureKeepsTheTimeOfTheLastSuccess() {
    Clock clock = Clock.fixed(Instant.ofEpochMilli(1_500), ZoneOffset.UTC);
    ReloadCollector reloads = new ReloadCollector(clock);
    registry.register(reloads);
    assertThat(value("successful")).isEqualTo(0);

    reloads.succeeded();
    assertThat(value("successful")).isEqualTo(1);
    assertThat(value("success_timestamp_seconds")).isEqualTo(1.5);

    reloads.failed();
    assertThat(value("successful")).isEqualTo(0);
    assertThat(value("success_timestamp_seconds")).isEqualTo(1.5);
  }
}
