package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.trace.StatusPattern;
import io.github.httpebpf.exporter.trace.TraceFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which requests {@code trace} prints. */
final class TraceFilterOptions {

  private static final int LAST_PORT = 65535;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Set<HttpMethod> methods = EnumSet.noneOf(HttpMethod.class);
  private final Set<String> hosts = new LinkedHashSet<>();
  private final List<String> paths = new ArrayList<>();
  private final List<StatusPattern> statuses = new ArrayList<>();
  private final Set<Integer> ports = new LinkedHashSet<>();

  @Option(
      names = "--method",
      paramLabel = "METHOD",
      split = ",",
      description = "Only requests of these methods, as metrics name them; repeatable.")
  void setMethods(List<String> names) {
    methods.clear();
    for (String name : names) {
      methods.add(
          Arrays.stream(HttpMethod.values())
              .filter(each -> each.label().equalsIgnoreCase(name))
              .findAny()
              .orElseThrow(() -> refused("--method", name, "not one of " + methodLabels())));
    }
  }

  private static String methodLabels() {
    return String.join(", ", Arrays.stream(HttpMethod.values()).map(HttpMethod::label).toList());
  }

  @Option(
      names = "--host",
      paramLabel = "HOST",
      split = ",",
      description = "Only requests for these hosts, without a port; repeatable.")
  void setHosts(List<String> names) {
    hosts.clear();
    names.forEach(name -> hosts.add(name.toLowerCase(Locale.ROOT)));
  }

  @Option(
      names = "--path",
      paramLabel = "PREFIX",
      description = "Only requests whose paths, as they are printed, begin so; repeatable.")
  void setPaths(List<String> prefixes) {
    paths.clear();
    paths.addAll(prefixes);
  }

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      split = ",",
      description = "Only requests that were answered so, such as 404 or 5xx; repeatable.")
  void setStatuses(List<String> values) {
    statuses.clear();
    for (String value : values) {
      try {
        statuses.add(StatusPattern.of(value));
      } catch (IllegalArgumentException e) {
        throw refused("--status", value, String.valueOf(e.getMessage()));
      }
    }
  }

  @Option(
      names = "--port",
      paramLabel = "PORT",
      split = ",",
      description = "Only requests to these ports of servers; repeatable.")
  void setPorts(List<Integer> numbers) {
    ports.clear();
    for (int number : numbers) {
      if (number < 1 || number > LAST_PORT) {
        throw new ParameterException(
            command.commandLine(), "--port " + number + ": not a port, 1 to " + LAST_PORT);
      }
      ports.add(number);
    }
  }

  private ParameterException refused(String option, String value, String why) {
    return new ParameterException(command.commandLine(), option + " '" + value + "': " + why);
  }

  TraceFilter filter() {
    return new TraceFilter(methods, hosts, paths, statuses, ports);
  }
}
