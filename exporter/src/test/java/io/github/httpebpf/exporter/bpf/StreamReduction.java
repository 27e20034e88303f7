package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Expectation;
import io.github.httpebpf.exporter.bpf.stream.PacketStream;
import io.github.httpebpf.exporter.bpf.stream.StreamCut;
import io.github.httpebpf.exporter.bpf.stream.StreamPacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Leaves packets and octets out of a stream on which judges differ, as long as they still do. Each
 * attempt is from another port of the client, so that none sees what an earlier one left.
 */
final class StreamReduction {

  private static final int ATTEMPTS_MAX = 20_000;

  private final StreamJudges judges;
  private final boolean packetwise;
  private StreamDifference smallest;
  private int attempts;

  StreamReduction(StreamJudges judges, StreamDifference difference, boolean packetwise) {
    this.judges = judges;
    this.smallest = difference;
    this.packetwise = packetwise;
  }

  /** The smallest that was found; the stream as it was, if from another port nobody differs. */
  StreamDifference reduce() throws IOException {
    if (!stillDiffers(packets())) {
      return smallest;
    }
    for (int round = 0; round < 2; round++) {
      for (int size = packets().size(); size >= 1; size /= 2) {
        dropRuns(size);
      }
      for (int size = 1024; size >= 1; size /= 2) {
        cutOctets(size);
      }
    }
    return smallest;
  }

  private List<StreamPacket> packets() {
    return smallest.stream().packets();
  }

  private void dropRuns(int size) throws IOException {
    for (int at = packets().size() - size; at >= 0; at -= size) {
      List<StreamPacket> rest = new ArrayList<>(packets());
      rest.subList(at, at + size).clear();
      stillDiffers(rest);
    }
  }

  private void cutOctets(int size) throws IOException {
    for (int i = packets().size() - 1; i >= 0; i--) {
      for (int at = packets().get(i).data().length - size; at >= 0; at -= size) {
        StreamPacket packet = packets().get(i);
        int from = packet.sequence() + at;
        stillDiffers(new StreamCut(packet.toServer(), from, size).of(packets()));
      }
    }
  }

  private boolean stillDiffers(List<StreamPacket> packets) throws IOException {
    if (++attempts > ATTEMPTS_MAX) {
      return false;
    }
    PacketStream attempt = smallest.stream().with(packets, attempts);
    Optional<StreamDifference> difference =
        judges.firstDifference(List.of(Expectation.of(attempt)), packetwise);
    difference.ifPresent(found -> smallest = found);
    return difference.isPresent();
  }
}
