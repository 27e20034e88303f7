package io.github.httpebpf.exporter;

import static java.util.Comparator.comparingDouble;

import io.github.httpebpf.exporter.Activity.Route;
import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Rates as {@code top} prints them. */
final class TopFormat {

  /** From the upper left corner, on an empty screen. */
  private static final String CLEAR = "\033[H\033[2J";

  private TopFormat() {}

  /**
   * One interval's.
   *
   * @param rows at most so many of each kind
   * @param screen whether this takes the place of what was printed before, on a terminal
   */
  static void print(List<Activity> activities, int rows, boolean screen, PrintWriter out) {
    if (screen) {
      out.print(CLEAR);
    }
    for (Activity each : activities) {
      String unanswered =
          Double.isNaN(each.unanswered()) ? "" : ", %.1f unanswered/s".formatted(each.unanswered());
      out.printf("%s: %.1f requests/s%s%n", each.interfaceName(), each.requests(), unanswered);
      if (!each.routes().isEmpty()) {
        busiest(each.routes(), rows, out);
      }
      if (!each.codes().isEmpty()) {
        codes(each.codes(), rows, out);
      }
      List<Route> answered = each.routes().stream().filter(route -> route.responses() > 0).toList();
      if (!answered.isEmpty()) {
        slowest(answered, rows, out);
      }
    }
    if (!screen) {
      out.println();
    }
    out.flush();
  }

  private static void busiest(List<Route> routes, int rows, PrintWriter out) {
    out.printf("  %12s  %s%n", "requests/s", "busiest");
    first(routes, comparingDouble(Route::requests).reversed(), rows)
        .forEach(route -> out.printf("  %12.1f  %s%n", route.requests(), route.name()));
  }

  private static void codes(Map<String, Double> codes, int rows, PrintWriter out) {
    out.printf("  %12s  %s%n", "responses/s", "status");
    codes.entrySet().stream()
        .sorted(
            Map.Entry.<String, Double>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(rows)
        .forEach(code -> out.printf("  %12.1f  %s%n", code.getValue(), code.getKey()));
  }

  private static void slowest(List<Route> answered, int rows, PrintWriter out) {
    out.printf("  %12s  %s%n", "mean ms", "slowest");
    first(answered, comparingDouble(Route::milliseconds).reversed(), rows)
        .forEach(route -> out.printf("  %12.2f  %s%n", route.milliseconds(), route.name()));
  }

  private static List<Route> first(List<Route> routes, Comparator<Route> order, int rows) {
    return routes.stream().sorted(order.thenComparing(Route::name)).limit(rows).toList();
  }
}
