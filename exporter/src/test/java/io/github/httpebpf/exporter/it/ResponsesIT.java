package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.Exchanges;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What became of requests, and by URL, as the servers logged it: at tc and at a cgroup. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ResponsesIT {

  /** Any, but fixed. */
  private static final int SEED = 20_261_126;

  private static final List<String> CAPTURES = List.of(Lan.INTERFACE, "cgroup");
  private static final String EMPTY = "GET,GET,GET,HEAD,DELETE,OPTIONS,PATCH,PURGE";
  private static final String DURATION = "http_request_duration_seconds";

  private ResponsesStage stage;
  private final Map<String, Readings> before = new LinkedHashMap<>();

  @BeforeAll
  void open() {
    stage = new ResponsesStage("--urls.max-series", "20000");
  }

  @AfterAll
  void close() {
    stage.close();
  }

  @BeforeEach
  void read() {
    CAPTURES.forEach(each -> before.put(each, stage.read(each)));
  }

  private Readings since(String capture) {
    return stage.read(capture).minus(before.getOrDefault(capture, new Readings(Map.of())));
  }

  private static String statuses(String more) {
    return ResponsesStage.STATUSES.stream()
            .filter(status -> status != 444)
            .map(status -> "/s" + status)
            .collect(Collectors.joining(","))
        + more;
  }

  private void assertIsWhatWasLogged(List<Logged> log) {
    List<Logged> answered = log.stream().filter(Logged::answered).toList();
    assertThat(answered).isNotEmpty();
    for (String capture : CAPTURES) {
      Readings found = since(capture);
      assertCounts(
          capture,
          found,
          "http_requests_total",
          Logged.count(log, each -> List.of(each.methodLabel())));
      assertCounts(
          capture,
          found,
          "http_responses_total",
          Logged.count(answered, each -> List.of(each.methodLabel(), each.code())));
      assertThat(found.of(DURATION + "_count"))
          .as(capture)
          .isEqualTo(Logged.count(answered, each -> List.of(each.methodLabel())));
      assertThat(found.sum("http_requests_unanswered_total"))
          .as(capture)
          .isEqualTo(log.size() - answered.size());
      assertUrls(capture, found, log, answered);
    }
  }

  /** Only what differs is told. */
  private static void assertCounts(
      String capture, Readings found, String metric, Map<List<String>, Long> logged) {
    Map<List<String>, Long> counted = found.of(metric);
    Map<List<String>, String> different = new HashMap<>();
    for (Map<List<String>, Long> each : List.of(counted, logged)) {
      for (List<String> labels : each.keySet()) {
        if (!Objects.equals(counted.get(labels), logged.get(labels))) {
          different.put(
              labels, "counted %s, logged %s".formatted(counted.get(labels), logged.get(labels)));
        }
      }
    }
    assertThat(different).as("%s: %s", capture, metric).isEmpty();
  }

  private static void assertUrls(
      String capture, Readings found, List<Logged> log, List<Logged> answered) {
    Function<Logged, List<String>> url =
        each -> List.of(each.methodLabel(), each.hostLabel(), each.pathLabel());
    assertCounts(capture, found, "http_url_requests_total", Logged.count(log, url));
    assertCounts(
        capture, found, "http_url_request_duration_seconds_count", Logged.count(answered, url));
    assertCounts(
        capture,
        found,
        "http_url_responses_total",
        Logged.count(
            answered,
            each -> List.of(each.methodLabel(), each.hostLabel(), each.pathLabel(), each.code())));
  }

  @Test
  void nginxAnswersAnyStatusToAnyCut() {
    int sent = stage.talk(80, SEED, statuses(",/any"), EMPTY, 4, 1600);
    List<Logged> log = stage.log(80, sent);

    assertIsWhatWasLogged(log);
    assertBytes(log);
  }

  /** nginx reads bodies where it hands them on. */
  @Test
  void bodiesAndWaitsAreNginxsOwn() {
    int sent = stage.talk(80, SEED + 1, "/up/dDELAY/s201,/up/dDELAY", "GET,POST,PUT", 1, 240);
    List<Logged> log = stage.log(80, sent);

    assertIsWhatWasLogged(log);
    assertBytes(log);
    assertDurations(log);
  }

  private void assertBytes(List<Logged> log) {
    for (String capture : CAPTURES) {
      Readings found = since(capture);
      assertCounts(capture, found, "http_request_bytes_total", bytes(log, 1));
      assertCounts(capture, found, "http_response_bytes_total", bytes(log, 2));
    }
  }

  private static Map<List<String>, Long> bytes(List<Logged> log, int measured) {
    Map<List<String>, Long> sums = new HashMap<>();
    log.forEach(
        each ->
            sums.merge(
                List.of(each.methodLabel()),
                Long.valueOf(each.measured().get(measured)),
                Long::sum));
    return sums;
  }

  /**
   * nginx rounds to milliseconds, and may be kept from its processor before it looks at its clock:
   * each bucket may hold what is nginx's in the next ones, but for one request in fifty.
   */
  private void assertDurations(List<Logged> log) {
    List<Double> bounds = Exchanges.BOUNDS;
    long stray = log.size() / 50;
    for (String capture : CAPTURES) {
      Readings found = since(capture);
      for (int i = 0; i < bounds.size(); i++) {
        double lower = i == 0 ? -1 : bounds.get(i - 1);
        double upper = i + 1 == bounds.size() ? Double.MAX_VALUE : bounds.get(i + 1);
        String bound = io.prometheus.client.Collector.doubleToGoString(bounds.get(i));
        assertThat(found.sum(DURATION + "_bucket", labels -> labels.getLast().equals(bound)))
            .as("%s: within %s s", capture, bound)
            .isBetween(within(log, lower) - stray, within(log, upper) + stray);
      }
    }
  }

  private static long within(List<Logged> log, double seconds) {
    return log.stream().filter(each -> each.seconds() <= seconds).count();
  }

  @Test
  void whatNginxClosesOnIsUnanswered() {
    int sent = stage.talk(80, SEED + 2, "/s200,/s444", "GET,DELETE", 1, 400);
    List<Logged> log = stage.log(80, sent);

    assertThat(log).filteredOn(each -> !each.answered()).hasSizeGreaterThan(100);
    assertIsWhatWasLogged(log);
  }

  @ParameterizedTest
  @ValueSource(ints = {ResponsesStage.PYTHON_PORT, ResponsesStage.JDK_PORT})
  void otherServersDoToo(int port) {
    String slow = port == ResponsesStage.PYTHON_PORT ? ",/s200/dDELAY" : "";
    int sent = stage.talk(port, SEED + port, statuses(slow), EMPTY + ",POST,PUT", 1, 480);
    List<Logged> log = stage.log(port, sent);

    assertIsWhatWasLogged(log);
  }

  /** With an interim response, chunks, HEAD, and many at once. */
  @Test
  void curlIsAnswered() {
    String python = "http://%s:%d".formatted(Lan.SERVER_IPV4, ResponsesStage.PYTHON_PORT);
    curl("-H", "Expect: 100-continue", "-d", "a=b", python + "/s200/expected");
    curl("-H", "Transfer-Encoding: chunked", "-d", "a=b", python + "/s404/chunks/17");
    curl("--head", python + "/s503/head?x");
    curl("-X", "DELETE", python + "/s204/a", python + "/s304/b");
    curl("-Z", "--parallel-max", "10", python + "/s200/[1-50]/x");
    List<Logged> log = stage.log(ResponsesStage.PYTHON_PORT, 55);

    assertThat(log).hasSize(55);
    assertIsWhatWasLogged(log);
  }

  private void curl(String... arguments) {
    String[] command = new String[arguments.length + 5];
    List<String> options = List.of("curl", "-sS", "--max-time", "20", "--no-progress-meter");
    for (int i = 0; i < command.length; i++) {
      command[i] = i < options.size() ? options.get(i) : arguments[i - options.size()];
    }
    Shell.run(stage.lan.onClient(command)).succeeded();
  }

  /** It cuts its last requests off; those that arrived are logged, and may have no response. */
  @Test
  void wrkIsAnsweredButAtItsEnd() {
    String url = "http://" + Lan.SERVER_IPV4 + "/wrk/1?a";
    Shell.run(stage.lan.onClient("wrk", "-t", "1", "-c", "8", "-d", "2s", url)).succeeded();
    long logged = stage.nginx.log().size();
    stage.nginx.truncateLog();

    for (String capture : CAPTURES) {
      Readings found = since(capture);
      assertThat(found.of("http_url_requests_total"))
          .as(capture)
          .isEqualTo(Map.of(List.of("GET", Lan.SERVER_IPV4, "/wrk/{id}"), logged));
      long answered = found.sum("http_responses_total");
      assertThat(answered + found.sum("http_requests_unanswered_total")).isEqualTo(logged);
      assertThat(answered).isBetween(logged - 8, logged);
      assertThat(found.sum("http_url_responses_total")).isEqualTo(answered);
    }
  }
}
