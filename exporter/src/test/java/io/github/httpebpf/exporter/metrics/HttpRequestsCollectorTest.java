package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

class HttpRequestsCollectorTest {

  private static final CaptureSnapshot ETH0 =
      new CaptureSnapshot(
          "eth0",
          true,
          new CaptureCounts(
                  Map.of(HttpMethod.OTHER, 3L, HttpMethod.GET, 41L, HttpMethod.PATCH, 1L),
                  packets("request", 45L, "no_payload", 90L, "unknown_21", 2L),
                  packets("tls", 4L, "quic", 0L),
                  new ProgramRuns(137, 2_500_000_000L))
              .with(
                  List.of(new LabelledRequests(HttpMethod.GET, List.of("80"), 40)),
                  List.of(
                      new LabelledRequests(HttpMethod.PATCH, List.of("/a.slice", "u", "c"), 1))));

  @Test
  void rendersPrometheusText() throws IOException {
    assertThat(render(TextFormat.CONTENT_TYPE_004, ETH0))
        .isEqualTo(
            """
            # HELP http_requests_total HTTP/1.x requests that reached the interface.
            # TYPE http_requests_total counter
            http_requests_total{method="_OTHER",interface="eth0",} 3.0
            http_requests_total{method="GET",interface="eth0",} 41.0
            http_requests_total{method="HEAD",interface="eth0",} 0.0
            http_requests_total{method="POST",interface="eth0",} 0.0
            http_requests_total{method="PUT",interface="eth0",} 0.0
            http_requests_total{method="DELETE",interface="eth0",} 0.0
            http_requests_total{method="CONNECT",interface="eth0",} 0.0
            http_requests_total{method="OPTIONS",interface="eth0",} 0.0
            http_requests_total{method="TRACE",interface="eth0",} 0.0
            http_requests_total{method="PATCH",interface="eth0",} 1.0
            # HELP http_port_requests_total HTTP/1.x requests by the port that received them.
            # TYPE http_port_requests_total counter
            http_port_requests_total{method="GET",port="80",interface="eth0",} 40.0
            # HELP http_cgroup_requests_total HTTP/1.x requests by the cgroup whose socket received them.
            # TYPE http_cgroup_requests_total counter
            http_cgroup_requests_total{method="PATCH",cgroup="/a.slice",pod_uid="u",container_id="c",} 1.0
            # HELP http_ebpf_exporter_packets_total Packets that the program saw, each under exactly one result.
            # TYPE http_ebpf_exporter_packets_total counter
            http_ebpf_exporter_packets_total{result="request",interface="eth0",} 45.0
            http_ebpf_exporter_packets_total{result="no_payload",interface="eth0",} 90.0
            http_ebpf_exporter_packets_total{result="unknown_21",interface="eth0",} 2.0
            # HELP http_ebpf_exporter_unseen_connections_total Connections that carry what cannot be counted.
            # TYPE http_ebpf_exporter_unseen_connections_total counter
            http_ebpf_exporter_unseen_connections_total{protocol="tls",interface="eth0",} 4.0
            http_ebpf_exporter_unseen_connections_total{protocol="quic",interface="eth0",} 0.0
            # HELP http_ebpf_exporter_up 1 if the counts were read in this scrape and the interface exists, else 0.
            # TYPE http_ebpf_exporter_up gauge
            http_ebpf_exporter_up{interface="eth0",} 1.0
            # HELP http_ebpf_exporter_program_run_seconds_total Time that the program ran while kernel.bpf_stats_enabled was on.
            # TYPE http_ebpf_exporter_program_run_seconds_total counter
            http_ebpf_exporter_program_run_seconds_total{interface="eth0",} 2.5
            # HELP http_ebpf_exporter_program_runs_total Runs of the program while kernel.bpf_stats_enabled was on.
            # TYPE http_ebpf_exporter_program_runs_total counter
            http_ebpf_exporter_program_runs_total{interface="eth0",} 137.0
            # HELP http_ebpf_exporter_scrape_duration_seconds Time that reading the counts took in this scrape.
            # TYPE http_ebpf_exporter_scrape_duration_seconds gauge
            http_ebpf_exporter_scrape_duration_seconds 0.25
            """);
  }

  @Test
  void rendersOpenMetricsWithTheSameSampleNames() throws IOException {
    CaptureSnapshot quiet =
        new CaptureSnapshot(
            "lo", true, new CaptureCounts(Map.of(), packets("request", 0L), null, null));

    assertThat(render(TextFormat.CONTENT_TYPE_OPENMETRICS_100, quiet))
        .isEqualTo(
            """
            # TYPE http_requests counter
            # HELP http_requests HTTP/1.x requests that reached the interface.
            http_requests_total{method="_OTHER",interface="lo"} 0.0
            http_requests_total{method="GET",interface="lo"} 0.0
            http_requests_total{method="HEAD",interface="lo"} 0.0
            http_requests_total{method="POST",interface="lo"} 0.0
            http_requests_total{method="PUT",interface="lo"} 0.0
            http_requests_total{method="DELETE",interface="lo"} 0.0
            http_requests_total{method="CONNECT",interface="lo"} 0.0
            http_requests_total{method="OPTIONS",interface="lo"} 0.0
            http_requests_total{method="TRACE",interface="lo"} 0.0
            http_requests_total{method="PATCH",interface="lo"} 0.0
            # TYPE http_ebpf_exporter_packets counter
            # HELP http_ebpf_exporter_packets Packets that the program saw, each under exactly one result.
            http_ebpf_exporter_packets_total{result="request",interface="lo"} 0.0
            # TYPE http_ebpf_exporter_up gauge
            # HELP http_ebpf_exporter_up 1 if the counts were read in this scrape and the interface exists, else 0.
            http_ebpf_exporter_up{interface="lo"} 1.0
            # TYPE http_ebpf_exporter_scrape_duration_seconds gauge
            # HELP http_ebpf_exporter_scrape_duration_seconds Time that reading the counts took in this scrape.
            http_ebpf_exporter_scrape_duration_seconds 0.25
            # EOF
            """);
  }

