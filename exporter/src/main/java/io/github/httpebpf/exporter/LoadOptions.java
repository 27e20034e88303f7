package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.Foreigners;
import io.github.httpebpf.exporter.bpf.Interfaces;
import io.github.httpebpf.exporter.bpf.TcBackend;
import java.lang.System.Logger.Level;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How to capture, and the loading itself: {@code load}, and the first half of {@code run}. */
final class LoadOptions {

  private static final System.Logger LOG = System.getLogger(LoadOptions.class.getName());

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Mixin private CaptureOptions captures;

  @Option(
      names = "--tc-backend",
      paramLabel = "auto|tcx|clsact",
      defaultValue = "auto",
      description = "How to attach: tcx needs Linux 6.6. Default: ${DEFAULT-VALUE}")
  private TcBackend backend = TcBackend.AUTO;

  private final Set<Integer> excludedPorts = new LinkedHashSet<>();

  @Option(
      names = "--exclude-port",
      paramLabel = "PORT",
      split = ",",
      description = "Requests to these local ports are not counted; repeatable.")
  void setExcludedPorts(List<Integer> ports) {
    for (int port : ports) {
      if (port < 1 || port > 65535) {
        throw new ParameterException(
            command.commandLine(), "--exclude-port " + port + ": not a port, 1 to 65535");
      }
    }
    excludedPorts.clear();
    excludedPorts.addAll(ports);
  }

  CaptureOptions captures() {
    return captures;
  }

  TcBackend backend() {
    return backend;
  }

  /** The interfaces asked for, or those that a host is reached by. */
  Collection<String> interfaces() {
    return captures.interfaces().isEmpty() ? Interfaces.ofDefaultRoutes() : captures.interfaces();
  }

  void load() {
    CaptureLoader loader =
        new CaptureLoader(captures.pinRoot(), backend, excludedPorts, Version.number());
    for (String name : loader.load(interfaces())) {
      LOG.log(Level.INFO, "capturing {0}, pinned under {1}", name, captures.pinRoot().path());
      for (String warning : Foreigners.ahead(captures.pinRoot(), name)) {
        LOG.log(Level.WARNING, warning);
      }
    }
  }
}
