package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** Which capture suits a host. */
final class CaptureAdvice {

  private static final int PROGRAMS_MAX = 64;

  /** Others may be beside: {@code BPF_F_ALLOW_MULTI} of {@code linux/bpf.h}. */
  private static final int SHARED = 1 << 1;

  private CaptureAdvice() {}

  /** One line; changes nothing. */
  static String line() {
    try {
      Path root = Cgroups.root();
      if (!Cgroups.isWhole(root)) {
        return tc("the cgroup hierarchy at %s is only a part of the host's".formatted(root));
      }
      return isFree(root)
          ? "cgroup: each request counts once, by the socket here that receives it; tc or xdp for what is only forwarded"
          : tc("a program at %s wants no other beside it".formatted(root));
    } catch (BpfException e) {
      return tc(String.valueOf(e.getMessage()));
    }
  }

  private static String tc(String why) {
    return "tc: --capture cgroup is not to be had here; " + why;
  }

  /** Whether its programs, if any, suffer others beside them. */
  private static boolean isFree(Path cgroup) {
    String operation = "list programs of cgroup";
    try (Arena arena = Arena.ofConfined();
        OpenDirectory directory = OpenDirectory.open(cgroup, operation)) {
      MemorySegment flags = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment ids = arena.allocate(ValueLayout.JAVA_INT, PROGRAMS_MAX);
      MemorySegment count = arena.allocateFrom(ValueLayout.JAVA_INT, PROGRAMS_MAX);
      int type = Libbpf.BPF_CGROUP_INET_INGRESS();
      int result = Libbpf.bpf_prog_query(directory.descriptor(), type, 0, flags, ids, count);
      NativeCalls.check(result, operation, cgroup.toString());
      boolean isShared = (flags.get(ValueLayout.JAVA_INT, 0) & SHARED) != 0;
      return count.get(ValueLayout.JAVA_INT, 0) == 0 || isShared;
    }
  }
}
