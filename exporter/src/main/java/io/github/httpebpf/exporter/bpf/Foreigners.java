package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Other people's programs on the hooks of our captures. Needs CAP_NET_ADMIN. */
public final class Foreigners {

  private Foreigners() {}

  /**
   * What sees packets before our program does: whatever it does not pass on is not counted. And
   * which of ours is not on its hook any more.
   *
   * @return one line each, for the user; empty if ours is the first, or there is no such capture
   */
  public static List<String> ahead(PinRoot root, String capture) {
    CaptureDirectory directory = root.capture(capture);
    return directory.info().map(info -> ahead(directory, info)).orElse(List.of());
  }

  private static List<String> ahead(CaptureDirectory directory, CaptureInfo info) {
    String name = directory.name();
    // The XDP hook has one program, and those of a cgroup do not keep packets from one another.
    if (directory.kind() != CaptureKind.TC) {
      return List.of();
    }
    if (info.scope() != Interfaces.namespace() || !Interfaces.exists(info.ifindex())) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(aheadAtIngress(directory, info, name));
    if (!seesAnswers(directory, info, name)) {
      lines.add(name + ": our program is not on the hook at egress any more; load again");
    }
    return lines;
  }

  /** Whether the one at egress is there, if the version that loaded had one. */
  private static boolean seesAnswers(CaptureDirectory directory, CaptureInfo info, String name) {
    if (!Files.exists(directory.attachedProgram(ProbeProgram.ANSWERS))) {
      return true;
    }
    return info.hook() == CaptureInfo.Hook.TCX
        ? TcxHook.programs(Direction.EGRESS, info.ifindex(), name)
            .contains(programId(directory, ProbeProgram.ANSWERS))
        : ClsactHook.ours(ProbeProgram.ANSWERS, info.ifindex(), info.tcPriority(), name)
            .isPresent();
  }

  private static List<String> aheadAtIngress(
      CaptureDirectory directory, CaptureInfo info, String name) {
    List<String> ahead = new ArrayList<>();
    boolean tcx = info.hook() == CaptureInfo.Hook.TCX;
    int ours = tcx ? programId(directory, ProbeProgram.COUNTER) : 0;
    for (int program : tcxPrograms(info.ifindex(), name)) {
      if (program == ours) {
        return ahead;
      }
      ahead.add(line(name, describe(program)));
    }
    // In the order in which they run: one that is added at our priority goes ahead of ours.
    for (ClsactHook.Filter filter :
        tcx
            ? List.<ClsactHook.Filter>of()
            : ClsactHook.filters(Direction.INGRESS, info.ifindex(), name)) {
      if (filter.isOurs(ProbeProgram.COUNTER, info.tcPriority())) {
        return ahead;
      }
      ahead.add(line(name, filter.toString()));
    }
    return List.of(name + ": our program is not on the hook any more; load again");
  }

  private static List<Integer> tcxPrograms(int ifindex, String name) {
    return TcxHook.isSupported() ? TcxHook.programs(Direction.INGRESS, ifindex, name) : List.of();
  }

  private static String line(String interfaceName, String foreigner) {
    return "%s: %s is ahead of ours; what it does not pass on is not counted"
        .formatted(interfaceName, foreigner);
  }

  private static int programId(CaptureDirectory directory, ProbeProgram which) {
    Path pin = directory.attachedProgram(which);
    if (!Files.exists(pin)) {
      return 0;
    }
    try (Descriptor program = PinnedObjects.open(pin, PinnedObjects.Kind.PROGRAM)) {
      return PinnedObjects.programInfo(program.number()).id();
    }
  }

  /** By name too, if CAP_SYS_ADMIN permits to look it up. */
  private static String describe(int program) {
    int result = Libbpf.bpf_prog_get_fd_by_id(program);
    if (result < 0) {
      return "tcx program " + program;
    }
    try (Descriptor descriptor = new Descriptor(result)) {
      return "tcx program %d (%s)"
          .formatted(program, PinnedObjects.programInfo(descriptor.number()).name());
    }
  }
}
