package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class BuildInfoCollectorTest {

  @Test
  void labelsSayWhatRuns() throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    new BuildInfoCollector(new BuildInfo("1.2.3", "abc123", "1.4.6", "25.0.1", "6.12.0-amd64"))
        .register(registry);
    StringWriter text = new StringWriter();

    TextFormat.write004(text, registry.metricFamilySamples());

    assertThat(text)
        .hasToString(
            """
            # HELP http_ebpf_exporter_build_info What is running: always 1, the labels say it.
            # TYPE http_ebpf_exporter_build_info gauge
            http_ebpf_exporter_build_info{version="1.2.3",revision="abc123",libbpf="1.4.6",java="25.0.1",kernel="6.12.0-amd64",} 1.0
            """);
  }
}
