package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real Prometheus reads the real exporter. */
@KernelTest
class PrometheusIT {

  /** Scrapes go over loopback, which is not captured, and so do not count. */
  private Stage stage;

  private Nginx nginx;
  private Exporter.Running exporter;

  @BeforeEach
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
    exporter = stage.exporter.start("run", "--interface", Lan.INTERFACE);
    Shell.await("it is ready", () -> exporter.status("/-/ready") == 200);
  }

  @AfterEach
  void close() {
    nginx.close();
    stage.close();
  }

  @Test
  void increaseAnswersWhatWasSent() throws Exception {
    try (Prometheus prometheus = Prometheus.beside(stage.lan, String.valueOf(exporter.url()))) {
      prometheus.awaitScrapes(2);
      assertThat(prometheus.values("up", "job")).isEqualTo(Map.of("exporter", 1.0));

      send(600, 400);
      int scrapes = prometheus.scrapes();
      prometheus.awaitScrapes(scrapes + 2);

      Map<String, Double> sent = byMethod(600, 400);
      assertThat(prometheus.values("sum by (method) (http_requests_total)", "method"))
          .isEqualTo(sent);
      // increase() prolongs what it sees to the edges of its window. Not to the start, since the
      // counters were 0 there: below 0 they cannot have been. Not to the end either if that is
      // where the last sample is. So it is exact there.
      String increase = "sum by (method) (increase(http_requests_total[1m]))";
      double last =
          prometheus.values("max(timestamp(http_requests_total))", "none").getOrDefault("", 0.0);
      assertThat(prometheus.values(increase.replace("]", "] @ %.3f".formatted(last)), "method"))
          .isEqualTo(sent);
      // As a dashboard asks, at any moment: at the end at most 1.1 mean intervals are added, to the
      // at least 3 between four scrapes or more.
      Map<String, Double> now = prometheus.values(increase, "method");
      assertThat(now.getOrDefault("GET", 0.0)).isBetween(600.0, 600 * (1 + 1.1 / 3));
      assertThat(now.getOrDefault("POST", 0.0) / now.getOrDefault("GET", 0.0))
          .isCloseTo(400 / 600.0, within(1e-9));
      assertThat(now).hasSize(10).containsEntry("_OTHER", 0.0).containsEntry("PATCH", 0.0);
    }
  }

  private void send(int gets, int posts) throws Exception {
    Path body = Files.createTempFile("body", ".txt");
    Files.writeString(body, "a=b");
    String url = "http://" + Lan.SERVER_IPV4 + "/";
    try {
      ab("-n", String.valueOf(gets), url);
      ab("-n", String.valueOf(posts), "-k", "-p", body.toString(), url);
    } finally {
      Files.delete(body);
    }
    assertThat(nginx.await(gets + posts)).filteredOn(l -> l.startsWith("POST ")).hasSize(posts);
  }

  private void ab(String... arguments) {
    List<String> command = new ArrayList<>(List.of("ab", "-q", "-c", "2"));
    command.addAll(List.of(arguments));
    Shell.run(stage.lan.onClient(command.toArray(String[]::new))).succeeded();
  }

  private static Map<String, Double> byMethod(double gets, double posts) {
    Map<String, Double> methods = new java.util.HashMap<>();
    List.of("_OTHER", "HEAD", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
        .forEach(method -> methods.put(method, 0.0));
    methods.put("GET", gets);
    methods.put("POST", posts);
    return methods;
  }

  private Shell.Result curl(String... options) {
    List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail"));
    command.addAll(List.of(options));
    command.add(String.valueOf(exporter.url()));
    return Shell.run(stage.lan.onServer(command)).succeeded();
  }

  /** Not even what the client library adds about the JVM and the process is remarked on. */
  @Test
  void promtoolRemarksNothing() throws Exception {
    Path page = Files.createTempFile("metrics", ".txt");
    String check = "promtool check metrics < " + page;
    try {
      Files.writeString(page, exporter.scrape());
      Shell.Result result = Shell.run("sh", "-c", check);
      assertThat(result.err() + result.out()).isEmpty();
      assertThat(result.status()).isZero();

      // It would say so.
      Files.writeString(page, exporter.scrape().replace("http_requests_total", "http_requests"));
      assertThat(Shell.run("sh", "-c", check).err())
          .isEqualTo("http_requests counter metrics should have \"_total\" suffix\n");
    } finally {
      Files.delete(page);
    }
  }

  @Test
  void openMetricsAndCompressionAreServedIfAskedFor() {
    String open = "Accept: application/openmetrics-text; version=1.0.0";
    String text = curl("-i").out();
    String openMetrics = curl("-i", "-H", open).out();

    assertThat(text).contains("\nContent-type: text/plain; version=0.0.4; charset=utf-8\r\n");
    assertThat(text).contains("\n# TYPE http_requests_total counter\n").doesNotContain("# EOF");
    assertThat(openMetrics)
        .contains("\nContent-type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n")
        .contains("\n# TYPE http_requests counter\n")
        .contains("\nhttp_requests_total{method=\"GET\",interface=\"eth0\"} 0.0\n")
        .endsWith("\n# EOF\n");

    for (String accept : List.of("Accept: text/plain", open)) {
      Shell.Result zipped =
          curl(
              "-H",
              accept,
              "--compressed",
              "-w",
              "%{stderr}%{size_download} %header{content-encoding}");
      assertThat(zipped.out()).contains("http_ebpf_exporter_up{interface=\"eth0\"");
      assertThat(zipped.err()).endsWith(" gzip");
      assertThat(Integer.parseInt(zipped.err().replaceAll(" .*", "")))
          .isLessThan(zipped.out().length() / 2);
    }
  }

  @Test
  void everyMetricIsInTheReadme() throws Exception {
    String readme = Files.readString(Exporter.TOP.resolve("README.md"));
    List<String> names =
        Pattern.compile("(?m)^# TYPE (\\w+) ")
            .matcher(exporter.scrape())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(names).contains("http_requests_total", "process_open_fds", "jvm_info");
    assertThat(names)
        .filteredOn(name -> !name.startsWith("process_") && !name.startsWith("jvm_"))
        .allSatisfy(name -> assertThat(readme).contains("`" + name + "`"));
  }
}
