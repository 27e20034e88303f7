package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Prometheus on the server of a {@link Lan}, which scrapes one exporter every second. */
final class Prometheus implements AutoCloseable {

  /** In a namespace of its own any port is free. */
  private static final String ADDRESS = "127.0.0.1:9090";

  private final Lan lan;
  private final Path folder;
  private final Process process;

  Prometheus(Lan lan, String exporter) throws IOException {
    this.lan = lan;
    folder = Files.createTempDirectory("prometheus");
    Path config = folder.resolve("prometheus.yml");
    Files.writeString(
        config,
        """
        global: { scrape_interval: 1s, scrape_timeout: 1s }
        scrape_configs:
          - job_name: exporter
            static_configs: [ targets: [ '%s' ] ]
        """
            .formatted(exporter.replaceAll("http://|/metrics", "")));
    process =
        new ProcessBuilder(
                lan.onServer(
                    "prometheus",
                    "--config.file=" + config,
                    "--storage.tsdb.path=" + folder.resolve("data"),
                    "--web.listen-address=" + ADDRESS))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
  }

  /** How often the exporter was scraped; 0 also until Prometheus answers. */
  int scrapes() {
    Shell.Result result = query("count_over_time(up[10m])");
    return result.status() == 0 ? values(result, "").getOrDefault("", 0.0).intValue() : 0;
  }

  void awaitScrapes(int times) {
    Shell.await(times + " scrapes", () -> scrapes() >= times);
  }

  /** The value of each series of an answer, by a label of it. */
  Map<String, Double> values(String query, String label) {
    return values(query(query).succeeded(), label);
  }

  private static Map<String, Double> values(Shell.Result result, String label) {
    try {
      Map<String, Double> values = new HashMap<>();
      JsonNode answer = new ObjectMapper().readTree(result.out());
      for (JsonNode series : answer.required("data").required("result")) {
        String name = series.required("metric").path(label).asText();
        assertThat(values.put(name, series.at("/value/1").asDouble())).as(result.out()).isNull();
      }
      return values;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(result.out(), e);
    }
  }

  private Shell.Result query(String query) {
    String url = "http://" + ADDRESS + "/api/v1/query";
    return Shell.run(
        lan.onServer("curl", "-sS", "--fail", "--data-urlencode", "query=" + query, url));
  }

  @Override
  public void close() {
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
