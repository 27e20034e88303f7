package io.github.httpebpf.exporter.bpf.stream;

import java.util.ArrayList;
import java.util.List;

/** What the reference says of a stream, packet by packet. */
public final class Expectation {

  private final List<long[]> counts = new ArrayList<>();
  private long[] last = new Reference().counts();

  private final PacketStream stream;

  private Expectation(PacketStream stream) {
    this.stream = stream;
  }

  /** Reads a stream up to its end, or to where the rules end. */
  public static Expectation of(PacketStream stream) {
    Expectation expectation = new Expectation(stream);
    Reference reference = new Reference();
    for (StreamPacket packet : stream.packets()) {
      reference.take(packet);
      if (reference.isUndetermined()) {
        break;
      }
      expectation.last = reference.counts();
      expectation.counts.add(expectation.last);
    }
    return expectation;
  }

  public PacketStream stream() {
    return stream;
  }

  /** How many of the packets, from the first on, have an expectation. */
  public int packets() {
    return counts.size();
  }

  /** By method id, after that packet. */
  public long[] after(int packet) {
    return counts.get(packet).clone();
  }

  /** By method id, after the last of the packets that have an expectation. */
  public long[] atEnd() {
    return last.clone();
  }
}
