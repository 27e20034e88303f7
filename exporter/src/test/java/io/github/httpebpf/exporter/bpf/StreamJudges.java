package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Expectation;
import io.github.httpebpf.exporter.bpf.stream.PacketStream;
import io.github.httpebpf.exporter.bpf.stream.StreamPacket;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The kernel, the host and the reference on the same streams. What they say must be the same: the
 * requests of all three as far as the reference goes, and of kernel and host everything up to the
 * end, where the ledger has each packet that was received once. Used by one thread.
 */
final class StreamJudges implements AutoCloseable {

  /** The host is asked twice for each stream. */
  static final int STREAMS_MAX = StreamHost.QUESTIONS_MAX / 2;

  /** Streams after which the host forgets them; the kernel does so of itself. */
  private static final int REMEMBERED_MAX = 4096;

  private final StreamKernel kernel;
  private final StreamHost host;
  private StreamCounts kernelBefore;
  private StreamCounts hostBefore;
  private int judged;

  StreamJudges(Path hostTool) throws IOException {
    host = new StreamHost(hostTool);
    kernel = new StreamKernel();
    for (PacketStream greeting : PacketStream.greetings()) {
      for (StreamPacket packet : greeting.packets()) {
        kernel.take(greeting.endpoints(), packet);
        host.take(greeting.endpoints(), packet);
      }
    }
    host.ask();
    host.flush();
    kernelBefore = kernel.counts();
    hostBefore = host.answer();
  }

  /** What one judge counted where the reference ends, and at the stream's end. */
  private record Judged(StreamCounts within, StreamCounts all) {}

  /**
   * The first of the streams on which the judges differ.
   *
   * @param streams at most {@link #STREAMS_MAX}
   * @param packetwise whether kernel and reference must agree after each packet
   */
  Optional<StreamDifference> firstDifference(List<Expectation> streams, boolean packetwise)
      throws IOException {
    judged += streams.size();
    if (judged >= REMEMBERED_MAX) {
      host.forget();
      judged = 0;
    }
    for (Expectation each : streams) {
      ask(each.stream(), each.packets());
    }
    host.flush();
    Optional<StreamDifference> step =
        packetwise
            ? streams.stream().flatMap(each -> steps(each).stream()).findFirst()
            : Optional.empty();
    List<Judged> kernels = packetwise ? List.of() : streams.stream().map(this::run).toList();
    Optional<StreamDifference> first = step;
    for (int i = 0; i < streams.size(); i++) {
      Judged byHost = readHost();
      if (!packetwise && first.isEmpty()) {
        Expectation stream = streams.get(i);
        first =
            difference(stream, kernels.get(i), byHost)
                .map(text -> new StreamDifference(stream.stream(), text));
      }
    }
    return first;
  }

  private void ask(PacketStream stream, int within) throws IOException {
    for (StreamPacket packet : stream.packets().subList(0, within)) {
      host.take(stream.endpoints(), packet);
    }
    host.ask();
    for (StreamPacket packet : stream.packets().subList(within, stream.packets().size())) {
      host.take(stream.endpoints(), packet);
    }
    host.ask();
  }

  private Judged readHost() throws IOException {
    StreamCounts within = host.answer();
    StreamCounts all = host.answer();
    Judged judged = new Judged(within.since(hostBefore), all.since(hostBefore));
    hostBefore = all;
    return judged;
  }

  private Judged run(Expectation expected) {
    PacketStream stream = expected.stream();
    run(stream, 0, expected.packets());
    StreamCounts within = kernel.counts();
    run(stream, expected.packets(), stream.packets().size());
    StreamCounts all = expected.packets() == stream.packets().size() ? within : kernel.counts();
    Judged judged = new Judged(within.since(kernelBefore), all.since(kernelBefore));
    kernelBefore = all;
    return judged;
  }

  private void run(PacketStream stream, int from, int to) {
    for (StreamPacket packet : stream.packets().subList(from, to)) {
      kernel.take(stream.endpoints(), packet);
    }
  }

  private static Optional<String> difference(Expectation expected, Judged kernel, Judged host) {
    long received = expected.stream().packets().stream().filter(StreamPacket::toServer).count();
    String reference = StreamCounts.text(expected.atEnd());
    String where = " after %d packets".formatted(expected.packets());
    if (!kernel.within.hasRequests(expected.atEnd())) {
      return Optional.of("kernel: %s; reference: %s".formatted(kernel.within, reference) + where);
    }
    if (!host.within.hasRequests(expected.atEnd())) {
      return Optional.of("host: %s; reference: %s".formatted(host.within, reference) + where);
    }
    if (!kernel.within.isSame(host.within)) {
      return Optional.of("kernel: %s; host: %s".formatted(kernel.within, host.within) + where);
    }
    if (!kernel.all.isSame(host.all)) {
      return Optional.of("kernel: %s; host: %s at the end".formatted(kernel.all, host.all));
    }
    if (kernel.all.ledger() != received) {
      return Optional.of("ledger: %s of %d packets".formatted(kernel.all, received));
    }
    return Optional.empty();
  }

  /** Kernel and reference, packet by packet. */
  private Optional<StreamDifference> steps(Expectation expected) {
    Optional<StreamDifference> first = Optional.empty();
    StreamCounts before = kernelBefore;
    List<StreamPacket> packets = expected.stream().packets();
    for (int i = 0; i < packets.size(); i++) {
      StreamPacket packet = packets.get(i);
      kernel.take(expected.stream().endpoints(), packet);
      StreamCounts after = kernel.counts();
      boolean once = after.ledger() - before.ledger() == (packet.toServer() ? 1 : 0);
      StreamCounts sum = after.since(kernelBefore);
      Optional<long[]> reference = i < expected.packets() ? expected.after(i) : Optional.empty();
      boolean counted = reference.map(sum::hasRequests).orElse(true);
      if (first.isEmpty() && !(once && counted)) {
        String text =
            "packet %d: kernel: %s; reference: %s"
                .formatted(i, sum, reference.map(StreamCounts::text).orElse("none"));
        first = Optional.of(new StreamDifference(expected.stream(), text));
      }
      before = after;
    }
    kernelBefore = before;
    return first;
  }

  @Override
  public void close() throws IOException {
    kernel.close();
    host.close();
  }
}
