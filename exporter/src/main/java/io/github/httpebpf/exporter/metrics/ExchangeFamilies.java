package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CounterMetricFamily;
import java.util.ArrayList;
import java.util.List;

/** The families of one scrape that tell what became of requests. Not thread-safe. */
final class ExchangeFamilies {

  private static final String DURATION = "http_request_duration_seconds";
  private static final double NANOSECONDS_PER_SECOND = 1e9;
  private static final List<String> LABELS = List.of("method", "interface");

  private final CounterMetricFamily responses =
      new CounterMetricFamily(
          "http_responses_total",
          "Final HTTP/1.x responses to requests that were counted.",
          List.of("method", "code", "interface"));
  private final List<Sample> durations = new ArrayList<>();
  private final CounterMetricFamily unanswered =
      new CounterMetricFamily(
          "http_requests_unanswered_total",
          "HTTP/1.x requests whose connection ended before a response.",
          LABELS);
  private final CounterMetricFamily requestBytes =
      new CounterMetricFamily(
          "http_request_bytes_total", "TCP payload of HTTP/1.x requests, in bytes.", LABELS);
  private final CounterMetricFamily responseBytes =
      new CounterMetricFamily(
          "http_response_bytes_total", "TCP payload of HTTP/1.x responses, in bytes.", LABELS);

  void add(Exchanges exchanges, String capture) {
    exchanges
        .byMethod()
        .forEach(
            (method, outcome) -> {
              List<String> labels = List.of(method.label(), capture);
              requestBytes.addMetric(labels, (double) outcome.requestBytes());
              if (exchanges.answersSeen()) {
                addDurations(labels, outcome);
                unanswered.addMetric(labels, (double) outcome.unanswered());
                responseBytes.addMetric(labels, (double) outcome.responseBytes());
              }
            });
    exchanges
        .responses()
        .forEach(
            each ->
                responses.addMetric(
                    List.of(each.method().label(), each.labels().getFirst(), capture),
                    (double) each.requests()));
  }

  /** A method that nobody uses has no fifteen buckets of nothing. */
  private void addDurations(List<String> labels, Exchanges.Outcome outcome) {
    long count = outcome.count();
    if (count == 0) {
      return;
    }
    List<String> names = new ArrayList<>(LABELS);
    names.add("le");
    long sum = 0;
    for (int bucket = 0; bucket < outcome.durations().size(); bucket++) {
      sum += outcome.durations().get(bucket);
      double bound =
          bucket < Exchanges.BOUNDS.size()
              ? Exchanges.BOUNDS.get(bucket)
              : Double.POSITIVE_INFINITY;
      List<String> values = new ArrayList<>(labels);
      values.add(Collector.doubleToGoString(bound));
      durations.add(new Sample(DURATION + "_bucket", names, values, (double) sum));
    }
    durations.add(new Sample(DURATION + "_count", LABELS, labels, (double) count));
    durations.add(
        new Sample(
            DURATION + "_sum", LABELS, labels, outcome.nanoseconds() / NANOSECONDS_PER_SECOND));
  }

  List<MetricFamilySamples> all() {
    MetricFamilySamples histogram =
        new MetricFamilySamples(
            DURATION,
            Collector.Type.HISTOGRAM,
            "From the first byte of HTTP/1.x requests to the first byte of their final responses.",
            durations);
    return List.of(responses, histogram, unanswered, requestBytes, responseBytes);
  }
}
