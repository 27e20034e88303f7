package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What became of requests, and which URLs they were for, as a scraper gets it. */
class ExchangeFamiliesTest {

  private static final long[] GET = {
    1, 2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 41_500_000_000L, 5, 600, 7000, 0
  };

  private static String render(List<MetricFamilySamples> families) throws IOException {
    StringWriter text = new StringWriter();
    TextFormat.write004(text, Collections.enumeration(families));
    return text.toString();
  }

  private static Exchanges exchanges(boolean answersSeen, List<LabelledRequests> responses) {
    long[][] entries = new long[16][20];
    entries[HttpMethod.GET.id()] = GET;
    return Exchanges.ofEntries(answersSeen, entries, responses);
  }

  private static Stream<String> ofGet(String text) {
    return text.lines().filter(line -> line.startsWith("#") || line.contains("\"GET\""));
  }

  @Test
  void durationsAreCumulativeAndTheLastBucketHasAll() throws IOException {
    ExchangeFamilies families = new ExchangeFamilies();
    families.add(
        exchanges(
            true,
            List.of(
                new LabelledRequests(HttpMethod.GET, List.of("200"), 9),
                new LabelledRequests(HttpMethod.GET, List.of(LabelledRequests.REST), 1))),
        "eth0");

    assertThat(ofGet(render(families.all())))
        .containsExactly(
            """
            # HELP http_responses_total Final HTTP/1.x responses to requests that were counted.
            # TYPE http_responses_total counter
            http_responses_total{method="GET",code="200",interface="eth0",} 9.0
            http_responses_total{method="GET",code="_other",interface="eth0",} 1.0
            # HELP http_request_duration_seconds From the first byte of HTTP/1.x requests to the first byte of their final responses.
            # TYPE http_request_duration_seconds histogram
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.005",} 1.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.01",} 3.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.025",} 3.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.05",} 3.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.075",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.1",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.25",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.5",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="0.75",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="1.0",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="2.5",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="5.0",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="7.5",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="10.0",} 6.0
            http_request_duration_seconds_bucket{method="GET",interface="eth0",le="+Inf",} 10.0
            http_request_duration_seconds_count{method="GET",interface="eth0",} 10.0
            http_request_duration_seconds_sum{method="GET",interface="eth0",} 41.5
            # HELP http_requests_unanswered_total HTTP/1.x requests whose connection ended before a response.
            # TYPE http_requests_unanswered_total counter
            http_requests_unanswered_total{method="GET",interface="eth0",} 5.0
            # HELP http_request_bytes_total TCP payload of HTTP/1.x requests, in bytes.
            # TYPE http_request_bytes_total counter
            http_request_bytes_total{method="GET",interface="eth0",} 600.0
            # HELP http_response_bytes_total TCP payload of HTTP/1.x responses, in bytes.
            # TYPE http_response_bytes_total counter
            http_response_bytes_total{method="GET",interface="eth0",} 7000.0
            """
                .lines()
                .toArray(String[]::new));
  }

  @Test
  void methodsThatNobodyUsesHaveNoBuckets() throws IOException {
    ExchangeFamilies families = new ExchangeFamilies();
    families.add(exchanges(true, List.of()), "eth0");

    String text = render(families.all());
    assertThat(text.lines().filter(line -> line.contains("\"PATCH\"")))
        .containsExactly(
            "http_requests_unanswered_total{method=\"PATCH\",interface=\"eth0\",} 0.0",
            "http_request_bytes_total{method=\"PATCH\",interface=\"eth0\",} 0.0",
            "http_response_bytes_total{method=\"PATCH\",interface=\"eth0\",} 0.0");
    assertThat(text.lines().filter(line -> line.contains("_bucket{"))).hasSize(15);
  }

  /** XDP sees what comes in. */
  @Test
  void withoutAnswersThereAreRequestBytesOnly() throws IOException {
    ExchangeFamilies families = new ExchangeFamilies();
    families.add(exchanges(false, List.of()), "xdp:eth0");

    String text = render(families.all());
    assertThat(text.lines().filter(line -> !line.startsWith("#")))
        .hasSize(HttpMethod.values().length)
        .allMatch(line -> line.startsWith("http_request_bytes_total{"))
        .contains("http_request_bytes_total{method=\"GET\",interface=\"xdp:eth0\",} 600.0");
  }

  @Test
  void urlsHaveTheirLimitAndTheirResponses() throws IOException {
    UrlFamilies families = new UrlFamilies();
    families.add(
        new Urls(
            7,
            List.of(
                new Urls.Requests(
                    HttpMethod.GET, new Urls.Url("a", "/\"\\x5c"), 3, 2, 1_500_000_000),
                new Urls.Requests(HttpMethod.GET, new Urls.Url("_other", "_other"), 9, 0, 0)),
            List.of(new Urls.Responses(HttpMethod.GET, new Urls.Url("a", "/\"\\x5c"), "404", 2)),
            true),
        "eth0");

    assertThat(render(families.all()))
        .isEqualTo(
            """
            # HELP http_url_requests_total HTTP/1.x requests by URL.
            # TYPE http_url_requests_total counter
            http_url_requests_total{method="GET",host="a",path="/\\"\\\\x5c",interface="eth0",} 3.0
            http_url_requests_total{method="GET",host="_other",path="_other",interface="eth0",} 9.0
            # HELP http_url_responses_total Final HTTP/1.x responses by URL.
            # TYPE http_url_responses_total counter
            http_url_responses_total{method="GET",host="a",path="/\\"\\\\x5c",code="404",interface="eth0",} 2.0
            # HELP http_url_request_duration_seconds From the first byte of requests to the first byte of their final responses, by URL.
            # TYPE http_url_request_duration_seconds summary
            http_url_request_duration_seconds_count{method="GET",host="a",path="/\\"\\\\x5c",interface="eth0",} 2.0
            http_url_request_duration_seconds_sum{method="GET",host="a",path="/\\"\\\\x5c",interface="eth0",} 1.5
            http_url_request_duration_seconds_count{method="GET",host="_other",path="_other",interface="eth0",} 0.0
            http_url_request_duration_seconds_sum{method="GET",host="_other",path="_other",interface="eth0",} 0.0
            # HELP http_ebpf_exporter_url_series_limit How many URLs have series of their own at the most.
            # TYPE http_ebpf_exporter_url_series_limit gauge
            http_ebpf_exporter_url_series_limit{interface="eth0",} 7.0
            """);
  }

  @Test
  void urlsWithoutAnswersHaveNoDurations() throws IOException {
    UrlFamilies families = new UrlFamilies();
    families.add(
        new Urls(
            7,
            List.of(new Urls.Requests(HttpMethod.GET, new Urls.Url("a", "/"), 3, 0, 0)),
            List.of(),
            false),
        "xdp:eth0");

    assertThat(render(families.all()).lines().filter(line -> !line.startsWith("#")))
        .containsExactly(
            "http_url_requests_total{method=\"GET\",host=\"a\",path=\"/\",interface=\"xdp:eth0\",} 3.0",
            "http_ebpf_exporter_url_series_limit{interface=\"xdp:eth0\",} 7.0");
  }
}
