package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureCensus;
import io.github.httpebpf.exporter.metrics.BuildInfoCollector;
import io.github.httpebpf.exporter.metrics.CapturingCollector;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;

/** Serves what is pinned: {@code serve}, and the second half of {@code run}. */
final class Serving {

  private static final System.Logger LOG = System.getLogger(Serving.class.getName());

  private final MetricsServer server;
  private final String path;
  private final CapturingCollector capturing;
  private final ServedCaptures served;

  private Serving(
      MetricsServer server, String path, CapturingCollector capturing, ServedCaptures served) {
    this.server = server;
    this.path = path;
    this.capturing = capturing;
    this.served = served;
  }

  /**
   * Starts serving; it goes on until the process ends.
   *
   * @throws ListenException if the address cannot be listened on
   */
  static Serving start(
      CaptureOptions captures, WebOptions web, Reload reload, Termination termination)
      throws ListenException {
    ServedCaptures served = new ServedCaptures(captures);
    CapturingCollector capturing =
        new CapturingCollector(() -> CaptureCensus.of(captures.pinRoot()));
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new HttpRequestsCollector(served::read));
    registry.register(capturing);
    registry.register(new BuildInfoCollector(Version.info()));
    reload.outcome().ifPresent(registry::register);
    DefaultExports.register(registry);
    MetricsServer server =
        MetricsServer.start(
            web.address(),
            web.path(),
            registry,
            served::areReady,
            new ReloadPage(web.lifecycle(), reload::run),
            Version.number());
    termination.closeAtEnd(server);
    return new Serving(server, web.path(), capturing, served);
  }

  /** Serves other captures of the same pin root from now on. */
  void change(CaptureOptions captures) {
    served.change(captures);
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

  private static String url(InetSocketAddress address, String path) {
    String host = address.getAddress().isAnyLocalAddress() ? "localhost" : hostOf(address);
    return "http://" + host + ":" + address.getPort() + path;
  }

  private static String hostOf(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return host.contains(":") ? "[" + host + "]" : host;
  }
}
