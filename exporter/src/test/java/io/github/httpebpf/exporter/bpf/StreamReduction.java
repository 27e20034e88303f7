package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Expectation;
import io.github.httpebpf.exporter.bpf.stream.PacketStream;
import io.github.httpebpf.exporter.bpf.stream.StreamPacket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Leaves packets out of a stream on which judges differ, as long as they still do. Each attempt is
 * from another port of the client, so that none sees what an earlier one left.
 */
final class StreamReduction {

  private final StreamJudges judges;
  private final boolean packetwise;
  private StreamDifference smallest;
  private int port;

  StreamReduction(StreamJudges judges, StreamDifference difference, boolean packetwise) {
    this.judges = judges;
    this.smallest = difference;
    this.packetwise = packetwise;
  }

  /** The smallest that was found; the stream as it was, if from another port nobody differs. */
  StreamDifference reduce() throws IOException {
    if (!stillDiffers(smallest.stream().packets())) {
      return smallest;
    }
    for (int size = smallest.stream().packets().size(); size >= 1; size /= 2) {
      boolean smaller = true;
      while (smaller) {
        smaller = dropRuns(size);
      }
    }
    return smallest;
  }

  private boolean dropRuns(int size) throws IOException {
    boolean smaller = false;
    for (int at = smallest.stream().packets().size() - size; at >= 0; at -= size) {
      List<StreamPacket> rest = new ArrayList<>(smallest.stream().packets());
      rest.subList(at, at + size).clear();
      smaller |= stillDiffers(rest);
    }
    return smaller;
  }

  private boolean stillDiffers(List<StreamPacket> packets) throws IOException {
    PacketStream attempt = smallest.stream().with(packets, 1 + port++ % 65535);
    Optional<StreamDifference> difference =
        judges.firstDifference(List.of(Expectation.of(attempt)), packetwise);
    difference.ifPresent(found -> smallest = found);
    return difference.isPresent();
  }
}
