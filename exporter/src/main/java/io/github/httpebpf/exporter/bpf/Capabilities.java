package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The effective capabilities of this process: {@code CapEff} of {@code /proc/self/status}. */
enum Capabilities {
  CAP_BPF(39),
  CAP_NET_ADMIN(12),
  /** The program adds variable offsets to packet pointers. */
  CAP_PERFMON(38),
  CAP_SYS_ADMIN(21);

  private final int bit;

  Capabilities(int bit) {
    this.bit = bit;
  }

  /** Those that loading lacks; CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON. */
  static List<Capabilities> missingForLoading() {
    long effective = effective();
    return Arrays.stream(values())
        .filter(each -> each != CAP_SYS_ADMIN && !each.isIn(effective))
        .filter(each -> each == CAP_NET_ADMIN || !CAP_SYS_ADMIN.isIn(effective))
        .toList();
  }

  /**
   * Those that loading lacks, as a hint has them: {@code CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON}.
   * All that it needs, if none is lacking: in a user namespace they are worth nothing.
   */
  static String wantedForLoading() {
    List<Capabilities> missing = missingForLoading();
    List<String> names =
        (missing.isEmpty() ? List.of(CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON) : missing)
            .stream().map(Enum::name).toList();
    String last = names.getLast();
    List<String> others = names.subList(0, names.size() - 1);
    return others.isEmpty() ? last : String.join(", ", others) + " and " + last;
  }

  /** Whether this process may mount. */
  static boolean maySysAdmin() {
    return CAP_SYS_ADMIN.isIn(effective());
  }

  private boolean isIn(long capabilities) {
    return (capabilities >>> bit & 1) == 1;
  }

  private static long effective() {
    String prefix = "CapEff:";
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith(prefix))
          .map(line -> Long.parseUnsignedLong(line.substring(prefix.length()).strip(), 16))
          .findFirst()
          .orElse(0L);
    } catch (IOException e) {
      throw new BpfException("read /proc/self/status: " + BpfFileSystem.reason(e), e);
    }
  }
}
