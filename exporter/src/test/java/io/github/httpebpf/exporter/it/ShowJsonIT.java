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
    assertThat(output.at("/captures/1").size()).as("gone, with counts").isEqualTo(9);
    assertThat(output.at("/captures/1/up").booleanValue()).isFalse();
    assertThat(output.at("/captures/2").toString())
        .isEqualTo("{\"interface\":\"lo\",\"up\":false}");

    Map<String, String> altered = new LinkedHashMap<>();
    alter(output, output, "", altered);
    // Fields: 1 at the top, 2 x (9 + 10 + 21 + 4 + 30) of captures with counts, 2 of the one
    // without;
    // each is left out, and each is of another type. 1 + 3 + 14 objects have one field more.
    assertThat(altered).hasSize(151 + 151 + 18);
    // What the version before has loaded.
    for (int capture = 0; capture < 2; capture++) {
      String without = altered.remove("without /captures/%d/unseen_connections".formatted(capture));
      assertThat(schema.violations(String.valueOf(without))).isEmpty();
    }
    requireViolations(altered);
  }

  private void requireViolations(Map<String, String> altered) {
    assertThat(altered)
        .allSatisfy((what, json) -> assertThat(schema.violations(json)).as(what).isNotEmpty());
  }

  @Test
  void outcomesAndUrlsKeepItToo() throws Exception {
    JsonNode output = mapper.readTree(outputOfRequests());
    assertThat(schema.violations(output.toString())).isEmpty();
    JsonNode capture = output.at("/captures/0");
    assertThat(capture.at("/responses").toString())
        .isEqualTo("{\"GET\":{\"200\":3},\"POST\":{\"200\":1}}");
    assertThat(capture.at("/unanswered/GET").intValue()).isZero();
    assertThat(capture.at("/request_bytes/GET").intValue()).isGreaterThan(3 * 40);
    assertThat(capture.at("/response_bytes/GET").intValue()).isGreaterThan(3 * 40);
    assertThat(capture.at("/urls/series_limit").intValue()).isEqualTo(1000);
    JsonNode busiest = capture.at("/urls/series/0");
    assertThat(busiest.at("/host").textValue()).isEqualTo("10.203.0.1");
    assertThat(busiest.at("/path").textValue()).isEqualTo("/orders/{id}");
    assertThat(busiest.at("/requests").intValue()).isEqualTo(3);
    assertThat(busiest.at("/duration_count").intValue()).isEqualTo(3);
    assertThat(busiest.at("/duration_nanoseconds").longValue()).isBetween(3000L, 3000000000L);
    assertThat(busiest.at("/responses").toString()).isEqualTo("{\"200\":3}");
    assertThat(capture.at("/urls/series/1/path").textValue()).isEqualTo("/new");
    assertThat(capture.at("/urls/series")).hasSize(2);

    Map<String, String> altered = new LinkedHashMap<>();
    alter(output, output, "", altered);
    for (String optional :
        List.of("unseen_connections", "urls", "responses/GET", "responses/POST")) {
      String without = altered.remove("without /captures/0/" + optional);
      assertThat(schema.violations(String.valueOf(without))).as(optional).isEmpty();
    }
    // The codes of a URL may be none yet.
    altered.keySet().removeIf(what -> what.matches("without .*/series/\\d/responses/200"));
    requireViolations(altered);
  }

  /** Three GETs of one route, and a POST. */
  private static String outputOfRequests() {
    try (Stage stage = new Stage();
        Nginx nginx = new Nginx(stage.lan)) {
      stage.exporter.load("--urls");
      for (String path : List.of("orders/1", "orders/22", "orders/3?secret=1")) {
        request(stage, "GET", path);
      }
      request(stage, "POST", "new");
      nginx.await(4);
      String text = stage.exporter.run("show").succeeded().out();
      assertThat(text)
          .contains("  responses:\n    GET 200                          3\n    POST 200 ")
          .contains(
              "  urls, at most 1000:\n    GET                              3  10.203.0.1/orders/{id}\n")
          .contains("  request bytes:\n    GET ")
          .doesNotContain("secret", "unanswered");
      return stage.exporter.run("show", "--json").succeeded().out();
    }
  }

  private static void request(Stage stage, String method, String path) {
    String url = "http://10.203.0.1/" + path;
    Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "-X", method, url)).succeeded();
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
