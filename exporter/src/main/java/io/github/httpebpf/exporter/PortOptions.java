package io.github.httpebpf.exporter;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which local ports' requests are counted. */
final class PortOptions {

  private static final int LAST = 65535;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final Set<Integer> only = new LinkedHashSet<>();
  private final Set<Integer> excluded = new LinkedHashSet<>();

  @Option(
      names = "--ports",
      paramLabel = "PORT",
      split = ",",
      description = "Only requests to these local ports are counted; repeatable.")
  void setPorts(List<Integer> ports) {
    set(only, "--ports", ports);
  }

  @Option(
      names = "--exclude-port",
      paramLabel = "PORT",
      split = ",",
      description = "Requests to these local ports are not counted; repeatable.")
  void setExcludedPorts(List<Integer> ports) {
    set(excluded, "--exclude-port", ports);
  }

  private void set(Set<Integer> target, String option, List<Integer> ports) {
    for (int port : ports) {
      if (port < 1 || port > LAST) {
        throw new ParameterException(
            command.commandLine(), option + " " + port + ": not a port, 1 to " + LAST);
      }
    }
    target.clear();
    target.addAll(ports);
  }

  /** Those whose requests are not counted. */
  Set<Integer> excluded() {
    Set<Integer> all = new LinkedHashSet<>(excluded);
    for (int port = 0; port <= LAST && !only.isEmpty(); port++) {
      if (!only.contains(port)) {
        all.add(port);
      }
    }
    return all;
  }
}
