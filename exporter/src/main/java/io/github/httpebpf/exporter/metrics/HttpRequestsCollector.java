package io.github.httpebpf.exporter.metrics;

import io.prometheus.client.Collector;
import io.prometheus.client.CounterMetricFamily;
import io.prometheus.client.GaugeMetricFamily;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.LongSupplier;

/**
 * Renders what a {@link CountSource} reads, once per scrape, into fresh metric families. Keeps
 * nothing between scrapes, so any number of them may run at once.
 *
 * <p>Times are in seconds. Prometheus values are doubles: counts above 2<sup>53</sup> lose their
 * last digits. Should the source throw, against its contract, the scrape is answered all the same,
 * without any capture: an exception out of a collector would close the scraper's connection.
 */
public final class HttpRequestsCollector extends Collector implements Collector.Describable {

  private static final Logger LOGGER = System.getLogger(HttpRequestsCollector.class.getName());
  private static final double NANOSECONDS_PER_SECOND = 1e9;

  private final CountSource source;
  private final LongSupplier nanoClock;

  public HttpRequestsCollector(CountSource source) {
    this(source, System::nanoTime);
  }

  HttpRequestsCollector(CountSource source, LongSupplier nanoClock) {
    this.source = source;
    this.nanoClock = nanoClock;
  }

  @Override
  public List<MetricFamilySamples> collect() {
    long start = nanoClock.getAsLong();
    List<CaptureSnapshot> captures = readOrLog();
    long end = nanoClock.getAsLong();

    Families families = new Families();
    captures.forEach(families::add);
    families.duration.addMetric(List.of(), (end - start) / NANOSECONDS_PER_SECOND);
    return families.all().stream().filter(family -> !family.samples.isEmpty()).toList();
  }

  /** Without samples: registering a collector must not read any map. */
  @Override
  public List<MetricFamilySamples> describe() {
    return new Families().all();
  }

  private List<CaptureSnapshot> readOrLog() {
    try {
      return source.read();
    } catch (RuntimeException e) {
      LOGGER.log(Level.ERROR, "read the captures: " + e);
      LOGGER.log(Level.DEBUG, "read the captures", e);
      return List.of();
    }
  }

  /** The families of one scrape. */
  private static final class Families {
    final CounterMetricFamily requests =
        new CounterMetricFamily(
            "http_requests_total",
            "HTTP/1.x requests that reached the interface.",
            List.of("method", "interface"));
    final CounterMetricFamily byPort =
        new CounterMetricFamily(
            "http_port_requests_total",
            "HTTP/1.x requests by the port that received them.",
            List.of("method", "port", "interface"));
    final CounterMetricFamily byCgroup =
        new CounterMetricFamily(
            "http_cgroup_requests_total",
            "HTTP/1.x requests by the cgroup whose socket received them.",
            List.of("method", "cgroup", "pod_uid", "container_id"));
    final ExchangeFamilies exchanges = new ExchangeFamilies();
    final UrlFamilies urls = new UrlFamilies();
    final CounterMetricFamily packets =
        new CounterMetricFamily(
            "http_ebpf_exporter_packets_total",
            "Packets that the program saw, each under exactly one result.",
            List.of("result", "interface"));
    final CounterMetricFamily unseen =
        new CounterMetricFamily(
            "http_ebpf_exporter_unseen_connections_total",
            "Connections that carry what cannot be counted.",
            List.of("protocol", "interface"));
    final GaugeMetricFamily up =
        new GaugeMetricFamily(
            "http_ebpf_exporter_up",
            "1 if the counts were read in this scrape and the interface exists, else 0.",
            List.of("interface"));
    final CounterMetricFamily runSeconds =
        new CounterMetricFamily(
            "http_ebpf_exporter_program_run_seconds_total",
            "Time that the program ran while kernel.bpf_stats_enabled was on.",
            List.of("interface"));
    final CounterMetricFamily runs =
        new CounterMetricFamily(
            "http_ebpf_exporter_program_runs_total",
            "Runs of the program while kernel.bpf_stats_enabled was on.",
            List.of("interface"));
    final GaugeMetricFamily duration =
        new GaugeMetricFamily(
            "http_ebpf_exporter_scrape_duration_seconds",
            "Time that reading the counts took in this scrape.",
            List.of());

    private static void add(
        CounterMetricFamily family, LabelledRequests requests, List<String> last) {
      List<String> labels = new ArrayList<>();
      labels.add(requests.method().label());
      labels.addAll(requests.labels());
      labels.addAll(last);
      family.addMetric(labels, (double) requests.requests());
    }

    List<MetricFamilySamples> all() {
      List<MetricFamilySamples> all = new ArrayList<>(List.of(requests, byPort, byCgroup));
      all.addAll(exchanges.all());
      all.addAll(urls.all());
      all.addAll(List.of(packets, unseen, up, runSeconds, runs, duration));
      return all;
    }

    void add(CaptureSnapshot capture) {
      String name = capture.interfaceName();
      up.addMetric(List.of(name), capture.up() ? 1 : 0);
      CaptureCounts counts = capture.counts();
      if (counts == null) {
        return;
      }
      counts
          .requests()
          .forEach(
              (method, count) -> requests.addMetric(List.of(method.label(), name), (double) count));
      counts
          .packets()
          .forEach((result, count) -> packets.addMetric(List.of(result, name), (double) count));
      counts.byPort().forEach(each -> add(byPort, each, List.of(name)));
      counts.byCgroup().forEach(each -> add(byCgroup, each, List.of()));
      Exchanges outcome = counts.exchanges();
      if (outcome != null) {
        exchanges.add(outcome, name);
      }
      counts.urls().ifPresent(each -> urls.add(each, name));
      SequencedMap<String, Long> connections = counts.unseenConnections();
      if (connections != null) {
        connections.forEach(
            (protocol, count) -> unseen.addMetric(List.of(protocol, name), (double) count));
      }
      ProgramRuns programRuns = counts.programRuns();
      if (programRuns != null) {
        runs.addMetric(List.of(name), (double) programRuns.runs());
        runSeconds.addMetric(List.of(name), programRuns.nanoseconds() / NANOSECONDS_PER_SECOND);
      }
    }
  }
}