  @Test
  void captureThatCannotBeReadIsDownAndHasNoOtherSeries() throws IOException {
    String text =
        render(TextFormat.CONTENT_TYPE_004, ETH0, new CaptureSnapshot("eth1", true, null));

    assertThat(text.lines().filter(line -> line.contains("\"eth1\"")))
        .containsExactly("http_ebpf_exporter_up{interface=\"eth1\",} 0.0");
    assertThat(text).contains("http_requests_total{method=\"GET\",interface=\"eth0\",} 41.0");
  }

  @Test
  void captureWhoseInterfaceIsGoneIsDownButItsCountsAreServed() throws IOException {
    String text =
        render(TextFormat.CONTENT_TYPE_004, new CaptureSnapshot("eth0", false, ETH0.counts()));

    assertThat(text)
        .contains("http_ebpf_exporter_up{interface=\"eth0\",} 0.0")
        .contains("http_requests_total{method=\"GET\",interface=\"eth0\",} 41.0");
  }

  @Test
  void withoutCapturesOnlyTheDurationIsServed() throws IOException {
    assertThat(samples(render(TextFormat.CONTENT_TYPE_004)))
        .containsExactly("http_ebpf_exporter_scrape_duration_seconds 0.25");
  }

  @Test
  void sourceThatThrowsStillGetsTheScrapeAnswered() throws IOException {
    HttpRequestsCollector collector =
        new HttpRequestsCollector(
            () -> {
              throw new IllegalStateException("read past the contract");
            },
            quarterSecondClock());

    assertThat(samples(render(TextFormat.CONTENT_TYPE_004, collector)))
        .containsExactly("http_ebpf_exporter_scrape_duration_seconds 0.25");
  }

  @Test
  void registeringDoesNotReadAndEachScrapeReadsOnce() {
    AtomicInteger readings = new AtomicInteger();
    CollectorRegistry registry = new CollectorRegistry();

    new HttpRequestsCollector(
            () -> {
              readings.incrementAndGet();
              return List.of(ETH0);
            })
        .register(registry);
    assertThat(readings).hasValue(0);

    registry.metricFamilySamples();
    assertThat(readings).hasValue(1);
  }

  @Test
  void describesEveryFamilyThatItCollects() {
    long[][] entries = new long[16][20];
    entries[HttpMethod.GET.id()][0] = 1;
    List<LabelledRequests> responses =
        List.of(new LabelledRequests(HttpMethod.GET, List.of("200"), 1));
    Urls urls =
        new Urls(
            1,
            List.of(new Urls.Requests(HttpMethod.GET, new Urls.Url("a", "/"), 1, 1, 1)),
            List.of(new Urls.Responses(HttpMethod.GET, new Urls.Url("a", "/"), "200", 1)),
            true);
    CaptureCounts counts =
        Objects.requireNonNull(ETH0.counts())
            .with(Exchanges.ofEntries(true, entries, responses))
            .with(Optional.of(urls));
    CaptureSnapshot all = new CaptureSnapshot("eth0", true, counts);
    HttpRequestsCollector collector = new HttpRequestsCollector(() -> List.of(all));

    assertThat(collector.describe())
        .extracting(family -> family.name)
        .containsExactlyElementsOf(
            collector.collect().stream().map((MetricFamilySamples family) -> family.name).toList());
  }

  private static String render(String contentType, CaptureSnapshot... captures) throws IOException {
    return render(
        contentType, new HttpRequestsCollector(() -> List.of(captures), quarterSecondClock()));
  }

  private static String render(String contentType, HttpRequestsCollector collector)
      throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    // Does not look at the samples yet, hence not at the clock.
    collector.register(registry);
    StringWriter text = new StringWriter();
    TextFormat.writeFormat(contentType, text, registry.metricFamilySamples());
    return text.toString();
  }

  private static List<String> samples(String text) {
    return text.lines().filter(line -> !line.startsWith("#")).toList();
  }

  private static LongSupplier quarterSecondClock() {
    AtomicLong nanoseconds = new AtomicLong();
    return () -> nanoseconds.getAndAdd(250_000_000L);
  }

  private static SequencedMap<String, Long> packets(Object... labelsAndCounts) {
    SequencedMap<String, Long> packets = new LinkedHashMap<>();
    for (int i = 0; i < labelsAndCounts.length; i += 2) {
      packets.put((String) labelsAndCounts[i], (Long) labelsAndCounts[i + 1]);
    }
    return packets;
  }
}
