package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.deploy.Board;
import io.github.httpebpf.exporter.metrics.Exchanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What the panels say of responses and URLs is what a client was answered, a real Prometheus
 * between. {@code increase} reckons beyond what was scraped, for all series alike: shares are
 * exact, counts are not quite.
 */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoardFiguresIT {

  /** What the panels look back at; all series are older when the client begins. */
  private static final int RANGE = 25;

  private static final Offset<Double> EXACT = Offset.offset(1e-6);
  private static final String ORDERS = "GET shop.example/orders/{id}";
  private static final String CHECKOUT = "POST shop.example/checkout";
  private static final String LEGACY = "GET shop.example/legacy";
  private static final String ACCOUNT = "GET shop.example/account";
  private static final String GONE = "GET shop.example/gone";
  private static final String OTHER = "GET _other_other";

  /** What the client saw of one request; {@code code} is 0 if there was no response. */
  private record Exchange(String url, int code, int bytes, double seconds) {}

  private Stage stage;
  private Nginx nginx;
  private Prometheus prometheus;
  private List<Exchange> seen = List.of();

  /** When it was asked last: the panels are looked at as of then. */
  private double asked;

  @BeforeAll
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan::onServer, "$request", Shop.LOCATIONS);
    List<String> command = new ArrayList<>(List.of("run", "--interface", Lan.INTERFACE));
    command.addAll(Shop.OPTIONS);
    Exporter.Running exporter = stage.exporter.start(command.toArray(String[]::new));
    Shell.await("it is ready", () -> exporter.status("/-/ready") == 200);
    prometheus = Prometheus.beside(stage.lan, String.valueOf(exporter.url()));
    List<Exchange> first = askAll(1);
    // Longer than is waited for one thing, where the machine is slow.
    for (int age : List.of(RANGE / 2, RANGE)) {
      String old = "count_over_time(http_url_requests_total{path=\"/gone\"}[2m]) > " + age;
      Shell.await("series are " + age + " s old", () -> !prometheus.query(old).isEmpty());
    }
    seen = askAll(10);
    int requests = first.size() + seen.size();
    Shell.await(
        "all requests are scraped",
        () -> !prometheus.query("sum(http_requests_total) == " + requests).isEmpty());
    asked = prometheus.values("max(timestamp(http_requests_total))", "").getOrDefault("", 0.0);
  }

  @AfterAll
  void close() {
    prometheus.close();
    nginx.close();
    stage.close();
  }

  /** Three connections of TLS, and so many times of everything. */
  private List<Exchange> askAll(int times) {
    for (int i = 0; i < 3; i++) {
      Shell.run(stage.lan.onClient("curl", "-sk", "https://" + Lan.SERVER_IPV4 + ":80/"));
    }
    List<Exchange> all = new ArrayList<>();
    all.addAll(ask(ORDERS, "/orders/[1-%d]?page=2".formatted(12 * times)));
    all.addAll(ask(CHECKOUT, "/checkout?[1-%d]".formatted(2 * times)));
    all.addAll(ask(LEGACY, "/legacy?[1-%d]".formatted(3 * times)));
    all.addAll(ask(ACCOUNT, "/account?[1-%d]".formatted(times)));
    all.addAll(ask(GONE, "/gone?[1-%d]".formatted(times)));
    all.addAll(ask(OTHER, "/health?[1-%d]".formatted(times)));
    return all;
  }

  private List<Exchange> ask(String url, String target) {
    String method = url.replaceAll(" .*", "");
    String report = "%{http_code} %{size_header} %{size_download} %{time_starttransfer}\\n";
    String site = "http://" + Lan.SERVER_IPV4 + target;
    return Shell.run(
            stage.lan.onClient(
                "curl",
                "-s",
                "-X",
                method,
                "-H",
                "Host: " + Shop.HOST,
                "-o",
                "/dev/null",
                "-w",
                report,
                site))
        .out()
        .lines()
        .map(line -> line.split(" ", -1))
        .map(
            each ->
                new Exchange(
                    url,
                    Integer.parseInt(each[0]),
                    Integer.parseInt(each[1]) + Integer.parseInt(each[2]),
                    Double.parseDouble(each[3])))
        .toList();
  }

  /** What a panel's query shows, by its legend. */
  private Map<String, Double> shown(String board, String title, String refId) {
    return shown(board, title, refId, Board.ALL);
  }

  private Map<String, Double> shown(String board, String title, String refId, String method) {
    Board.Query query =
        Board.read(board).queries().stream()
            .filter(each -> each.title().equals(title) && each.refId().equals(refId))
            .findFirst()
            .orElseThrow();
    String expression =
        Board.interpolate(
            query.expression(),
            Map.of("method", method, "__range", RANGE + "s", "__rate_interval", RANGE + "s"));
    return prometheus.named(expression, query.legend(), asked);
  }

  private double figure(String board, String title, String refId) {
    Map<String, Double> all = shown(board, title, refId);
    assertThat(all).as(title).hasSize(1);
    return all.values().iterator().next();
  }

  private double count(Predicate<Exchange> those) {
    return (double) seen.stream().filter(those).count();
  }

  private double answered() {
    return count(each -> each.code() > 0);
  }

  private Predicate<Exchange> of(String url) {
    return each -> each.url().equals(url);
  }

  private double mean(Predicate<Exchange> those, ToDoubleFunction<Exchange> what) {
    return seen.stream().filter(those).mapToDouble(what).average().orElseThrow();
  }

  @Test
  void theClientSawWhatItWasToSee() {
    assertThat(count(each -> each.code() == 200)).isEqualTo(130);
    assertThat(count(each -> each.code() == 503)).isEqualTo(20);
    assertThat(count(each -> each.code() == 404)).isEqualTo(30);
    assertThat(count(each -> each.code() == 401)).isEqualTo(10);
    assertThat(count(each -> each.code() == 0)).isEqualTo(10);
  }

  @Test
  void sharesOfErrorsAreThoseOfTheClient() {
    double failed = count(each -> each.code() >= 500) / answered();
    double refused = count(each -> each.code() / 100 == 4) / answered();
    for (String board : List.of("overview", "urls")) {
      assertThat(figure(board, "5xx responses", "A")).isCloseTo(failed, EXACT);
      assertThat(figure(board, "4xx responses", "A")).isCloseTo(refused, EXACT);
    }
    assertThat(figure("overview", "Share of errors", "A")).isCloseTo(failed, EXACT);
    assertThat(figure("overview", "Share of errors", "B")).isCloseTo(refused, EXACT);
    assertThat(figure("overview", "Share of errors", "C"))
        .isCloseTo(count(each -> each.code() == 0) / seen.size(), EXACT);
  }

  @Test
  void statusesAndUnansweredAreThoseOfTheClient() {
    Map<String, Double> statuses = shown("overview", "Responses by status", "A");
    assertThat(statuses).containsOnlyKeys("200", "401", "404", "503");
    double sum = statuses.values().stream().mapToDouble(each -> each).sum();
    statuses.forEach(
        (code, rate) ->
            assertThat(rate / sum)
                .as(code)
                .isCloseTo(count(each -> code.equals("" + each.code())) / answered(), EXACT));
    assertThat(figure("overview", "Unanswered in this time range", "A"))
        .isCloseTo(10, Offset.offset(1.0));
  }

  /** The bound that so great a part of the client's times is within. */
  private double within(double part) {
    List<Double> times =
        seen.stream().filter(each -> each.code() > 0).map(Exchange::seconds).sorted().toList();
    double time = times.get((int) (part * times.size()));
    return Exchanges.BOUNDS.stream().filter(bound -> bound >= time).findFirst().orElseThrow();
  }

  /**
   * The client's time begins before its connection does, and ends a little later: it is never less,
   * and on a machine that is busy with other things it may be more. {@code /account} takes 0.2 s.
   */
  @Test
  void timesAreThoseOfTheClient() {
    assertThat(figure("overview", "Time to respond", "A")).isBetween(0.0, within(0.5));
    assertThat(figure("overview", "Time to respond", "B")).isBetween(0.0, within(0.9));
    assertThat(figure("overview", "Time to respond", "C")).isBetween(0.1, within(0.99));
    assertThat(figure("overview", "99 % are answered within", "A")).isBetween(0.1, within(0.99));
    Map<String, Double> buckets = shown("overview", "Responses by time", "A");
    assertThat(buckets).hasSize(15);
    double all = buckets.getOrDefault("+Inf", 0.0);
    double soon = count(each -> each.code() > 0 && each.seconds() <= 0.1) / answered();
    assertThat(buckets.getOrDefault("0.1", 0.0) / all)
        .isBetween(soon - 1e-6, 1 - 10 / answered() + 1e-6);
    double mean = mean(each -> each.code() > 0, Exchange::seconds);
    assertThat(figure("urls", "Mean time", "A")).isBetween(mean - 0.005, mean);
    for (String title : List.of("Slowest", "Mean time by URL")) {
      Map<String, Double> slowest = shown("urls", title, "A");
      assertThat(slowest).containsOnlyKeys(ORDERS, CHECKOUT, LEGACY, ACCOUNT, OTHER);
      slowest.forEach(
          (url, seconds) ->
              assertThat(seconds)
                  .as(url)
                  .isBetween(
                      mean(of(url), Exchange::seconds) - 0.02, mean(of(url), Exchange::seconds)));
      assertThat(slowest.getOrDefault(ACCOUNT, 0.0)).isGreaterThan(0.15);
    }
  }

  /** By method, since nginx answers TLS too, in plain text. */
  @Test
  void payloadIsThatOfTheClient() {
    for (String method : List.of("GET", "POST")) {
      double perResponse =
          mean(each -> each.url().startsWith(method + " ") && each.code() > 0, Exchange::bytes);
      double responses =
          shown("overview", "Responses by status", "A", method).values().stream()
              .mapToDouble(each -> each)
              .sum();
      Map<String, Double> received = shown("overview", "Payload", "A", method);
      Map<String, Double> sent = shown("overview", "Payload", "B", method);
      assertThat(received).containsOnlyKeys("requests");
      assertThat(sent).containsOnlyKeys("responses");
      assertThat(sent.getOrDefault("responses", 0.0) / responses).isCloseTo(perResponse, EXACT);
      assertThat(received.getOrDefault("requests", 0.0) / responses).isBetween(80.0, 200.0);
    }
  }

  @Test
  void whatIsNotSeenIsSharedWithWhatIs() {
    Map<String, Double> unseen = shown("overview", "Share that is not seen", "A");
    assertThat(unseen)
        .containsOnlyKeys("tls", "http2", "quic", "tunnel")
        .containsEntry("quic", 0.0);
    assertThat(unseen.getOrDefault("tls", 0.0)).isCloseTo(3.0 / (3 + seen.size()), EXACT);
  }

  @Test
  void urlsAreOrderedAndCountedAsTheClientAskedForThem() {
    Map<String, Double> busiest = shown("urls", "Busiest", "A");
    assertThat(busiest.keySet())
        .containsExactlyInAnyOrder(ORDERS, CHECKOUT, LEGACY, ACCOUNT, GONE, OTHER);
    double orders = busiest.getOrDefault(ORDERS, 0.0);
    assertThat(orders).isCloseTo(120, Offset.offset(6.0));
    for (String title : List.of("Busiest", "Requests by URL")) {
      Map<String, Double> shown = shown("urls", title, "A");
      double most = shown.getOrDefault(ORDERS, 0.0);
      shown.forEach(
          (url, value) -> assertThat(value / most).as(url).isCloseTo(count(of(url)) / 120, EXACT));
    }
    assertThat(figure("urls", "Requests per second", "A") * RANGE)
        .isCloseTo(seen.size(), Offset.offset(10.0));
    assertThat(shown("urls", "Most errors", "A")).containsOnlyKeys(CHECKOUT);
    assertThat(shown("urls", "5xx by URL", "A")).containsOnlyKeys(CHECKOUT);
    assertThat(figure("urls", "Most errors", "A")).isCloseTo(20, Offset.offset(1.0));
  }

  @Test
  void theTableHasOfEachUrlWhatTheClientSaw() {
    Map<String, Double> refused = shown("urls", "URLs", "B");
    Map<String, Double> failed = shown("urls", "URLs", "C");
    assertThat(shown("urls", "URLs", "A")).hasSize(6).containsKey(GONE);
    assertThat(refused)
        .isEqualTo(Map.of(ORDERS, 0.0, CHECKOUT, 0.0, LEGACY, 1.0, ACCOUNT, 1.0, OTHER, 0.0));
    assertThat(failed)
        .isEqualTo(Map.of(ORDERS, 0.0, CHECKOUT, 1.0, LEGACY, 0.0, ACCOUNT, 0.0, OTHER, 0.0));
    assertThat(shown("urls", "URLs", "D")).isEqualTo(shown("urls", "Slowest", "A"));
  }

  @Test
  void seriesAreThoseOfSixUrlsInAThousand() {
    assertThat(figure("urls", "Room used", "A")).isEqualTo(6 / 1000.0);
    assertThat(figure("urls", "Without a name", "A")).isCloseTo(10.0 / seen.size(), EXACT);
  }
}
