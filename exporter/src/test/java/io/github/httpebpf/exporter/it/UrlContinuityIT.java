package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Traffic goes on while exporters are killed and programs with other routes take over: by URL, by
 * status and by time no request is missed, and nothing that was counted falls.
 */
@KernelTest
class UrlContinuityIT {

  private static final int SEED = 42;
  private static final int BATCH = 400;
  private static final String SERIES = "20000";

  /** What each program groups paths by, or excludes. */
  private static final List<List<String>> SWAPS =
      List.of(
          List.of("--urls.route", "/{any}/*"),
          List.of("--urls.exclude", "/b/*"),
          List.of("--urls.route", "/a/{route}/*,/none"));

  private Stage stage;
  private Nginx nginx;
  private Readings before = new Readings(Map.of());
  private int sent;
  private volatile boolean stopping;

  @BeforeEach
  void open() {
    stage = new Stage();
    nginx =
        new Nginx(
            stage.lan::onServer,
            Logged.NGINX,
            "location /a/ { return 404 \"no\\n\"; } location / { return 200 \"ok\\n\"; }");
  }

  @AfterEach
  void close() {
    stopping = true;
    nginx.close();
    stage.close();
  }

  private void send() {
    for (int batch = 0; !stopping; batch++) {
      String[] client =
          Wire.command(
              Talk.CLIENT,
              Lan.SERVER_IPV4,
              "80",
              String.valueOf(SEED + batch),
              "/a,/b,/c",
              "GET,DELETE,PURGE",
              "3",
              String.valueOf(BATCH));
      sent += Integer.parseInt(Shell.run(stage.lan.onClient(client)).succeeded().out().strip());
    }
  }

  private Exporter.Running run(String route) {
    return stage.exporter.start(
        "run",
        "--interface",
        Lan.INTERFACE,
        "--tc-backend",
        "tcx",
        "--urls",
        "--urls.max-series",
        SERIES,
        "--urls.route",
        route);
  }

  @Test
  void noRequestIsMissedAndNothingFalls() {
    Exporter.Running run = run("/none");
    CompletableFuture<Void> traffic = CompletableFuture.runAsync(this::send, Shell.AT_ONCE);
    for (String route : List.of("/c/{route}", "/b/*")) {
      assertNothingFell();
      run.kill();
      run = run(route);
      assertNothingFell();
    }
    for (List<String> swap : SWAPS) {
      stage.exporter.load("--tc-backend", "tcx", "--urls", swap.getFirst(), swap.getLast());
      assertNothingFell();
    }
    stopping = true;
    traffic.join();

    assertNothingFell();
    List<Logged> log = nginx.await(sent).stream().map(Logged::of).toList();
    assertThat(log).allMatch(Logged::answered);
    assertIsWhatWasLogged(log);
    assertThat(before.of("http_url_requests_total").keySet())
        .extracting(labels -> labels.get(2))
        .contains("/c/{route}", "/b/*", "/{any}/*", "_other", "/a/{route}/*")
        .doesNotContain("/none");
  }

  private void assertIsWhatWasLogged(List<Logged> log) {
    Map<List<String>, Long> byMethod = Logged.count(log, each -> List.of(each.methodLabel()));
    Map<String, Long> sums = new HashMap<>();
    byMethod.forEach((labels, count) -> sums.put(labels.getFirst(), count));
    assertThat(before.of("http_requests_total")).isEqualTo(byMethod);
    assertThat(before.of("http_request_duration_seconds_count")).isEqualTo(byMethod);
    assertThat(before.byFirst("http_url_requests_total")).isEqualTo(sums);
    assertThat(before.byFirst("http_url_request_duration_seconds_count")).isEqualTo(sums);
    assertThat(before.byFirst("http_url_responses_total")).isEqualTo(sums);
    assertThat(before.of("http_responses_total"))
        .isEqualTo(Logged.count(log, each -> List.of(each.methodLabel(), each.code())));
    assertThat(before.of("http_requests_unanswered_total")).isEmpty();
  }

  /**
   * No series is gone, and none is less than when it was read before; but for runs of the program,
   * which begin anew with it, and are there while somebody has the kernel count them.
   */
  private void assertNothingFell() {
    Readings now = Readings.of(stage.exporter.pinRoot(), Lan.INTERFACE);
    before
        .samples()
        .forEach(
            (name, values) -> {
              if (!name.matches("http_ebpf_exporter_(scrape|program_run).*")) {
                Map<List<String>, Double> found = now.samples().getOrDefault(name, Map.of());
                values.forEach(
                    (labels, value) ->
                        assertThat(found.getOrDefault(labels, -1.0))
                            .as("%s%s", name, labels)
                            .isGreaterThanOrEqualTo(value));
              }
            });
    before = now;
  }
}
