package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Where captures are pinned: a directory on a bpf file system, one directory of it a capture.
 *
 * @param path absolute, without a dot in its names
 */
public record PinRoot(Path path) {

  /** The default of {@code --pin-root}. */
  public static final String DEFAULT = "/sys/fs/bpf/http-ebpf-exporter";

  // No interface's directory has such a name.
  private static final String XDP_DIRECTORY = "%xdp";
  private static final String CGROUP_DIRECTORY = "%cgroup";
  static final String SHARED_DIRECTORY = "%shared";

  /**
   * Checks the path's form, not whether it exists.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public PinRoot {
    path = path.normalize();
    if (!path.isAbsolute()) {
      throw new IllegalArgumentException("pin root " + path + ": not an absolute path");
    }
    if (path.toString().contains(".")) {
      throw new IllegalArgumentException(
          "pin root "
              + path
              + ": a bpf file system has no names with a dot; choose another --pin-root");
    }
  }

  /** Where the capture of that name is, or would be. */
  CaptureDirectory capture(String name) {
    Path directory =
        switch (CaptureSpec.kindOf(name)) {
          case TC -> path.resolve(encode(name));
          case XDP -> xdp().resolve(encode(CaptureSpec.interfaceOf(name).orElseThrow()));
          case CGROUP -> path.resolve(CGROUP_DIRECTORY);
        };
    return new CaptureDirectory(directory, name);
  }

  /** What captures of many interfaces share. */
  SharedDirectory shared() {
    return new SharedDirectory(path.resolve(SHARED_DIRECTORY));
  }

  /** Where captures at XDP are. */
  Path xdp() {
    return path.resolve(XDP_DIRECTORY);
  }

  /**
   * The names of the captures, ordered; empty if the root does not exist.
   *
   * @throws BpfException if it cannot be listed
   */
  NavigableSet<String> captured() {
    NavigableSet<String> names = new TreeSet<>();
    add(names, entries(path), name -> name);
    add(names, entries(xdp()), name -> new CaptureSpec(CaptureKind.XDP, name).name());
    if (capture(CaptureSpec.CGROUP).isCapture()) {
      names.add(CaptureSpec.CGROUP);
    }
    return names;
  }

  /** Of these kinds; of all if there is none. */
  NavigableSet<String> captured(Collection<CaptureKind> kinds) {
    NavigableSet<String> names = captured();
    names.removeIf(name -> !kinds.isEmpty() && !kinds.contains(CaptureSpec.kindOf(name)));
    return names;
  }

  private void add(Set<String> names, List<Path> directories, UnaryOperator<String> nameOf) {
    for (Path directory : directories) {
      decode(directory.getFileName().toString())
          .map(nameOf)
          .filter(name -> capture(name).path().equals(directory) && capture(name).isCapture())
          .ifPresent(names::add);
    }
  }

  /**
   * Directories that a killed load has made and not come to pin anything in, innermost first.
   *
   * @throws BpfException if the root cannot be listed
   */
  List<Path> unfinished() {
    return Stream.concat(entries(xdp()).stream(), entries(path).stream())
        .filter(BpfFileSystem::isUnfinished)
        .toList();
  }

  private static List<Path> entries(Path directory) {
    return Files.notExists(directory) ? List.of() : BpfFileSystem.list(directory);
  }

  /** A bpf file system has no dots in names, and the percent sign marks what stands for one. */
  static String encode(String interfaceName) {
    return interfaceName.replace("%", "%25").replace(".", "%2E");
  }

  /** Empty for a name that no interface's directory has, such as {@code %xdp}. */
  static Optional<String> decode(String directory) {
    String name = directory.replace("%2E", ".").replace("%25", "%");
    return Objects.equals(encode(name), directory) ? Optional.of(name) : Optional.empty();
  }
}
