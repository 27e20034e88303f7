package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.PinRoot;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * What a scrape would have of one capture, read in this process: it starts sooner.
 *
 * @param samples by name and by the values of all labels but {@code interface}; those that are 0
 *     are left out
 */
record Readings(Map<String, Map<List<String>, Double>> samples) {

  /** Two samples of the same name and labels are a failure. */
  static Readings of(Path pinRoot, String capture) {
    Map<String, Map<List<String>, Double>> samples = new HashMap<>();
    HttpRequestsCollector collector =
        new HttpRequestsCollector(new CaptureReader(new PinRoot(pinRoot), List.of()));
    for (MetricFamilySamples family : collector.collect()) {
      for (Sample each : family.samples) {
        int index = each.labelNames.indexOf("interface");
        if (index >= 0 && each.labelValues.get(index).equals(capture)) {
          List<String> labels = new ArrayList<>(each.labelValues);
          labels.remove(index);
          Double before =
              samples.computeIfAbsent(each.name, name -> new HashMap<>()).put(labels, each.value);
          if (before != null) {
            throw new AssertionError("twice: " + each);
          }
        }
      }
    }
    return new Readings(samples);
  }

  /** What has been added since. */
  Readings minus(Readings before) {
    Map<String, Map<List<String>, Double>> all = new HashMap<>();
    samples.forEach(
        (name, values) -> {
          Map<List<String>, Double> differences = new HashMap<>();
          values.forEach(
              (labels, value) ->
                  differences.put(
                      labels,
                      value
                          - before.samples.getOrDefault(name, Map.of()).getOrDefault(labels, 0.0)));
          all.put(name, differences);
        });
    return new Readings(all);
  }

  /** A metric's samples that are not 0. */
  Map<List<String>, Long> of(String name) {
    Map<List<String>, Long> counts = new HashMap<>();
    samples
        .getOrDefault(name, Map.of())
        .forEach(
            (labels, value) -> {
              if (value != 0) {
                counts.put(labels, value.longValue());
              }
            });
    return counts;
  }

  /** How many series a metric has, whatever their values. */
  int series(String name) {
    return samples.getOrDefault(name, Map.of()).size();
  }

  long sum(String name) {
    return sum(name, labels -> true);
  }

  long sum(String name, Predicate<List<String>> which) {
    return of(name).entrySet().stream()
        .filter(each -> which.test(each.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** A metric's samples that are not 0, summed by their first label. */
  Map<String, Long> byFirst(String name) {
    Map<String, Long> sums = new HashMap<>();
    of(name).forEach((labels, count) -> sums.merge(labels.getFirst(), count, Long::sum));
    return sums;
  }
}
