package io.github.httpebpf.exporter.trace;

/**
 * One end of a connection.
 *
 * @param address as text; IPv6 without brackets
 */
public record Endpoint(String address, int port) {

  /** As URLs have it: {@code 192.0.2.1:80}, {@code [2001:db8::1]:80}. */
  @Override
  public String toString() {
    return address.indexOf(':') < 0 ? address + ":" + port : "[" + address + "]:" + port;
  }
}
