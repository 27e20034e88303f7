package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.StringJoiner;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.comments.CommentLine;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/** The schema, the values, their comments, the README's table and the examples say the same. */
class DocumentationTest {

  /** What is longer stands in values.yaml. */
  private static final int LONGEST_DEFAULT = 60;

  private static final JsonNode SCHEMA = Chart.read(Chart.file("values.schema.json"));
  private static final JsonNode VALUES = Chart.read(Chart.file("values.yaml"));

  @Test
  void the_readme_has_a_table_of_all_values() throws IOException {
    StringJoiner table = new StringJoiner("\n", "\n", "\n");
    table.add("| value | type | default | |").add("|---|---|---|---|");
    described()
        .forEach(
            (name, schema) ->
                table.add(
                    "| `%s` | %s | %s | %s |"
                        .formatted(
                            name,
                            type(schema),
                            defaultOf(name),
                            schema.path("description").asText())));

    assertThat(Files.readString(Chart.file("README.md"))).contains(table.toString());
  }

  @Test
  void a_value_is_commented_by_its_description() throws IOException {
    Map<String, String> comments = new LinkedHashMap<>();
    LoaderOptions options = new LoaderOptions().setProcessComments(true);
    try (Reader values = Files.newBufferedReader(Chart.file("values.yaml"))) {
      collectComments("", new Yaml(options).compose(values), comments);
    }

    Map<String, String> descriptions = new LinkedHashMap<>();
    described()
        .forEach((name, schema) -> descriptions.put(name, schema.path("description").asText()));
    assertThat(comments).containsExactlyEntriesOf(descriptions);
  }

  @Test
  void every_value_is_set_by_an_example() {
    TreeSet<String> unused = new TreeSet<>(described().keySet());
    List<JsonNode> examples = Chart.features().stream().map(Chart::read).toList();
    unused.removeIf(
        name -> examples.stream().anyMatch(example -> !example.at(pointer(name)).isMissingNode()));

    assertThat(unused).isEmpty();
  }

  @Test
  void the_chart_has_the_projects_version() throws IOException {
    Properties build = new Properties();
    try (InputStream file =
        getClass().getResourceAsStream("/io/github/httpebpf/exporter/build.properties")) {
      build.load(Objects.requireNonNull(file));
    }
    JsonNode chart = Chart.read(Chart.file("Chart.yaml"));

    assertThat(chart.path("version").asText()).isEqualTo(build.getProperty("version"));
    assertThat(chart.path("appVersion").asText()).isEqualTo(build.getProperty("version"));
  }

  /**
   * By dotted name: what the schema describes, not the groups around it; in the order of the
   * schema.
   */
  private static Map<String, JsonNode> described() {
    Map<String, JsonNode> described = new LinkedHashMap<>();
    collectDescribed("", SCHEMA, described);
    return described;
  }

  private static void collectDescribed(
      String prefix, JsonNode schema, Map<String, JsonNode> described) {
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> {
              String name = prefix + property.getKey();
              if (name.equals("global")) {
                return; // Helm's own; no value of this chart.
              }
              if (property.getValue().has("description")) {
                described.put(name, property.getValue());
              } else {
                assertThat(property.getValue().has("properties")).as(name).isTrue();
                collectDescribed(name + ".", property.getValue(), described);
              }
            });
  }

  /** Each key that has a comment above it; lines that belong together are one comment. */
  private static void collectComments(String prefix, Node node, Map<String, String> comments) {
    if (!(node instanceof MappingNode mapping)) {
      return;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      String name = prefix + ((ScalarNode) tuple.getKeyNode()).getValue();
      List<CommentLine> lines = tuple.getKeyNode().getBlockComments();
      String comment =
          lines == null
              ? ""
              : lines.stream()
                  .map(line -> line.getValue().strip())
                  .filter(line -> !line.isEmpty())
                  .collect(Collectors.joining(" "));
      if (comment.isEmpty()) {
        collectComments(name + ".", tuple.getValueNode(), comments);
      } else {
        comments.put(name, comment);
      }
    }
  }

  private static String type(JsonNode schema) {
    JsonNode own = schema.path("type");
    if (own.isTextual()) {
      return own.asText();
    }
    if (own.isArray()) {
      List<String> types = new ArrayList<>();
      own.forEach(type -> types.add(type.asText()));
      return String.join(" or ", types);
    }
    return type(SCHEMA.at(schema.path("$ref").asText().substring(1)));
  }

  private static String defaultOf(String name) {
    JsonNode value = VALUES.at(pointer(name));
    assertThat(value.isMissingNode()).as("values.yaml lacks %s", name).isFalse();
    String text = value.toString();
    return text.length() > LONGEST_DEFAULT ? "in [values.yaml](values.yaml)" : "`" + text + "`";
  }

  private static String pointer(String name) {
    return "/" + name.replace(".", "/");
  }
}
