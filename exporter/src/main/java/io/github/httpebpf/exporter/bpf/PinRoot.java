package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

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
  private static final String NETNS_DIRECTORY = "%netns";
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
          case TC ->
              place(CaptureSpec.netnsOf(name))
                  .resolve(encode(CaptureSpec.interfaceOf(name).orElseThrow()));
          case XDP -> xdp().resolve(encode(CaptureSpec.interfaceOf(name).orElseThrow()));
          case CGROUP -> path.resolve(CGROUP_DIRECTORY);
        };
    return new CaptureDirectory(directory, name);
  }

  /** What captures of many interfaces of a network namespace share. */
  SharedDirectory shared(String netns) {
    return new SharedDirectory(place(netns).resolve(SHARED_DIRECTORY));
  }

  /** Where captures of a network namespace are. */
  private Path place(String netns) {
    return netns.isEmpty() ? path : netns().resolve(encodeNetns(netns));
  }

  /** Where captures of other network namespaces are. */
  private Path netns() {
    return path.resolve(NETNS_DIRECTORY);
  }

  /**
   * The directories below the root that captures of a network namespace are in, outermost first.
   */
  List<Path> between(String netns) {
    return netns.isEmpty() ? List.of() : List.of(netns(), place(netns));
  }

  /** The network namespaces that have anything here: that of the root itself, and others. */
  NavigableSet<String> namespaces() {
    NavigableSet<String> found = new TreeSet<>(Set.of(""));
    for (Path directory : entries(netns())) {
      decodeNetns(directory.getFileName().toString()).ifPresent(found::add);
    }
    return found;
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
    // First what may not be listed, if any of it may not.
    NavigableSet<String> names = captured("");
    namespaces().tailSet("", false).forEach(netns -> names.addAll(captured(netns)));
    add(names, entries(xdp()), name -> new CaptureSpec(CaptureKind.XDP, name).name());
    if (capture(CaptureSpec.CGROUP).isCapture()) {
      names.add(CaptureSpec.CGROUP);
    }
    return names;
  }

  /**
   * Those that are there to stay: what a load under way has made it may yet take back, and then it
   * never was a capture. What a killed one has left is one.
   *
   * @throws BpfException if the root cannot be listed
   */
  NavigableSet<String> made() {
    NavigableSet<String> names = captured();
    names.removeIf(
        name -> {
          CaptureDirectory directory = capture(name);
          boolean isMaking =
              BpfFileSystem.isUnfinished(directory.path()) && DirectoryLock.isTaken(path);
          // It may have been taken back since it was listed.
          return isMaking || !directory.isCapture();
        });
    return names;
  }

  /** At tc, of interfaces of a network namespace. */
  NavigableSet<String> captured(String netns) {
    NavigableSet<String> names = new TreeSet<>();
    add(names, entries(place(netns)), new NetworkNamespace(netns)::capture);
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
    List<Path> all = new ArrayList<>(entries(xdp()));
    for (String netns : namespaces()) {
      all.addAll(entries(place(netns)));
      all.addAll(between(netns).reversed());
    }
    return all.stream().filter(BpfFileSystem::isUnfinished).toList();
  }

  /** The directories beside those of captures, innermost first, which go when they are empty. */
  List<Path> parents() {
    List<Path> parents = new ArrayList<>(List.of(xdp()));
    namespaces().forEach(each -> parents.addAll(between(each).reversed()));
    return parents;
  }

  private static List<Path> entries(Path directory) {
    return Files.notExists(directory) ? List.of() : BpfFileSystem.list(directory);
  }

  /** A bpf file system has no dots in names, and the percent sign marks what stands for one. */
  static String encode(String interfaceName) {
    return interfaceName.replace("%", "%25").replace(".", "%2E");
  }

  /** Likewise; what is a path has slashes. */
  static String encodeNetns(String netns) {
    return encode(netns).replace("/", "%2F");
  }

  private static Optional<String> decodeNetns(String directory) {
    String name = directory.replace("%2F", "/").replace("%2E", ".").replace("%25", "%");
    return encodeNetns(name).equals(directory) ? Optional.of(name) : Optional.empty();
  }

  /** Empty for a name that no interface's directory has, such as {@code %xdp}. */
  static Optional<String> decode(String directory) {
    String name = directory.replace("%2E", ".").replace("%25", "%");
    return Objects.equals(encode(name), directory) ? Optional.of(name) : Optional.empty();
  }
}
