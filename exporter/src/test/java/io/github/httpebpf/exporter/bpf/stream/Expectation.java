package io.github.httpebpf.exporter.bpf.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the reference says of a stream, packet by packet. */
public final class Expectation {

  private final List<long @Nullable []> counts = new ArrayList<>();

  private final PacketStream stream;

  private Expectation(PacketStream stream) {
    this.stream = stream;
  }

  /** Reads a stream up to its end, or to where the rules end, and no octets are missing. */
  public static Expectation of(PacketStream stream) {
    Expectation expectation = new Expectation(stream);
    Reference reference = new Reference();
    for (StreamPacket packet : stream.packets()) {
      reference.take(packet);
      if (reference.isUndetermined()) {
        break;
      }
      expectation.counts.add(reference.hasHoles() ? null : reference.counts());
    }
    while (!expectation.counts.isEmpty() && expectation.counts.getLast() == null) {
      expectation.counts.removeLast();
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

  /** By method id, after that packet; nothing while octets are missing before those that came. */
  public Optional<long[]> after(int packet) {
    return Optional.ofNullable(counts.get(packet));
  }

  /** By method id, after the last of the packets that have an expectation. */
  public long[] atEnd() {
    long[] last = counts.isEmpty() ? null : counts.getLast();
    return last == null ? new Reference().counts() : last.clone();
  }
}
