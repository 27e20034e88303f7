package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
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
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
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

  /**
   * Loads what is there now; every expression must match something.
   *
   * @throws BpfException for the first that fails; then what is new is taken back, in every
   *     namespace
   */
  void load() {
    List<NetworkNamespace> namespaces = captures.selection().here();
    // First what is easily refused: then none is loaded.
    namespaces.forEach(netns -> netns.run(captures.selection()::requireMatches));
    LoadedCaptures loaded = new LoadedCaptures(this);
    try (loaded) {
      loaded.load(request -> new CaptureRequest(request.own(), request.shared(), Set.of()));
    } catch (RuntimeException e) {
      loaded.undo(null).forEach(e::addSuppressed);
      throw e;
    }
  }

  /**
   * Where it loads, in this order.
   *
   * @throws BpfException if there are several, and in one of them not all is there that was named
   */
  List<NetworkNamespace> namespaces() {
    List<NetworkNamespace> namespaces = captures.selection().here();
    if (namespaces.size() > 1) {
      namespaces.forEach(netns -> netns.run(() -> CaptureSpec.requireThere(specs(netns))));
    }
    return namespaces;
  }

  /**
   * Puts back what another load in that namespace has changed before it, or one elsewhere, failed.
   */
  void restore(NetworkNamespace netns, CaptureLoader loader) {
    netns.run(() -> loader.restore(request(netns)));
  }

  /**
   * Loads in a namespace what is there now.
   *
   * @param asked says what of that is loaded
   * @return whether there may come more
   * @throws BpfException if it fails; then what is new there is taken back
   */
  boolean load(NetworkNamespace netns, CaptureLoader loader, UnaryOperator<CaptureRequest> asked) {
    return netns.call(() -> load(loader, netns, asked.apply(request(netns))));
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
