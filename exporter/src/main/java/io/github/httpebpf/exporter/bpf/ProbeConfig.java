package io.github.httpebpf.exporter.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.Set;

/**
 * What the program knows from the start: {@code struct capture_config} of {@code
 * native/src/http_counter.h}.
 *
 * @param noLinkHeader packets begin with the IP header
 * @param flags {@code CONFIG_…}
 * @param excludedPorts local TCP ports, 0 to 65535
 * @param routes what paths are grouped by; {@code struct route_table}
 */
record ProbeConfig(
    boolean noLinkHeader, int flags, Set<Integer> excludedPorts, Optional<RouteTable> routes) {

  static final int PORT_LABELS = 1;
  static final int CGROUP_LABELS = 2;
  static final int URLS = 4;

  private static final int PORTS = 65536;
  private static final int SIZE = 8 + PORTS / 8;

  ProbeConfig {
    excludedPorts = Set.copyOf(excludedPorts);
  }

  /** Without any flag. */
  ProbeConfig(boolean noLinkHeader, Set<Integer> excludedPorts) {
    this(noLinkHeader, 0, excludedPorts, Optional.empty());
  }

  byte[] encode() {
    ByteBuffer octets = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    octets.putInt(0, noLinkHeader ? 1 : 0).putInt(4, flags);
    for (int port : excludedPorts) {
      int at = 8 + port / Long.SIZE * Long.BYTES;
      octets.putLong(at, octets.getLong(at) | 1L << port % Long.SIZE);
    }
    return octets.array();
  }
}
