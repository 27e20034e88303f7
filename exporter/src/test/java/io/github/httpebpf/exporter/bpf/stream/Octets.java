package io.github.httpebpf.exporter.bpf.stream;

import java.util.Arrays;
import java.util.BitSet;

/** Octets of one direction of a connection, with holes where packets are missing yet. */
final class Octets {

  /** More than any stream has: beyond it, a sequence number was misunderstood. */
  private static final int MAX = 1 << 24;

  private byte[] octets = new byte[4096];
  private final BitSet present = new BitSet();

  /** Puts data where they belong; what lies before the first octet is dropped. */
  void put(int offset, byte[] data) {
    int end = offset + data.length;
    if (end > MAX) {
      throw new IllegalStateException("octet " + end + " of a stream");
    }
    if (end <= 0) {
      return;
    }
    if (end > octets.length) {
      octets = Arrays.copyOf(octets, Math.max(end, 2 * octets.length));
    }
    int from = Math.max(0, -offset);
    System.arraycopy(data, from, octets, offset + from, data.length - from);
    present.set(offset + from, end);
  }

  boolean has(long offset) {
    return offset < MAX && present.get((int) offset);
  }

  int at(long offset) {
    return octets[(int) offset] & 0xff;
  }

  /** How many there are from {@code offset} on without a hole. */
  int contiguous(int offset) {
    return present.nextClearBit(offset) - offset;
  }

  /** Behind the last one that is present. */
  int end() {
    return present.length();
  }
}
