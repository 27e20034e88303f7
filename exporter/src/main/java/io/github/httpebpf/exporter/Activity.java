package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.Exchanges;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.Urls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What came between two reads of one capture.
 *
 * @param requests all of them, a second
 * @param unanswered likewise; NaN if the capture does not see answers
 * @param routes by URL, or by method where URLs are not counted; only those that moved
 * @param codes responses by status, a second; only those that moved
 */
record Activity(
    String interfaceName,
    double requests,
    double unanswered,
    List<Route> routes,
    Map<String, Double> codes) {

  private static final double NANOSECONDS_PER_MILLISECOND = 1e6;

  /**
   * Where requests go.
   *
   * @param requests a second
   * @param responses likewise
   * @param milliseconds that those took on average; NaN if there were none
   */
  record Route(String name, double requests, double responses, double milliseconds) {}

  /** What was counted of a route so far. */
  private record Sum(long requests, long responses, long nanoseconds) {

    static final Sum NONE = new Sum(0, 0, 0);

    /** Maps that were made anew begin at 0. */
    Sum since(Sum before) {
      boolean anew = requests < before.requests || responses < before.responses;
      return anew
          ? this
          : new Sum(
              requests - before.requests,
              responses - before.responses,
              nanoseconds - before.nanoseconds);
    }

    Sum plus(Sum other) {
      return new Sum(
          requests + other.requests, responses + other.responses, nanoseconds + other.nanoseconds);
    }

    Route over(String name, double seconds) {
      return new Route(
          name,
          requests / seconds,
          responses / seconds,
          responses == 0
              ? Double.NaN
              : (double) nanoseconds / responses / NANOSECONDS_PER_MILLISECOND);
    }
  }

  Activity {
    routes = List.copyOf(routes);
    codes = Map.copyOf(codes);
  }

  /** Of the captures that were read both times. */
  static List<Activity> between(
      List<CaptureSnapshot> before, List<CaptureSnapshot> now, double seconds) {
    Map<String, CaptureCounts> earlier = new HashMap<>();
    for (CaptureSnapshot each : before) {
      CaptureCounts counts = each.counts();
      if (counts != null) {
        earlier.put(each.interfaceName(), counts);
      }
    }
    List<Activity> activities = new ArrayList<>();
    for (CaptureSnapshot each : now) {
      CaptureCounts counts = each.counts();
      CaptureCounts then = earlier.get(each.interfaceName());
      if (counts != null && then != null) {
        activities.add(of(each.interfaceName(), then, counts, seconds));
      }
    }
    return activities;
  }

  private static Activity of(
      String interfaceName, CaptureCounts before, CaptureCounts now, double seconds) {
    Map<String, Sum> earlier = sums(before);
    List<Route> routes = new ArrayList<>();
    sums(now)
        .forEach(
            (name, sum) -> {
              Sum moved = sum.since(earlier.getOrDefault(name, Sum.NONE));
              if (!moved.equals(Sum.NONE)) {
                routes.add(moved.over(name, seconds));
              }
            });
    Map<String, Long> codesBefore = codes(before);
    Map<String, Double> codes = new HashMap<>();
    codes(now)
        .forEach(
            (code, count) -> {
              long moved = since(count, codesBefore.getOrDefault(code, 0L));
              if (moved > 0) {
                codes.put(code, moved / seconds);
              }
            });
    Exchanges exchanges = now.exchanges();
    boolean answers = exchanges != null && exchanges.answersSeen();
    return new Activity(
        interfaceName,
        since(requests(now), requests(before)) / seconds,
        answers ? since(unanswered(now), unanswered(before)) / seconds : Double.NaN,
        routes,
        codes);
  }

  private static long since(long now, long before) {
    return now < before ? now : now - before;
  }

  private static long requests(CaptureCounts counts) {
    return counts.requests().values().stream().mapToLong(Long::longValue).sum();
  }

  private static long unanswered(CaptureCounts counts) {
    Exchanges exchanges = counts.exchanges();
    return exchanges == null
        ? 0
        : exchanges.byMethod().values().stream().mapToLong(Exchanges.Outcome::unanswered).sum();
  }

  private static Map<String, Long> codes(CaptureCounts counts) {
    Map<String, Long> codes = new HashMap<>();
    Exchanges exchanges = counts.exchanges();
    if (exchanges != null) {
      for (LabelledRequests each : exchanges.responses()) {
        codes.merge(each.labels().getFirst(), each.requests(), Long::sum);
      }
    }
    return codes;
  }

  private static Map<String, Sum> sums(CaptureCounts counts) {
    Map<String, Sum> sums = new LinkedHashMap<>();
    Optional<Urls> urls = counts.urls();
    if (urls.isPresent()) {
      for (Urls.Requests each : urls.get().requests()) {
        sums.merge(
            each.method().label() + " " + OutcomeFormat.place(each.url()),
            new Sum(each.requests(), each.responses(), each.nanoseconds()),
            Sum::plus);
      }
      return sums;
    }
    Exchanges exchanges = counts.exchanges();
    counts
        .requests()
        .forEach(
            (method, requests) -> {
              Exchanges.Outcome outcome =
                  exchanges == null ? null : exchanges.byMethod().get(method);
              sums.put(
                  method.label(),
                  outcome == null
                      ? new Sum(requests, 0, 0)
                      : new Sum(requests, outcome.count(), outcome.nanoseconds()));
            });
    return sums;
  }
}
