package io.github.httpebpf.exporter.deploy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A dashboard of Grafana. */
public record Board(String name, JsonNode json) {

  /** What Grafana puts in for "All". */
  public static final String ALL = ".*";

  private static final Path FOLDER =
      Path.of(System.getProperty("httpebpf.root")).resolve("grafana");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?([a-z_]+)}?");

  /** One query of a panel. */
  public record Query(
      JsonNode panel, String refId, String expression, String legend, boolean instant) {

    public String title() {
      return panel.path("title").asText();
    }

    /** Whether it has no result where nothing was answered; the panel says so then. */
    public boolean mayBeEmpty() {
      return panel.at("/fieldConfig/defaults/noValue").asText().equals("No response");
    }
  }

  public static Board read(String name) {
    try {
      return new Board(name, new ObjectMapper().readTree(FOLDER.resolve(name + ".json").toFile()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every board in the repository. */
  public static List<Board> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .sorted()
          .map(name -> read(name.replace(".json", "")))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What shows data: all but the rows. */
  public List<JsonNode> panels() {
    return json.path("panels")
        .valueStream()
        .filter(panel -> !panel.path("type").asText().equals("row"))
        .toList();
  }

  public List<Query> queries() {
    return panels().stream()
        .flatMap(
            panel ->
                panel
                    .path("targets")
                    .valueStream()
                    .map(
                        target ->
                            new Query(
                                panel,
                                target.path("refId").asText(),
                                target.path("expr").asText(),
                                target.path("legendFormat").asText(),
                                target.path("instant").asBoolean())))
        .toList();
  }

  /** Variables that the user chooses from what Prometheus knows, by name, with their query. */
  public Map<String, String> variables() {
    Map<String, String> queries = new java.util.LinkedHashMap<>();
    for (JsonNode variable : json.at("/templating/list")) {
      if (variable.path("type").asText().equals("query")) {
        queries.put(variable.path("name").asText(), variable.at("/query/query").asText());
      }
    }
    return queries;
  }

  /** Names of the variables in an expression. */
  public static List<String> used(String expression) {
    return VARIABLE.matcher(expression).results().map(match -> match.group(1)).toList();
  }

  /** Puts values in; one that is not given is "All". */
  public static String interpolate(String expression, Map<String, String> values) {
    return VARIABLE
        .matcher(expression)
        .replaceAll(
            match ->
                java.util.regex.Matcher.quoteReplacement(values.getOrDefault(match.group(1), ALL)));
  }

  @Override
  public String toString() {
    return name;
  }
}
