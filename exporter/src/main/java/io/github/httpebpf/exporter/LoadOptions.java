package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.CaptureRequest;
import io.github.httpebpf.exporter.bpf.CaptureSettings;
import io.github.httpebpf.exporter.bpf.CaptureSpec;
import io.github.httpebpf.exporter.bpf.Foreigners;
import io.github.httpebpf.exporter.bpf.Interfaces;
import io.github.httpebpf.exporter.bpf.NetworkNamespace;
import io.github.httpebpf.exporter.bpf.Overlaps;
import io.github.httpebpf.exporter.bpf.TcBackend;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  @Mixin private UrlOptions urls;

  CaptureOptions captures() {
    return captures;
  }

  TcBackend backend() {
    return backend;
  }

  /** The captures asked for, or tc on the interfaces that a host is reached by; as of now. */
  List<CaptureSpec> specs(NetworkNamespace netns) {
    return request(netns).all();
  }

  private CaptureRequest request(NetworkNamespace netns) {
    return captures.selection().request(netns, Interfaces::ofDefaultRoutes);
  }

  /** What loads in a namespace, with nothing loaded yet; the caller closes it. */
  CaptureLoader loader(NetworkNamespace netns) {
    CaptureSettings settings =
        new CaptureSettings(
            backend, ports.excluded(), labels.portSeries(), labels.cgroupSeries(), urls.settings());
    return new CaptureLoader(captures.pinRoot(), netns, settings, Version.number());
  }

  /** Loads what is there now; every expression must match something. */
  void load() {
    List<NetworkNamespace> namespaces = captures.selection().here();
    // First what is easily refused: then none is loaded.
    namespaces.forEach(netns -> netns.run(captures.selection()::requireMatches));
    requireAll(namespaces);
    for (NetworkNamespace netns : namespaces) {
      netns.run(
          () -> {
            try (CaptureLoader loader = loader(netns)) {
              CaptureRequest request = request(netns);
              load(loader, netns, new CaptureRequest(request.own(), request.shared(), Set.of()));
            }
          });
    }
  }

  private void requireAll(List<NetworkNamespace> namespaces) {
    if (namespaces.size() > 1) {
      namespaces.forEach(netns -> netns.run(() -> CaptureSpec.requireThere(specs(netns))));
    }
  }

  /**
   * Loads what is there now.
   *
   * @return what has loaded, by the namespaces in which there may come more; the rest is closed
   */
  Map<NetworkNamespace, CaptureLoader> loadToFollow() {
    List<NetworkNamespace> namespaces = captures.selection().here();
    requireAll(namespaces);
    Map<NetworkNamespace, CaptureLoader> following = new LinkedHashMap<>();
    for (NetworkNamespace netns : namespaces) {
      CaptureLoader loader = loader(netns);
      if (netns.call(() -> load(loader, netns, request(netns)))) {
        following.put(netns, loader);
      } else {
        loader.close();
      }
    }
    return following;
  }

  private boolean load(CaptureLoader loader, NetworkNamespace netns, CaptureRequest request) {
    for (String name : loader.load(request)) {
      LOG.log(Level.INFO, "capturing {0}, pinned under {1}", name, captures.pinRoot().path());
      for (String warning : Foreigners.ahead(captures.pinRoot(), name)) {
        LOG.log(Level.WARNING, warning);
      }
    }
    for (String warning : Overlaps.among(captures.pinRoot(), netns)) {
      LOG.log(Level.WARNING, warning);
    }
    if (request.isEmptyYet()) {
      LOG.log(Level.INFO, "no interface matches yet; capturing those that come");
    }
    return !request.following().isEmpty();
  }
}
