package io.github.httpebpf.exporter;

import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen, as written on the command line: {@code [HOST]:PORT}. Immutable.
 *
 * @param host a name, an IPv4 address or an IPv6 address without brackets; empty for all addresses
 *     of this host
 * @param port 0 lets the kernel choose one
 */
public record ListenAddress(String host, int port) {

  private static final int MAX_PORT = 65_535;
  private static final Pattern FORM =
      Pattern.compile("(?:\\[(?<ipv6>[^\\]]+)\\]|(?<name>[A-Za-z0-9._-]*)):(?<port>[0-9]{1,5})");

  /**
   * Reads {@code :10435}, {@code 127.0.0.1:10435}, {@code [::1]:10435} or {@code localhost:10435}.
   * Looks no name up.
   *
   * @throws IllegalArgumentException with one line that says what was expected
   */
  public static ListenAddress parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      throw bad(text, "expected [HOST]:PORT, for example :10435, 127.0.0.1:10435 or [::1]:10435");
    }
    int port = Integer.parseInt(form.group("port"));
    if (port > MAX_PORT) {
      throw bad(text, "ports end at " + MAX_PORT);
    }
    String ipv6 = form.group("ipv6");
    if (ipv6 != null && !isIpv6(ipv6)) {
      throw bad(text, "only an IPv6 address stands in brackets");
    }
    return new ListenAddress(ipv6 != null ? ipv6 : form.group("name"), port);
  }

  /** May ask the resolver; {@link InetSocketAddress#isUnresolved} if it knows no such host. */
  InetSocketAddress resolve() {
    return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
  }

  /**
   * Listens for a moment.
   *
   * @throws ListenException if that fails
   */
  void probe() throws ListenException {
    InetSocketAddress resolved = resolve();
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(resolved);
    } catch (IOException e) {
      throw ListenException.of(this, resolved, e);
    }
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static boolean isIpv6(String host) {
    try {
      return host.contains(":") && Inet6Address.ofLiteral(host) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static IllegalArgumentException bad(String text, String why) {
    return new IllegalArgumentException("listen address '" + text + "': " + why);
  }
}
