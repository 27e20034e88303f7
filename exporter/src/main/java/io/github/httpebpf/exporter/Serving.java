package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.metrics.BuildInfoCollector;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.util.List;

/** Serves what is pinned: {@code serve}, and the second half of {@code run}. */
final class Serving {

  private static final System.Logger LOG = System.getLogger(Serving.class.getName());

  private final MetricsServer server;
  private final String path;

  private Serving(MetricsServer server, String path) {
    this.server = server;
    this.path = path;
  }

  /**
   * Starts serving; it goes on until the process ends.
   *
   * @throws ListenException if the address cannot be listened on
   */
  static Serving start(CaptureOptions captures, WebOptions web, Termination termination)
      throws ListenException {
    CaptureReader reader =
        new CaptureReader(captures.pinRoot(), captures.names(), captures.kinds());
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new HttpRequestsCollector(reader));
    registry.register(new BuildInfoCollector(Version.info()));
    DefaultExports.register(registry);
    MetricsServer server =
        MetricsServer.start(
            web.address(),
            web.path(),
            registry,
            () -> isReady(reader.read(), !captures.names().isEmpty()),
            Version.number());
    termination.closeAtEnd(server);
    return new Serving(server, web.path());
  }

  /** Says where. */
  void announce() {
    LOG.log(Level.INFO, "serving {0}", url(server.address(), path));
  }

  /** At least one capture can be read, and if they were named, every one. */
  private static boolean isReady(List<CaptureSnapshot> snapshots, boolean named) {
    long read = snapshots.stream().filter(snapshot -> snapshot.counts() != null).count();
    return read > 0 && (!named || read == snapshots.size());
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
