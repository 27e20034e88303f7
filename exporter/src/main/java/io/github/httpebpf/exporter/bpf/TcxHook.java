package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_link_create_opts;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * The tcx hooks of an interface: {@code BPF_TCX_INGRESS} and {@code BPF_TCX_EGRESS} of {@code
 * linux/bpf.h}, Linux 6.6.
 *
 * @param name of the interface
 */
record TcxHook(int ifindex, String name) implements LinkHook {

  // Of kernels newer than the headers that the bindings are generated from.
  private static final int BPF_F_BEFORE = 1 << 3;

  private static final int PROGRAMS_MAX = 64;

  @Override
  public CaptureInfo.Hook hook() {
    return CaptureInfo.Hook.TCX;
  }

  /**
   * Attaches a program ahead of all others: behind one that answers "pass" it would see nothing.
   *
   * @throws BpfException EINVAL if this kernel has no tcx
   */
  @Override
  public Descriptor attach(int program, ProbeProgram which) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(bpf_link_create_opts.layout());
      bpf_link_create_opts.sz(options, options.byteSize());
      bpf_link_create_opts.flags(options, BPF_F_BEFORE);
      int result = Libbpf.bpf_link_create(program, ifindex, which.direction().tcxType(), options);
      return new Descriptor(NativeCalls.check(result, "attach (tcx) to", name));
    }
  }

  /**
   * Ids of the programs on a hook, in the order in which they run.
   *
   * @throws BpfException EINVAL if this kernel has no tcx
   */
  static List<Integer> programs(Direction direction, int ifindex, String interfaceName) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, PROGRAMS_MAX);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, PROGRAMS_MAX);
      int result = Libbpf.bpf_prog_query(ifindex, direction.tcxType(), 0, flags, ids, count);
      NativeCalls.check(result, "list programs (tcx) of", interfaceName);
      List<Integer> programs = new ArrayList<>();
      for (int i = 0; i < count.get(ValueLayout.JAVA_INT, 0); i++) {
        programs.add(ids.getAtIndex(ValueLayout.JAVA_INT, i));
      }
      return programs;
    }
  }

  /** Whether this kernel has the hooks; loopback is always there to ask. */
  static boolean isSupported() {
    try {
      programs(Direction.INGRESS, 1, "lo");
      return true;
    } catch (BpfException e) {
      if (e.is(Errno.EINVAL)) {
        return false;
      }
      throw e;
    }
  }
}
