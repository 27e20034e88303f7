package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What Grafana needs to show the boards; what they show is for {@code BoardsIT}. */
class BoardsTest {

  private static final Map<String, Integer> VARIABLES =
      Map.of("overview", 5, "health", 3, "urls", 7);
  private static final Set<String> BUILT_IN = Set.of("__rate_interval", "__range");

  static List<Board> boards() {
    return Board.all();
  }

  @Test
  void areThreeWithFixedIdentifiers() {
    assertThat(boards())
        .extracting(board -> board + " " + board.json().path("uid").asText())
        .containsExactly(
            "health http-ebpf-health", "overview http-ebpf-overview", "urls http-ebpf-urls");
  }

  @ParameterizedTest
  @MethodSource("boards")
  void areOfASchemaThatGrafana11Reads(Board board) {
    assertThat(board.json().path("schemaVersion").asInt()).isEqualTo(39);
    assertThat(board.json().path("id").isNull()).isTrue();
    assertThat(board.json().path("title").asText()).startsWith("HTTP requests / ");
    assertThat(board.json().path("description").asText()).endsWith(".");
    assertThat(board.json().at("/time/from").asText()).isEqualTo("now-1h");
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyPanelSaysWhatItShowsAndInWhichUnit(Board board) {
    assertThat(board.panels())
        .hasSizeGreaterThan(10)
        .allSatisfy(
            panel -> {
              assertThat(panel.path("title").asText()).isNotBlank();
              assertThat(panel.path("description").asText()).endsWith(".");
              assertThat(panel.at("/fieldConfig/defaults/unit").asText())
                  .isIn(
                      "none",
                      "short",
                      "reqps",
                      "pps",
                      "percentunit",
                      "s",
                      "ns",
                      "bytes",
                      "Bps",
                      "string");
              assertThat(panel.path("targets")).isNotEmpty();
            });
    assertThat(board.panels())
        .extracting(panel -> panel.path("title").asText())
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyQueryGoesToTheChosenDataSource(Board board) {
    assertThat(board.json().findValues("datasource"))
        .hasSizeGreaterThan(10)
        .allSatisfy(
            source ->
                assertThat(source)
                    .isEqualTo(Chart.parse("{type: prometheus, uid: '${datasource}'}")));
    JsonNode first = board.json().at("/templating/list/0");
    assertThat(first.path("type").asText()).isEqualTo("datasource");
    assertThat(first.path("name").asText()).isEqualTo("datasource");
    assertThat(first.path("query").asText()).isEqualTo("prometheus");
  }

  @ParameterizedTest
  @MethodSource("boards")
  void variablesCanBeAllAndThenMatchWhatLacksTheLabelToo(Board board) {
    assertThat(board.variables().keySet())
        .startsWith("cluster", "job", "instance")
        .hasSize(VARIABLES.getOrDefault(board.name(), 0));
    for (JsonNode variable : board.json().at("/templating/list")) {
      if (variable.path("type").asText().equals("query")) {
        assertThat(variable.path("includeAll").asBoolean()).isTrue();
        assertThat(variable.path("multi").asBoolean()).isTrue();
        assertThat(variable.path("allValue").asText()).isEqualTo(Board.ALL);
        assertThat(variable.at("/current/value/0").asText()).isEqualTo("$__all");
        assertThat(variable.at("/query/query").asText()).startsWith("label_values(");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("boards")
  void everyQueryHeedsTheVariablesAndKnowsNoOther(Board board) {
    Set<String> all = new TreeSet<>();
    for (Board.Query query : board.queries()) {
      List<String> used = Board.used(query.expression());
      assertThat(used).as(query.title()).contains("cluster", "job", "instance");
      all.addAll(used);
    }
    all.removeAll(BUILT_IN);
    assertThat(all).containsExactlyInAnyOrderElementsOf(board.variables().keySet());
  }

  @ParameterizedTest
  @MethodSource("boards")
  void panelsHaveTheirOwnIdentifierAndPlace(Board board) {
    JsonNode panels = board.json().path("panels");
    assertThat(panels.findValuesAsText("id").stream().filter(id -> id.matches("\\d+")))
        .hasSize(panels.size())
        .doesNotHaveDuplicates();
    Map<List<Integer>, String> taken = new HashMap<>();
    for (JsonNode panel : panels) {
      int[] place =
          Arrays.stream(new String[] {"x", "y", "w", "h"})
              .mapToInt(side -> panel.at("/gridPos/" + side).asInt(-1))
              .toArray();
      assertThat(place[0] + place[2]).as(panel.path("title").asText()).isBetween(1, 24);
      for (int x = place[0]; x < place[0] + place[2]; x++) {
        for (int y = place[1]; y < place[1] + place[3]; y++) {
          assertThat(taken.put(List.of(x, y), panel.path("title").asText()))
              .as("below %s at %d, %d", panel.path("title").asText(), x, y)
              .isNull();
        }
      }
    }
    // Rows stand alone on their line, so that further ones can be put between them.
    assertThat(panels)
        .filteredOn(panel -> panel.path("type").asText().equals("row"))
        .hasSizeGreaterThan(2)
        .allSatisfy(row -> assertThat(row.at("/gridPos/w").asInt()).isEqualTo(24));
  }
}
