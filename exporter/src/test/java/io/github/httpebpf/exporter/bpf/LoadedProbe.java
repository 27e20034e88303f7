package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_prog_info;
import io.github.httpebpf.libbpf.bpf_test_run_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** The program in the kernel, with maps of its own, pinned nowhere. Used by one thread. */
final class LoadedProbe implements AutoCloseable {

  /** TC_ACT_UNSPEC, which is TCX_NEXT: the next program decides. */
  private static final int NEXT = -1;

  private final HttpProbe probe;
  private final ConnectionState state;
  private final int cpus = Libbpf.libbpf_num_possible_cpus();

  LoadedProbe(ProbeConfig config) {
    probe = HttpProbe.open(CaptureKind.TC, HttpProbe.packedFile(CaptureKind.TC), config);
    probe.load();
    state = new ConnectionState(probe);
  }

  /** So that the next packet is judged as the first of its connection. */
  void forget() {
    state.forget();
  }

  int program() {
    return probe.program(ProbeProgram.COUNTER);
  }

  /** As {@link #testRun}, after forgetting all that was before. */
  Optional<Verdict> testRunFirst(byte[] packet) {
    forget();
    return testRun(packet);
  }

  /**
   * Runs the program on a packet by {@code BPF_PROG_TEST_RUN}.
   *
   * @return empty if the kernel does not run it on such a packet
   */
  Optional<Verdict> testRun(byte[] packet) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(bpf_test_run_opts.layout());
      bpf_test_run_opts.sz(options, options.byteSize());
      bpf_test_run_opts.data_in(options, arena.allocateFrom(ValueLayout.JAVA_BYTE, packet));
      bpf_test_run_opts.data_size_in(options, packet.length);
      bpf_test_run_opts.repeat(options, 1);
      Verdict.Maps before = maps();
      int result = Libbpf.bpf_prog_test_run_opts(program(), options);
      if (result < 0 && Errno.ofResult(result).equals(Errno.EINVAL)) {
        return Optional.empty();
      }
      NativeCalls.check(result, "run", ProbeProgram.COUNTER.function());
      if (bpf_test_run_opts.retval(options) != NEXT) {
        throw new AssertionError("returned " + bpf_test_run_opts.retval(options));
      }
      return Optional.of(Verdict.ofChange(before, maps()));
    }
  }

  /** What the verifier looked at before it took the program; its limit is a million. */
  int verifiedInstructions() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(bpf_prog_info.layout());
      MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
      int result = Libbpf.bpf_obj_get_info_by_fd(program(), info, length);
      NativeCalls.check(result, "describe", ProbeProgram.COUNTER.function());
      return bpf_prog_info.verified_insns(info);
    }
  }

  Verdict.Maps maps() {
    return new Verdict.Maps(
        sums(MapNames.REQUEST, MapShape.REQUESTS.maxEntries()),
        sums(MapNames.PACKET, MapShape.PACKETS.maxEntries()));
  }

  private long[] sums(String map, int entries) {
    int descriptor = probe.mapDescriptor(map);
    long[] sums = new long[entries];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, cpus);
      for (int entry = 0; entry < entries; entry++) {
        key.set(ValueLayout.JAVA_INT, 0, entry);
        NativeCalls.check(Libbpf.bpf_map_lookup_elem(descriptor, key, values), "read", map);
        for (int cpu = 0; cpu < cpus; cpu++) {
          sums[entry] += values.getAtIndex(ValueLayout.JAVA_LONG, cpu);
        }
      }
    }
    return sums;
  }

  @Override
  public void close() {
    probe.close();
  }
}
