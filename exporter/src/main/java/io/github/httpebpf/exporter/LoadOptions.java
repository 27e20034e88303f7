package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.CaptureRequest;
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

  /** The captures asked for, or tc on the interfaces that a host is reached by; as of now. */
  List<CaptureSpec> specs() {
    return request().all();
  }

  private CaptureRequest request() {
    return captures.selection().request(Interfaces::ofDefaultRoutes);
  }

  /** What loads, with nothing loaded yet; the caller closes it. */
  CaptureLoader loader() {
    CaptureSettings settings =
        new CaptureSettings(backend, ports.excluded(), labels.portSeries(), labels.cgroupSeries());
    return new CaptureLoader(captures.pinRoot(), settings, Version.number());
  }

  /** Loads what is there now; every expression must match something. */
  void load() {
    captures.selection().requireMatches();
    try (CaptureLoader loader = loader()) {
      CaptureRequest request = request();
      load(loader, new CaptureRequest(request.own(), request.shared(), false));
    }
  }

  /**
   * Loads what is there now.
   *
   * @return whether there may come more
   */
  boolean load(CaptureLoader loader) {
    CaptureRequest request = request();
    load(loader, request);
    return request.following();
  }

  private void load(CaptureLoader loader, CaptureRequest request) {
    for (String name : loader.load(request)) {
      LOG.log(Level.INFO, "capturing {0}, pinned under {1}", name, captures.pinRoot().path());
      for (String warning : Foreigners.ahead(captures.pinRoot(), name)) {
        LOG.log(Level.WARNING, warning);
      }
    }
    for (String warning : Overlaps.among(captures.pinRoot())) {
      LOG.log(Level.WARNING, warning);
    }
    if (request.following() && request.shared().isEmpty()) {
      LOG.log(Level.INFO, "no interface matches yet; capturing those that come");
    }
  }
}
