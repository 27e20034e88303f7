package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.deploy.Board;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What somebody may choose for the variables of a board. */
final class Choices {

  private Choices() {}

  /** All; each variable at each of its values, the others at all; two values at once. */
  static List<Map<String, String>> of(Board board, Prometheus prometheus) {
    List<Map<String, String>> choices = new ArrayList<>();
    choices.add(Map.of());
    board
        .variables()
        .forEach(
            (name, query) -> {
              List<String> values = prometheus.labelValues(query);
              values.forEach(value -> choices.add(Map.of(name, escaped(value))));
              if (values.size() > 1) {
                String two = escaped(values.getFirst()) + "|" + escaped(values.getLast());
                choices.add(Map.of(name, "(" + two + ")"));
              }
            });
    return choices;
  }

  /** As Grafana's data source writes a chosen value into an expression. */
  private static String escaped(String value) {
    return value.replaceAll("[\\\\^$*+?.()|{}\\[\\]]", "\\\\\\\\$0");
  }
}
