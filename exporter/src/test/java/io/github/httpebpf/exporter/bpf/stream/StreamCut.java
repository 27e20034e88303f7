package io.github.httpebpf.exporter.bpf.stream;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** Takes octets out of one direction of a stream, as if they had never been sent. */
public final class StreamCut {

  /** Farther away is another connection. */
  private static final int NEAR = 1 << 22;

  private final boolean toServer;
  private final int from;
  private final int length;

  /**
   * A cut.
   *
   * @param from sequence number of the first octet to take out
   */
  public StreamCut(boolean toServer, int from, int length) {
    this.toServer = toServer;
    this.from = from;
    this.length = length;
  }

  /** The packets without those octets. */
  public List<StreamPacket> of(List<StreamPacket> packets) {
    return packets.stream().map(this::of).toList();
  }

  private StreamPacket of(StreamPacket packet) {
    if (packet.toServer() != toServer) {
      return new StreamPacket(
          packet.toServer(), packet.sequence(), moved(packet.ack()), packet.flags(), packet.data());
    }
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    byte[] data = packet.data();
    for (int i = 0; i < data.length; i++) {
      int distance = packet.sequence() + i - from;
      if (distance < 0 || distance >= length) {
        rest.write(data[i]);
      }
    }
    return new StreamPacket(
        toServer, moved(packet.sequence()), packet.ack(), packet.flags(), rest.toByteArray());
  }

  private int moved(int number) {
    int distance = number - from;
    return distance <= 0 || distance > NEAR ? number : number - Math.min(distance, length);
  }
}
