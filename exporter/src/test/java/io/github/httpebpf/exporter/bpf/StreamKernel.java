package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Endpoints;
import io.github.httpebpf.exporter.bpf.stream.StreamPacket;
import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_test_run_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Both programs in the kernel, with maps of their own, run on packets by {@code BPF_PROG_TEST_RUN}.
 * Used by one thread; millions of packets go through, so native memory is allocated once.
 */
final class StreamKernel implements AutoCloseable {

  /** More than a test run takes. */
  private static final int FRAME_MAX = 4096;

  /** TC_ACT_UNSPEC, which is TCX_NEXT: the next program decides. */
  private static final int NEXT = -1;

  private final Arena arena = Arena.ofConfined();
  private final HttpProbe probe;
  private final int requestMap;
  private final int packetMap;
  private final int unseenMap;
  private final int counter;
  private final int answers;
  private final MemorySegment frame = arena.allocate(FRAME_MAX, Long.BYTES);
  private final ByteBuffer octets = frame.asByteBuffer();
  private final MemorySegment options = arena.allocate(bpf_test_run_opts.layout());
  private final MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
  private final int cpus = Libbpf.libbpf_num_possible_cpus();
  private final MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, cpus);

  StreamKernel() {
    probe =
        HttpProbe.open(
            CaptureKind.TC, HttpProbe.packedFile(CaptureKind.TC), new ProbeConfig(false, Set.of()));
    probe.load();
    counter = probe.program(ProbeProgram.COUNTER);
    answers = probe.program(ProbeProgram.ANSWERS);
    requestMap = probe.mapDescriptor(MapNames.REQUEST);
    packetMap = probe.mapDescriptor(MapNames.PACKET);
    unseenMap = probe.mapDescriptor(MapNames.UNSEEN);
    bpf_test_run_opts.sz(options, options.byteSize());
    bpf_test_run_opts.data_in(options, frame);
    bpf_test_run_opts.repeat(options, 1);
  }

  void take(Endpoints endpoints, StreamPacket packet) {
    endpoints.write(packet, octets.clear());
    bpf_test_run_opts.data_size_in(options, octets.position());
    // What the last run left here would be taken for the room that there is.
    bpf_test_run_opts.data_size_out(options, 0);
    int result = Libbpf.bpf_prog_test_run_opts(packet.toServer() ? counter : answers, options);
    NativeCalls.check(result, "run", "program");
    if (bpf_test_run_opts.retval(options) != NEXT) {
      throw new AssertionError("returned " + bpf_test_run_opts.retval(options));
    }
  }

  StreamCounts counts() {
    return new StreamCounts(
        sums(requestMap, StreamCounts.REQUESTS),
        sums(packetMap, StreamCounts.PACKETS),
        sums(unseenMap, StreamCounts.UNSEEN));
  }

  private long[] sums(int map, int entries) {
    long[] sums = new long[entries];
    for (int entry = 0; entry < entries; entry++) {
      key.set(ValueLayout.JAVA_INT, 0, entry);
      NativeCalls.check(Libbpf.bpf_map_lookup_elem(map, key, values), "read", "map");
      for (int cpu = 0; cpu < cpus; cpu++) {
        sums[entry] += values.getAtIndex(ValueLayout.JAVA_LONG, cpu);
      }
    }
    return sums;
  }

  @Override
  public void close() {
    probe.close();
    arena.close();
  }
}
