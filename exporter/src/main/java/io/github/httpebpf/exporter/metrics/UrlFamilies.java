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

  // Names of samples, since addMetric makes a new string for each.
  private static final String REQUESTS = "http_url_requests_total";
  private static final String RESPONSES = "http_url_responses_total";
  private static final String DURATION = "http_url_request_duration_seconds";
  private static final String COUNT = DURATION + "_count";
  private static final String SUM = DURATION + "_sum";
  private static final double NANOSECONDS_PER_SECOND = 1e9;
  private static final List<String> LABELS = List.of("method", "host", "path", "interface");
  private static final List<String> RESPONSE_LABELS =
      List.of("method", "host", "path", "code", "interface");

  private final CounterMetricFamily requests =
      new CounterMetricFamily(REQUESTS, "HTTP/1.x requests by URL.", LABELS);
  private final CounterMetricFamily responses =
      new CounterMetricFamily(RESPONSES, "Final HTTP/1.x responses by URL.", RESPONSE_LABELS);
  private final List<Sample> durations = new ArrayList<>();
  private final GaugeMetricFamily limit =
      new GaugeMetricFamily(
          "http_ebpf_exporter_url_series_limit",
          "How many URLs have series of their own at the most.",
          List.of("interface"));

  void add(Urls urls, String capture) {
    limit.addMetric(List.of(capture), urls.limit());
    for (Urls.Requests each : urls.requests()) {
      List<String> labels =
          List.of(each.method().label(), each.url().host(), each.url().path(), capture);
      requests.samples.add(new Sample(REQUESTS, LABELS, labels, (double) each.requests()));
      if (urls.answersSeen()) {
        durations.add(new Sample(COUNT, LABELS, labels, (double) each.responses()));
        durations.add(new Sample(SUM, LABELS, labels, each.nanoseconds() / NANOSECONDS_PER_SECOND));
      }
    }
    for (Urls.Responses each : urls.responses()) {
      List<String> labels =
          List.of(
              each.method().label(), each.url().host(), each.url().path(), each.code(), capture);
      responses.samples.add(
          new Sample(RESPONSES, RESPONSE_LABELS, labels, (double) each.responses()));
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
