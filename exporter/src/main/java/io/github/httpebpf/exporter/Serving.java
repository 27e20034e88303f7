package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureCensus;
import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.metrics.BuildInfoCollector;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.CapturingCollector;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Serves what is pinned: {@code serve}, and the second half of {@code run}. */
final class Serving {

  private static final System.Logger LOG = System.getLogger(Serving.class.getName());

  private final MetricsServer server;
  private final String path;
  private final CapturingCollector capturing;

  private Serving(MetricsServer server, String path, CapturingCollector capturing) {
    this.server = server;
    this.path = path;
    this.capturing = capturing;
  }

  /**
   * Starts serving; it goes on until the process ends.
   *
   * @throws ListenException if the address cannot be listened on
   */
  static Serving start(CaptureOptions captures, WebOptions web, Termination termination)
      throws ListenException {
    CaptureSelection selection = captures.selection();
    CaptureReader reader = new CaptureReader(captures.pinRoot(), selection);
    CapturingCollector capturing =
        new CapturingCollector(() -> CaptureCensus.of(captures.pinRoot()));
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new HttpRequestsCollector(reader));
    registry.register(capturing);
    registry.register(new BuildInfoCollector(Version.info()));
    DefaultExports.register(registry);
    MetricsServer server =
        MetricsServer.start(
            web.address(),
            web.path(),
            registry,
            () -> isReady(reader.read(), selection),
            Version.number());
    termination.closeAtEnd(server);
    return new Serving(server, web.path(), capturing);
  }

  /** Says where. */
  void announce() {
    LOG.log(Level.INFO, "serving {0}", url(server.address(), path));
  }

  /**
   * Counts that an interface could not be captured.
   *
   * @param reason the name of an errno, or {@code other}
   */
  void attachFailed(String reason) {
    capturing.failed(reason);
  }

  /** At least one capture can be read, and every one that was named. */
  private static boolean isReady(List<CaptureSnapshot> snapshots, CaptureSelection selection) {
    Set<String> read =
        snapshots.stream()
            .filter(snapshot -> snapshot.counts() != null)
            .map(CaptureSnapshot::interfaceName)
            .collect(Collectors.toSet());
    return !read.isEmpty() && read.containsAll(selection.among(read));
  }

  private static String url(InetSocketAddress address, String path) {
    String host = address.getAddress().isAnyLocalAddress() ? "localhost" : hostOf(address);
    return "http://" + host + ":" + address.getPort() + path;
  }

  private static String hostOf(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
