package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * How interfaces are attached to that come at once. For each tcx link the kernel waits, with all
 * changes of interfaces locked out, until no CPU uses what was on the hook before: some 12 ms on a
 * quiet machine, whatever is done beside it, and two links an interface. Filters wait for less.
 */
final class CrowdBackend {

  /** The most that have their tcx links within a second, also where it takes 30 ms each. */
  static final int FEW = 16;

  private CrowdBackend() {}

  /**
   * Chooses for interfaces that are not captured yet.
   *
   * @param asked by the user, who is obeyed
   * @param number of interfaces that wait
   * @param here all interfaces
   */
  static TcBackend choose(
      TcBackend asked, int number, List<Interface> here, PinRoot root, String netns) {
    boolean isCrowd = asked == TcBackend.AUTO && number > FEW && TcxHook.isSupported();
    return isCrowd && !othersUseTcx(here, programs(root, netns)) ? TcBackend.CLSACT : asked;
  }

  /** Behind their programs, which run before all filters, little might be left to be seen. */
  private static boolean othersUseTcx(Collection<Interface> here, Set<Integer> ours) {
    try {
      return here.stream()
          .flatMap(each -> TcxHook.programs(Direction.INGRESS, each.index(), each.name()).stream())
          .anyMatch(program -> !ours.contains(program));
    } catch (BpfException e) {
      // One has gone meanwhile: whoever comes next is asked anew.
      return true;
    }
  }

  private static Set<Integer> programs(PinRoot root, String netns) {
    Set<Integer> ours = new HashSet<>();
    if (root.shared(netns).isLoaded()) {
      ours.add(id(root.shared(netns).program(ProbeProgram.COUNTER)));
    }
    for (String name : root.captured(netns)) {
      CaptureDirectory each = root.capture(name);
      if (Files.exists(each.program(ProbeProgram.COUNTER))) {
        ours.add(id(each.program(ProbeProgram.COUNTER)));
      }
    }
    return ours;
  }

  private static int id(Path pin) {
    try (Descriptor program = PinnedObjects.open(pin, PinnedObjects.Kind.PROGRAM)) {
      return PinnedObjects.programInfo(program.number()).id();
    }
  }
}
