package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.prometheus.client.CollectorRegistry;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ListenExceptionTest {

  @Test
  void portThatIsTakenIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();

      assertThatThrownBy(() -> start(address))
          .isInstanceOf(ListenException.class)
          .hasMessage(
              "listen on "
                  + address
                  + ": address already in use; choose another with --web.listen-address");
    }
  }

  @Test
  void addressOfAnotherHostIsNamed() {
    // RFC 5737: for documentation, so no host has it.
    assertThatThrownBy(() -> start("192.0.2.1:10435"))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "listen on 192.0.2.1:10435: not an address of this host;"
                + " choose another with --web.listen-address");
  }

  @Test
  void nameThatDoesNotResolveIsNamed() {
    // RFC 6761: never resolves.
    assertThatThrownBy(() -> start("nosuchhost.invalid:10435"))
        .isInstanceOf(ListenException.class)
        .hasMessage(
            "listen on nosuchhost.invalid:10435: no such host nosuchhost.invalid;"
                + " choose another with --web.listen-address");
  }

  @Test
  void missingPrivilegeIsNamed() {
    // Tests often run with the privilege, so the kernel's answer is given here.
    assertThat(
            ListenException.of(
                new ListenAddress("127.0.0.1", 80),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
                new BindException("Permission denied")))
        .hasMessage(
            "listen on 127.0.0.1:80: permission denied, ports below 1024 may need"
                + " CAP_NET_BIND_SERVICE; choose another with --web.listen-address");
  }

  @Test
  void anythingElseIsSaidInTheKernelsWords() {
    assertThat(
            ListenException.of(
                new ListenAddress("127.0.0.1", 80),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 80),
                new BindException("No buffer space available")))
        .hasMessage(
            "listen on 127.0.0.1:80: No buffer space available;"
                + " choose another with --web.listen-address");
  }

  private static void start(String address) throws ListenException {
    MetricsServer.start(
            ListenAddress.parse(address),
            "/metrics",
            new CollectorRegistry(),
            () -> true,
            new ReloadPage(false, Optional::empty),
            "test")
        .close();
  }
}
