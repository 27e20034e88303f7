package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code show --json} prints, held against the schema of docs/show-json.md. */
@KernelTest
class ShowJsonIT {

  private final ObjectMapper mapper = new ObjectMapper();
  private final ShowSchema schema = new ShowSchema();

  /** Of an interface that is there, of one that has gone, and of one whose map has gone. */
  private static String output() throws Exception {
    try (Stage stage = new Stage()) {
      stage.lan.addCable("gone");
      stage.exporter.run("load", "--interface", "eth0,gone,lo").succeeded();
      stage.onServer("ip link del gone");
      Files.delete(stage.pin("lo/packet_map"));
      Shell.Result result = stage.exporter.run("show", "--json");

      assertThat(result.err())
          .matches("\\S+ warn  open %s: .*\n".formatted(stage.pin("lo/packet_map")));
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.out()).hasLineCount(1);
      return result.out();
    }
  }

  @Test
  void keepsItsSchemaAndNothingLikeItDoes() throws Exception {
    JsonNode output = mapper.readTree(output());
    assertThat(schema.violations(output.toString())).isEmpty();
    assertThat(output.at("/captures/0/up").booleanValue()).isTrue();
    assertThat(output.at("/captures/1").size()).as("gone, with counts").isEqualTo(5);
    assertThat(output.at("/captures/1/up").booleanValue()).isFalse();
    assertThat(output.at("/captures/2").toString())
        .isEqualTo("{\"interface\":\"lo\",\"up\":false}");

    Map<String, String> altered = new LinkedHashMap<>();
    alter(output, output, "", altered);
    // Fields: 1 at the top, 2 x (5 + 10 + 21 + 4) of captures with counts, 2 of the one without;
    // each is left out, and each is of another type. 1 + 3 + 6 objects have one field more.
    assertThat(altered).hasSize(83 + 83 + 10);
    // What the version before has loaded.
    for (int capture = 0; capture < 2; capture++) {
      String without = altered.remove("without /captures/%d/unseen_connections".formatted(capture));
      assertThat(schema.violations(String.valueOf(without))).isEmpty();
    }
    assertThat(altered)
        .allSatisfy((what, json) -> assertThat(schema.violations(json)).as(what).isNotEmpty());
  }

  /** All that is one step away from a document, in each of its places. */
  private static void alter(
      JsonNode document, JsonNode node, String path, Map<String, String> altered) {
    if (node instanceof ObjectNode object) {
      object.put("surplus", 1);
      altered.put("surplus field in " + path, document.toString());
      object.remove("surplus");
      List<String> names = new ArrayList<>();
      object.fieldNames().forEachRemaining(names::add);
      for (String name : names) {
        JsonNode value = object.get(name);
        object.set(name, value.isTextual() ? IntNode.valueOf(1) : new TextNode(value.asText()));
        altered.put("wrong type of " + path + "/" + name, document.toString());
        object.remove(name);
        altered.put("without " + path + "/" + name, document.toString());
        object.set(name, value);
        alter(document, value, path + "/" + name, altered);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        alter(document, array.get(i), path + "/" + i, altered);
      }
    }
  }
}
