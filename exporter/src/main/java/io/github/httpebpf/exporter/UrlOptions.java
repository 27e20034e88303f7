package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.RouteTable;
import io.github.httpebpf.exporter.bpf.UrlSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Whether and how requests are counted by URL. */
final class UrlOptions {

  private static final String SERIES_DEFAULT = "1000";
  private static final int SERIES_MAX = 100_000;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--urls",
      description = {
        "Also count by host and path, without the query: http_url_requests_total. In a path",
        "numbers, UUIDs and long hexadecimal segments are {id}."
      })
  private boolean enabled;

  private int series = Integer.parseInt(SERIES_DEFAULT);
  private final List<String> routes = new ArrayList<>();
  private final List<String> excluded = new ArrayList<>();

  @Option(
      names = "--urls.max-series",
      paramLabel = "N",
      defaultValue = SERIES_DEFAULT,
      description = "How many series by URL; the rest is _other. Default: ${DEFAULT-VALUE}")
  void setSeries(int number) {
    if (number < 1 || number > SERIES_MAX) {
      throw new ParameterException(
          command.commandLine(),
          "--urls.max-series %d: not from 1 to %d".formatted(number, SERIES_MAX));
    }
    series = number;
  }

  @Option(
      names = "--urls.route",
      paramLabel = "PATTERN",
      split = ",",
      description = {
        "Paths that match are counted under the pattern, such as /users/{name}/orders/{id} or",
        "/static/*; repeatable. The first that matches counts."
      })
  void setRoutes(List<String> patterns) {
    set(routes, patterns);
  }

  @Option(
      names = "--urls.exclude",
      paramLabel = "PATTERN",
      split = ",",
      description = "Paths that match have no series of their own, but are _other; repeatable.")
  void setExcluded(List<String> patterns) {
    set(excluded, patterns);
  }

  private void set(List<String> target, List<String> patterns) {
    target.clear();
    target.addAll(patterns);
    table();
  }

  private RouteTable table() {
    try {
      return new RouteTable(routes, excluded);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** Nothing if they are not asked for. */
  Optional<UrlSettings> settings() {
    return enabled ? Optional.of(new UrlSettings(series, table())) : Optional.empty();
  }
}
