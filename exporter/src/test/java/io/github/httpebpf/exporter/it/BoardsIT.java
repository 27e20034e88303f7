package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.httpebpf.exporter.deploy.Board;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What every panel and rule shows of real exporters, by a real Prometheus, for every choice of the
 * variables. In order, because the fleet lives through it: idle, under traffic, in trouble.
 */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BoardsIT {

  /** Alerts that cannot have a result here, whatever happens, and why. */
  private static final Map<String, String> EMPTY_ALERTS =
      Map.of(
          "HttpRequestsSilent", "compares with an hour before; promtool's unit tests have it",
          "HttpRequestRateAnomaly", "compares with yesterday; promtool's unit tests have it",
          "HttpLatencyBudgetBurn", "no server is that slow; promtool's unit tests have it");

  /** Choices of what nobody is answered at: the one interface, and the one path. */
  private static final Set<String> UNANSWERED = Set.of("lo", "/gone");

  private static final Pattern METRIC =
      Pattern.compile("\\b(?:http|process|jvm|scrape)_\\w+|\\bup\\b");

  /** For pictures: how long the traffic flows, and where what the panels show is put. */
  private static final int SECONDS = Integer.getInteger("boards.seconds", 10);

  private static final String DATA = System.getProperty("boards.data", "");

  private Fleet fleet;
  private Prometheus prometheus;

  @BeforeAll
  void start() {
    fleet = new Fleet();
    prometheus = fleet.prometheus;
    Shell.await(
        "three targets are scraped", () -> answers("count(http_ebpf_exporter_build_info) == 3"));
    Shell.await("rates can be told", () -> answers("count(rate(http_requests_total[4s])) == 50"));
  }

  @AfterAll
  void stop() {
    fleet.close();
  }

  private boolean answers(String expression) {
    return !prometheus.query(expression).isEmpty();
  }

  private static String expression(Board.Query query, Map<String, String> choice) {
    Map<String, String> values = new HashMap<>(choice);
    // Long enough for a time of what is asked for now and then.
    values.put("__rate_interval", query.mayBeEmpty() ? "1m" : "5s");
    values.putIfAbsent("__range", "1m");
    return Board.interpolate(query.expression(), values);
  }

  private static List<String> values(JsonNode samples) {
    return samples.valueStream().map(sample -> sample.path("value").path(1).asText()).toList();
  }

  @Test
  @Order(1)
  void withoutAnyRequestEveryPanelShowsANumberUnlessItIsATime() {
    assertThat(values(prometheus.query("sum(http_requests_total)"))).containsExactly("0");
    for (Board board : Board.all()) {
      for (Board.Query query : board.queries()) {
        String expression = expression(query, Map.of());
        // For a second nothing is there of whoever did not answer a scrape in time.
        Shell.awaitHolds(
            () ->
                assertThat(values(prometheus.query(expression)))
                    .as("%s: %s", query.title(), expression)
                    .matches(
                        shown -> shown.isEmpty() == query.mayBeEmpty(), "is empty, or is not"));
        assertThat(values(prometheus.query(expression)))
            .as("%s: %s", query.title(), expression)
            .doesNotContain("NaN", "+Inf", "-Inf");
        if (expression.contains("http_requests_total")) {
          assertThat(values(prometheus.query(expression))).as(query.title()).containsOnly("0");
        }
      }
    }
  }

  @Test
  @Order(2)
  void underTrafficEveryPanelHasAResultForEveryChoice() {
    fleet.startTraffic();
    fleet.addTaken(0, 1);
    Shell.await(
        "every method reaches every node",
        () -> answers("count(sum by (instance, method) (http_requests_total) > 0) == 30"));
    // A rate needs two samples, so that what was asked for once has none.
    Shell.await(
        "every method is answered again, everywhere",
        () ->
            answers(
                "count(sum by (instance, method) (increase("
                    + "http_request_duration_seconds_count[1m])) > 0) == 30"));
    Shell.await(
        "every URL is asked for again",
        () -> !answers("increase(http_url_requests_total[1m]) == 0"));
    for (int seconds = 10; seconds <= SECONDS; seconds += 10) {
      String expression =
          "count_over_time((sum(rate(http_requests_total[5s])) > 10)[%ds:1s]) >= %d"
              .formatted(2 * SECONDS, seconds);
      Shell.await("the traffic has flowed for " + seconds + " s", () -> answers(expression));
    }
    for (Board board : Board.all()) {
      for (Map<String, String> choice : Choices.of(board, prometheus)) {
        for (Board.Query query : board.queries()) {
          boolean quiet = query.mayBeEmpty() && UNANSWERED.containsAll(choice.values());
          assertShown(query, expression(query, choice), quiet && !choice.isEmpty());
        }
      }
    }
    assertThat(values(prometheus.query("sum(rate(http_requests_total[5s])) > 10"))).hasSize(1);
  }

  private void assertShown(Board.Query query, String expression, boolean orNothing) {
    String what = query.title() + ": " + expression;
    assertThat(values(prometheus.query(expression))).as(what).doesNotContain("NaN", "+Inf", "-Inf");
    if (!orNothing) {
      Shell.await(what, () -> answers(expression));
    }
    if (!query.instant() && !orNothing) {
      Shell.await(
          what,
          () -> {
            long now = System.currentTimeMillis() / 1000;
            return !prometheus.range(expression, now, 5).isEmpty();
          });
    }
  }

  @Test
  @Order(3)
  void variablesOfferWhatThereIs() {
    Map<String, String> variables = Board.read("overview").variables();
    Map<String, List<String>> offered = new HashMap<>();
    variables.forEach((name, query) -> offered.put(name, prometheus.labelValues(query)));
    assertThat(offered)
        .containsEntry("cluster", List.of("east"))
        .containsEntry("job", List.of("edge", "http-ebpf-exporter"))
        .containsEntry("instance", List.of("edge-1", "web-1", "web-2"))
        .containsEntry("interface", List.of("cgroup", "eth0", "lo"));
    assertThat(offered.getOrDefault("method", List.of())).hasSize(10);

    Map<String, String> urls = Board.read("urls").variables();
    assertThat(prometheus.labelValues(urls.getOrDefault("instance", "")))
        .containsExactly("edge-1", "web-1", "web-2");
    assertThat(prometheus.labelValues(urls.getOrDefault("host", "")))
        .contains(Shop.HOST, "10.203.0.1", LabelledRequests.REST);
    assertThat(prometheus.labelValues(urls.getOrDefault("path", "")))
        .containsExactly(
            "/",
            "/account",
            "/checkout",
            "/gone",
            "/legacy",
            "/orders",
            "/orders/{id}",
            "/static/*",
            LabelledRequests.REST);
  }

  @Test
  @Order(4)
  void podsPortsAndKindsOfCapturesAreShownByName() {
    Shell.awaitHolds(this::assertPodsPortsAndKinds);
  }

  private void assertPodsPortsAndKinds() {
    assertThat(shown("overview", "Busiest pods", "receiver"))
        .containsOnlyKeys(
            SmallNode.uid(1), SmallNode.uid(2), SmallNode.uid(3), LabelledRequests.REST)
        .containsEntry(LabelledRequests.REST, 0.0);
    assertThat(shown("overview", "Requests by pod", "receiver")).hasSize(4);
    assertThat(shown("overview", "Requests by port", "port"))
        .containsOnlyKeys("80", "81", LabelledRequests.REST);
    assertThat(shown("health", "Captures by kind", "capture"))
        .containsOnlyKeys("cgroup", "tc", "xdp")
        .containsEntry("cgroup", 1.0);
    assertThat(shown("health", "Failed attaches", "reason")).containsOnlyKeys("other");
    assertThat(shown("health", "Failed attaches", "instance")).containsOnlyKeys("web-1");
    String containers =
        "sum by (cgroup, pod_uid, container_id) (http_cgroup_requests_total{method=\"GET\"}) > 0";
    assertThat(prometheus.values(containers, "cgroup"))
        .containsOnlyKeys(fleet.pod(1), fleet.pod(2), fleet.pod(3));
  }

  /** What a panel shows, by a label of it. */
  private Map<String, Double> shown(String board, String title, String label) {
    Board.Query query =
        Board.read(board).queries().stream()
            .filter(each -> each.title().equals(title))
            .findFirst()
            .orElseThrow();
    return prometheus.values(expression(query, Map.of()), label);
  }

  @Test
  @Order(5)
  void everyMetricOfTheBoardsIsServed() {
    Set<String> known =
        prometheus
            .get("label/__name__/values")
            .valueStream()
            .map(JsonNode::asText)
            .collect(Collectors.toSet());
    for (Board board : Board.all()) {
      Set<String> used = new TreeSet<>();
      for (Board.Query query : board.queries()) {
        METRIC.matcher(query.expression()).results().map(MatchResult::group).forEach(used::add);
      }
      assertThat(used).hasSizeGreaterThan(3);
      assertThat(known).containsAll(used);
    }
  }

  @Test
  @Order(6)
  void nothingOfOtherJobsShows() {
    for (Board board : Board.all()) {
      for (Board.Query query : board.queries()) {
        assertThat(prometheus.query(expression(query, Map.of())).findValuesAsText("instance"))
            .as(query.title())
            .doesNotContain("prometheus");
      }
    }
  }

  @Test
  @Order(7)
  void everyRuleIsEvaluatedAndEveryRecordingRuleRecords() {
    List<JsonNode> rules = rules();
    assertThat(rules).hasSize(23);
    assertThat(rules)
        .allSatisfy(
            rule -> {
              assertThat(rule.path("health").asText()).as(rule.toString()).isEqualTo("ok");
              assertThat(rule.path("lastError").asText()).isEmpty();
            });
    assertThat(rules)
        .filteredOn(rule -> rule.path("type").asText().equals("recording"))
        .hasSize(15)
        .allSatisfy(
            rule -> assertThat(values(prometheus.query(rule.path("name").asText()))).isNotEmpty());
  }

  private List<JsonNode> rules() {
    return prometheus
        .get("rules")
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream())
        .toList();
  }

  @Test
  @Order(8)
  void whatThePanelsShowIsKeptForPictures() throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    ObjectNode data = mapper.createObjectNode();
    long now = System.currentTimeMillis() / 1000;
    data.put("from", now - SECONDS).put("to", now);
    for (Board board : Board.all()) {
      ObjectNode panels = data.putObject(board.name());
      for (Board.Query query : board.queries()) {
        String expression = expression(query, Map.of("__range", SECONDS + "s"));
        panels
            .withObjectProperty(query.panel().path("id").asText())
            .set(
                query.refId(),
                query.instant()
                    ? prometheus.query(expression, (double) now)
                    : prometheus.range(expression, now, SECONDS));
      }
    }
    if (!DATA.isEmpty()) {
      mapper.writeValue(Path.of(DATA).toFile(), data);
    }
    assertThat(data.size()).isEqualTo(2 + Board.all().size());
  }

  @Test
  @Order(9)
  void inTroubleTheAlertsHaveAResult() {
    fleet.running.get(1).kill();
    fleet.exporters.get(2).run("unload", "--interface", "lo").succeeded();
    fleet.sendFragments();
    // Each is tried every 10 s: so many fail more often in half a minute than one in five minutes.
    fleet.addTaken(1, 25);
    for (JsonNode rule : rules()) {
      String name = rule.path("name").asText();
      if (rule.path("type").asText().equals("alerting")) {
        if (EMPTY_ALERTS.containsKey(name)) {
          assertThat(values(prometheus.query(rule.path("query").asText()))).as(name).isEmpty();
        } else {
          Shell.await(name, () -> answers(rule.path("query").asText()));
        }
      }
    }
    Shell.awaitHolds(
        () ->
            assertThat(stats())
                .containsEntry("Exporters up", "2")
                .containsEntry("Exporters down", "1")
                .containsEntry("Captures up", "3")
                .containsEntry("Captures down", "1"));
  }

  /** By title; a time range that goes back to when all were up. */
  private Map<String, String> stats() {
    Map<String, String> stats = new HashMap<>();
    for (Board.Query query : Board.read("health").queries()) {
      List<String> values = values(prometheus.query(expression(query, Map.of("__range", "5m"))));
      stats.put(query.title(), String.join(" ", values));
    }
    return stats;
  }
}
