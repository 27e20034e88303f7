package io.github.httpebpf.exporter.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Set;

/**
 * What the program knows from the start: {@code struct capture_config} of {@code
 * native/src/http_counter.h}.
 *
 * @param noLinkHeader packets of the interface begin with the IP header
 * @param excludedPorts local TCP ports, 0 to 65535
 */
record ProbeConfig(boolean noLinkHeader, Set<Integer> excludedPorts) {

  private static final int PORTS = 65536;
  private static final int SIZE = 8 + PORTS / 8;

  ProbeConfig {
    excludedPorts = Set.copyOf(excludedPorts);
  }

  byte[] encode() {
    ByteBuffer octets = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    octets.putInt(0, noLinkHeader ? 1 : 0);
    for (int port : excludedPorts) {
      int at = 8 + port / Long.SIZE * Long.BYTES;
      octets.putLong(at, octets.getLong(at) | 1L << port % Long.SIZE);
    }
    return octets.array();
  }
}
