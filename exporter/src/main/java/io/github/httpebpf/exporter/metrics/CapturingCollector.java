package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Renders how many captures there are, by where they count, and how often an interface could not be
 * captured. Safe for use by several threads.
 */
public final class CapturingCollector extends Collector implements Collector.Describable {

  private final Supplier<Map<String, Integer>> captures;
  private final Map<String, LongAdder> failures = new ConcurrentSkipListMap<>();

  /**
   * Counts no failure yet.
   *
   * @param captures their numbers, by the values of {@code --capture}; never throws
   */
  public CapturingCollector(Supplier<Map<String, Integer>> captures) {
    this.captures = captures;
  }

  /**
   * Counts a failure.
   *
   * @param reason the name of an errno, or {@code other}
   */
  public void failed(String reason) {
    failures.computeIfAbsent(reason, r -> new LongAdder()).increment();
  }

  @Override
  public List<MetricFamilySamples> collect() {
    GaugeMetricFamily number = captureFamily();
    captures.get().forEach((capture, count) -> number.addMetric(List.of(capture), count));
    CounterMetricFamily failed = failureFamily();
    failures.forEach((reason, count) -> failed.addMetric(List.of(reason), (double) count.sum()));
    return List.<MetricFamilySamples>of(number, failed).stream()
        .filter(family -> !family.samples.isEmpty())
        .toList();
  }

  /** Without samples: registering a collector must not look for captures. */
  @Override
  public List<MetricFamilySamples> describe() {
    return List.of(captureFamily(), failureFamily());
  }

  private static GaugeMetricFamily captureFamily() {
    return new GaugeMetricFamily(
        "http_ebpf_exporter_captures",
        "Captures under the pin root, by where they count.",
        List.of("capture"));
  }

  private static CounterMetricFamily failureFamily() {
    return new CounterMetricFamily(
        "http_ebpf_exporter_attach_failures_total",
        "Attempts to capture an interface that came later, and failed.",
        List.of("reason"));
  }
}
