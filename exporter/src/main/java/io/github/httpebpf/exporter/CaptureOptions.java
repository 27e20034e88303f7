package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureKind;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.bpf.InterfaceChoice;
import io.github.httpebpf.exporter.bpf.NetworkNamespace;
import io.github.httpebpf.exporter.bpf.PinRoot;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which captures a command is about. */
final class CaptureOptions {

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final List<String> interfaces = new ArrayList<>();
  private final List<String> excluded = new ArrayList<>();
  private final List<NetworkNamespace> namespaces = new ArrayList<>();
  private final Map<CaptureKind, String> captures = new LinkedHashMap<>();
  private PinRoot pinRoot = new PinRoot(Path.of(PinRoot.DEFAULT));

  @Option(
      names = "--interface",
      paramLabel = "NAME|REGEX",
      split = ",",
      description = {
        "Where to capture; repeatable. What is no interface's name is a regular expression that",
        "matches all of a name; run captures what it matches later, too.",
        "Default for run, load and doctor: the interfaces of the default routes and lo;",
        "for serve, show, top, trace and unload: every capture under the pin root."
      })
  void setInterfaces(List<String> names) {
    check(names, List.of());
    interfaces.clear();
    interfaces.addAll(names);
  }

  @Option(
      names = "--interface-exclude",
      paramLabel = "REGEX",
      split = ",",
      description = {
        "Not these, of what the default or a regular expression finds: regular expressions that",
        "match all of a name; repeatable."
      })
  void setExcluded(List<String> expressions) {
    check(List.of(), expressions);
    excluded.clear();
    excluded.addAll(expressions);
  }

  @Option(
      names = "--netns",
      paramLabel = "NAME|PATH",
      split = ",",
      description = {
        "Which network namespaces the interfaces are in, instead of this process's own; repeatable.",
        "A name is one of ip netns; a path such as /proc/PID/ns/net. By tc alone.",
        "Default for run, load and doctor: the own one; for serve, show, top, trace and unload: with --interface",
        "the own one, else all."
      })
  void setNamespaces(List<String> values) {
    namespaces.clear();
    try {
      values.forEach(value -> namespaces.add(NetworkNamespace.of(value)));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private InterfaceChoice check(List<String> names, List<String> expressions) {
    try {
      return new InterfaceChoice(names, expressions);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  @Option(
      names = "--capture",
      paramLabel = "tc|xdp|cgroup[=PATH]",
      split = ",",
      description = {
        "Where to count; repeatable. tc: at an interface's tc hooks. xdp: before the stack, which",
        "sees no answers. cgroup: whatever a cgroup's sockets receive, by default every socket of",
        "this host and its containers; needs no --interface.",
        "Default for run, load and doctor: tc; for serve, show, top, trace and unload: all."
      })
  void setCaptures(List<String> values) {
    captures.clear();
    for (String value : values) {
      int equals = value.indexOf('=');
      String name = equals < 0 ? value : value.substring(0, equals);
      CaptureKind kind =
          Arrays.stream(CaptureKind.values())
              .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(name))
              .findAny()
              .orElseThrow(() -> refused(value, "not one of tc, xdp, cgroup"));
      if (equals >= 0 && kind != CaptureKind.CGROUP) {
        throw refused(value, "only cgroup takes a path");
      }
      String place = equals < 0 ? "" : pathOf(value, equals + 1);
      if (!captures.getOrDefault(kind, place).equals(place)) {
        throw refused(value, "one cgroup only, which counts for those below it too");
      }
      captures.put(kind, place);
    }
  }

  private String pathOf(String value, int from) {
    Path path = Path.of(value.substring(from)).normalize();
    if (!path.isAbsolute()) {
      throw refused(value, "not an absolute path");
    }
    return path.toString();
  }

  private ParameterException refused(String value, String why) {
    return new ParameterException(command.commandLine(), "--capture '" + value + "': " + why);
  }

  @NeedsRestart
  @Option(
      names = "--pin-root",
      paramLabel = "DIR",
      defaultValue = PinRoot.DEFAULT,
      description = "Where pins live, on a bpf file system. Default: ${DEFAULT-VALUE}")
  void setPinRoot(String path) {
    try {
      pinRoot = new PinRoot(Path.of(path));
    } catch (InvalidPathException e) {
      throw new ParameterException(command.commandLine(), "pin root " + path + ": not a path", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /**
   * What is asked for.
   *
   * @throws ParameterException if flags do not go together
   */
  CaptureSelection selection() {
    check();
    List<NetworkNamespace> resolved =
        namespaces.stream().map(NetworkNamespace::resolved).distinct().toList();
    return new CaptureSelection(check(interfaces, excluded), captures, resolved);
  }

  /**
   * Makes sure that flags go together: before anything is begun.
   *
   * @throws ParameterException if they do not
   */
  void check() {
    if (!namespaces.isEmpty() && !Set.of(CaptureKind.TC).containsAll(captures.keySet())) {
      throw new ParameterException(
          command.commandLine(), "--netns: captures by tc alone; leave out --capture");
    }
  }

  /** The names of captures that others are about, and these are not; of those that are there. */
  Set<String> leaves(CaptureOptions others) {
    return others.selection().without(selection(), pinRoot);
  }

  PinRoot pinRoot() {
    return pinRoot;
  }
}
