package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.util.ArrayList;
import java.util.List;

/** The families of one scrape by URL. Not thread-safe. */
final class UrlFamilies {

  private static final String DURATION = "http_url_request_duration_seconds";
  private static final double NANOSECONDS_PER_SECOND = 1e9;
  private static final List<String> LABELS = List.of("method", "host", "path", "interface");

  private final CounterMetricFamily requests =
      new CounterMetricFamily("http_url_requests_total", "HTTP/1.x requests by URL.", LABELS);
  private final CounterMetricFamily responses =
      new CounterMetricFamily(
          "http_url_responses_total",
          "Final HTTP/1.x responses by URL.",
          List.of("method", "host", "path", "code", "interface"));
  private final List<Sample> durations = new ArrayList<>();
  private final GaugeMetricFamily limit =
      new GaugeMetricFamily(
          "http_ebpf_exporter_url_series_limit",
          "How many URLs have series of their own at the most.",
          List.of("interface"));

  void add(Urls urls, String capture) {
    limit.addMetric(List.of(capture), urls.limit());
    for (Urls.Requests each : urls.requests()) {
      List<String> labels = List.of(each.method().label(), each.host(), each.path(), capture);
      requests.addMetric(labels, (double) each.requests());
      if (urls.answersSeen()) {
        durations.add(new Sample(DURATION + "_count", LABELS, labels, (double) each.responses()));
        durations.add(
            new Sample(
                DURATION + "_sum", LABELS, labels, each.nanoseconds() / NANOSECONDS_PER_SECOND));
      }
    }
    for (Urls.Responses each : urls.responses()) {
      responses.addMetric(
          List.of(each.method().label(), each.host(), each.path(), each.code(), capture),
          (double) each.responses());
    }
  }

  List<MetricFamilySamples> all() {
    MetricFamilySamples summary =
        new MetricFamilySamples(
            DURATION,
            Collector.Type.SUMMARY,
            "From the first byte of requests to the first byte of their final responses, by URL.",
            durations);
    return List.of(requests, responses, summary, limit);
  }
}
