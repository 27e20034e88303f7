package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;

/**
 * Renders a {@link BuildInfo} as the labels of a gauge that is always 1, to be joined with other
 * metrics. Safe for use by several threads.
 */
public final class BuildInfoCollector extends Collector implements Collector.Describable {

  private final BuildInfo info;

  public BuildInfoCollector(BuildInfo info) {
    this.info = info;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    GaugeMetricFamily family =
        new GaugeMetricFamily(
            "http_ebpf_exporter_build_info",
            "What is running: always 1, the labels say it.",
            List.of("version", "revision", "libbpf", "java", "kernel"));
    family.addMetric(
        List.of(info.version(), info.revision(), info.libbpf(), info.java(), info.kernel()), 1);
    return List.of(family);
  }

  @Override
  public List<MetricFamilySamples> describe() {
    return collect();
  }
}
