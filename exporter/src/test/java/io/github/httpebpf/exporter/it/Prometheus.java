package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.httpebpf.exporter.bpf.Namespace;
import io.github.httpebpf.exporter.deploy.Board;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real Prometheus, on one of the hosts of a {@link Lan}. */
final class Prometheus implements AutoCloseable {

  private static final String URL = "http://127.0.0.1:9090/api/v1/";

  private static final Pattern LABEL_VALUES =
      Pattern.compile("label_values\\((?<metric>\\w+)(?<selector>\\{.*})?, (?<label>\\w+)\\)");

  private static final Pattern NAMED = Pattern.compile("\\{\\{(\\w+)}}");

  private final Path folder;
  private final Namespace host;
  private final Process process;

  /**
   * Starts on the client with a configuration, and the repository's rules beside it as {@code
   * rules.yaml}.
   */
  Prometheus(Lan lan, String config) {
    this(config, new Namespace(lan.clientName()), lan::onClient);
  }

  private Prometheus(String config, Namespace host, UnaryOperator<List<String>> onHost) {
    this.host = host;
    try {
      folder = Files.createTempDirectory("prometheus");
      Files.writeString(folder.resolve("prometheus.yml"), config);
      Files.copy(
          Exporter.TOP.resolve("helm/http-ebpf-exporter/files/rules.yaml"),
          folder.resolve("rules.yaml"));
      process =
          new ProcessBuilder(
                  onHost.apply(
                      List.of(
                          "prometheus",
                          "--config.file=" + folder.resolve("prometheus.yml"),
                          "--storage.tsdb.path=" + folder.resolve("data"),
                          "--web.listen-address=127.0.0.1:9090",
                          "--log.level=warn")))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.await("Prometheus answers", this::answers);
  }

  private boolean answers() {
    try {
      get("status/buildinfo");
      return true;
    } catch (UncheckedIOException | IllegalStateException e) {
      return false;
    }
  }

  /** Starts on the server, and scrapes an exporter there every second. */
  static Prometheus beside(Lan lan, String exporter) {
    String config =
        """
        global: { scrape_interval: 1s, scrape_timeout: 1s }
        scrape_configs:
          - job_name: exporter
            static_configs: [ targets: [ '%s' ] ]
        """
            .formatted(exporter.replaceAll("http://|/metrics", ""));
    return new Prometheus(config, new Namespace(lan.serverName()), lan::onServer);
  }

  /** How often an exporter was scraped, and answered. */
  int scrapes() {
    return values("sum_over_time(up[10m])", "").getOrDefault("", 0.0).intValue();
  }

  void awaitScrapes(int times) {
    Shell.await(times + " scrapes", () -> scrapes() >= times);
  }

  /** The value of each series of an answer, by a label of it. */
  Map<String, Double> values(String expression, String label) {
    Map<String, Double> values = new HashMap<>();
    for (JsonNode series : query(expression)) {
      String name = series.required("metric").path(label).asText();
      assertThat(values.put(name, series.at("/value/1").asDouble())).as(expression).isNull();
    }
    return values;
  }

  /**
   * The value of each series of an answer, as of that time, by a legend as Grafana has it: what a
   * table has none of is called by method, host and path.
   */
  Map<String, Double> named(String expression, String legend, double time) {
    Map<String, Double> values = new HashMap<>();
    String form = legend.isEmpty() ? "{{method}} {{host}}{{path}}" : legend;
    for (JsonNode series : query(expression, time)) {
      JsonNode labels = series.required("metric");
      String name =
          NAMED
              .matcher(form)
              .replaceAll(match -> Matcher.quoteReplacement(labels.path(match.group(1)).asText()));
      assertThat(values.put(name.strip(), series.at("/value/1").asDouble()))
          .as(expression)
          .isNull();
    }
    return values;
  }

  /** The {@code data} of an answer; an error is one. */
  JsonNode get(String path) {
    return host.call(() -> fetch(path));
  }

  private static JsonNode fetch(String path) {
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(URL + path).toURL().openConnection();
      connection.setRequestProperty("Connection", "close");
      int status = connection.getResponseCode();
      try (InputStream body =
          status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
        JsonNode answer = new ObjectMapper().readTree(body);
        if (!answer.path("status").asText().equals("success")) {
          throw new IllegalStateException(path + ": " + answer);
        }
        return answer.path("data");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(path, e);
    }
  }

  /** The samples of an expression, now. */
  JsonNode query(String expression) {
    return get("query?query=" + encode(expression)).path("result");
  }

  /** Likewise, as of that time. */
  JsonNode query(String expression, double time) {
    return get("query?query=%s&time=%.3f".formatted(encode(expression), time)).path("result");
  }

  /** The last seconds of an expression, one sample a second. */
  JsonNode range(String expression, long end, int seconds) {
    return get("query_range?query="
            + encode(expression)
            + "&start="
            + (end - seconds)
            + "&end="
            + end
            + "&step=1")
        .path("result");
  }

  /** As Grafana's data source asks for a variable's values. */
  List<String> labelValues(String query) {
    Matcher parts = LABEL_VALUES.matcher(query);
    assertThat(parts.matches()).as(query).isTrue();
    String selector = Objects.requireNonNullElse(parts.group("selector"), "");
    String match = Board.interpolate(parts.group("metric") + selector, Map.of());
    String label = parts.group("label");
    return get("label/" + label + "/values?match[]=".replace("[]", "%5B%5D") + encode(match))
        .valueStream()
        .map(JsonNode::asText)
        .toList();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    host.close();
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Shell.run("rm", "-r", folder.toString());
  }
}
