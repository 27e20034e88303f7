package io.github.httpebpf.exporter;

import java.io.IOException;
import java.io.Serial;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.Locale;

/** Listening failed. The message is one line: the address, what is wrong with it, what to do. */
public final class ListenException extends IOException {

  @Serial private static final long serialVersionUID = 1;
  private static final String HINT = "choose another with --web.listen-address";

  private ListenException(String message, IOException cause) {
    super(message, cause);
  }

  /**
   * The JDK throws one class for all of these and tells them apart only by the kernel's text, so
   * what can be found out otherwise is.
   */
  static ListenException of(ListenAddress wanted, InetSocketAddress resolved, IOException cause) {
    String text = String.valueOf(cause.getMessage());
    String lower = text.toLowerCase(Locale.ROOT);
    String why;
    if (resolved.isUnresolved()) {
      why = "no such host " + wanted.host();
    } else if (lower.contains("in use")) {
      why = "address already in use";
    } else if (lower.contains("denied") || lower.contains("not permitted")) {
      why = "permission denied, ports below 1024 may need CAP_NET_BIND_SERVICE";
    } else if (isForeign(resolved.getAddress())) {
      why = "not an address of this host";
    } else {
      why = text;
    }
    return new ListenException("listen on " + wanted + ": " + why + "; " + HINT, cause);
  }

  private static boolean isForeign(InetAddress address) {
    try {
      return !address.isAnyLocalAddress()
          && !address.isLoopbackAddress()
          && NetworkInterface.getByInetAddress(address) == null;
    } catch (SocketException e) {
      return false;
    }
  }
}
