package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Captures that can see the same packet, and then count the same request each. */
public final class Overlaps {

  private Overlaps() {}

  /**
   * Looks at what is captured under a pin root.
   *
   * @param netns that this thread is in; of interfaces elsewhere nothing is said
   * @return one line each, for the user
   * @throws BpfException if the pin root cannot be listed, or the kernel not be asked
   */
  public static List<String> among(PinRoot root, NetworkNamespace netns) {
    Collection<String> captures = root.captured();
    return captures.size() < 2 ? List.of() : among(captures, netns, Interfaces.all());
  }

  /** Of captures by their names, in a namespace that has these interfaces. */
  static List<String> among(
      Collection<String> captures, NetworkNamespace netns, Collection<Interface> interfaces) {
    List<String> lines = new ArrayList<>();
    ofCgroup(captures).ifPresent(lines::add);
    List<Captured> captured = captured(captures, netns, interfaces);
    for (int i = 0; i < captured.size(); i++) {
      Captured first = captured.get(i);
      for (Captured second : captured.subList(i + 1, captured.size())) {
        reason(first.place(), second.place())
            .ifPresent(why -> lines.add(line(first.name() + " and " + second.name(), why)));
      }
    }
    return lines;
  }

  private record Captured(String name, Interface place) {}

  private static List<Captured> captured(
      Collection<String> captures, NetworkNamespace netns, Collection<Interface> interfaces) {
    List<Captured> captured = new ArrayList<>();
    for (Interface each : interfaces) {
      for (CaptureKind kind : List.of(CaptureKind.TC, CaptureKind.XDP)) {
        String name = new CaptureSpec(kind, each.name()).in(netns).name();
        if (CaptureSpec.kindOf(name) == kind && captures.contains(name)) {
          captured.add(new Captured(name, each));
        }
      }
    }
    captured.sort(Comparator.comparing(Captured::name));
    return captured;
  }

  private static Optional<String> ofCgroup(Collection<String> captures) {
    String others =
        captures.stream()
            .filter(name -> CaptureSpec.kindOf(name) != CaptureKind.CGROUP)
            .sorted()
            .collect(Collectors.joining(", "));
    return others.isEmpty() || !captures.contains(CaptureSpec.CGROUP)
        ? Optional.empty()
        : Optional.of(line("cgroup and " + others, "sockets of this host receive there"));
  }

  /** The ends of a veth pair do not: what comes in at one has left by the other. */
  private static Optional<String> reason(Interface first, Interface second) {
    if (first.index() == second.index()) {
      return Optional.of("it is one interface");
    }
    if (first.master() == second.index() || second.master() == first.index()) {
      return Optional.of("one is a port of the other");
    }
    boolean isPair = first.lower() == second.index() && second.lower() == first.index();
    if (!isPair && (first.lower() == second.index() || second.lower() == first.index())) {
      return Optional.of("one is made upon the other");
    }
    return Optional.empty();
  }

  private static String line(String captures, String why) {
    return "%s may count the same request each, since %s; query one interface only"
        .formatted(captures, why);
  }
}
