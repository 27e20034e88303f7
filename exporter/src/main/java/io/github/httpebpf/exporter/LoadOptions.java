package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.CaptureSettings;
import io.github.httpebpf.exporter.bpf.CaptureSpec;
import io.github.httpebpf.exporter.bpf.Foreigners;
import io.github.httpebpf.exporter.bpf.Interfaces;
import io.github.httpebpf.exporter.bpf.Overlaps;
import io.github.httpebpf.exporter.bpf.TcBackend;
import java.lang.System.Logger.Level;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How to capture, and the loading itself: {@code load}, and the first half of {@code run}. */
final class LoadOptions {

  private static final System.Logger LOG = System.getLogger(LoadOptions.class.getName());

  @Mixin private CaptureOptions captures;

  @Option(
      names = "--tc-backend",
      paramLabel = "auto|tcx|clsact",
      defaultValue = "auto",
      description = "How to attach: tcx needs Linux 6.6. Default: ${DEFAULT-VALUE}")
  private TcBackend backend = TcBackend.AUTO;

  @Mixin private PortOptions ports;
  @Mixin private LabelOptions labels;

  CaptureOptions captures() {
    return captures;
  }

  TcBackend backend() {
    return backend;
  }

  /** The captures asked for, or tc on the interfaces that a host is reached by. */
  List<CaptureSpec> specs() {
    return captures.specs(Interfaces::ofDefaultRoutes);
  }

  void load() {
    CaptureSettings settings =
        new CaptureSettings(backend, ports.excluded(), labels.portSeries(), labels.cgroupSeries());
    CaptureLoader loader = new CaptureLoader(captures.pinRoot(), settings, Version.number());
    List<CaptureSpec> specs = specs();
    for (String name : loader.load(specs)) {
      LOG.log(Level.INFO, "capturing {0}, pinned under {1}", name, captures.pinRoot().path());
      for (String warning : Foreigners.ahead(captures.pinRoot(), name)) {
        LOG.log(Level.WARNING, warning);
      }
    }
    for (String warning : Overlaps.among(captures.pinRoot())) {
      LOG.log(Level.WARNING, warning);
    }
  }
}
