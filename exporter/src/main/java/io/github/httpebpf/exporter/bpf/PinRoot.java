package io.github.httpebpf.exporter.bpf;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;

/**
 * Where captures are pinned: a directory on a bpf file system, one directory of it an interface.
 *
 * @param path absolute, without a dot in its names
 */
public record PinRoot(Path path) {

  /** The default of {@code --pin-root}. */
  public static final String DEFAULT = "/sys/fs/bpf/http-ebpf-exporter";

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

  /** Where an interface's capture is, or would be. */
  CaptureDirectory capture(String interfaceName) {
    return new CaptureDirectory(path.resolve(encode(interfaceName)), interfaceName);
  }

  /**
   * The interfaces that have a capture, ordered; empty if the root does not exist.
   *
   * @throws BpfException if it cannot be listed
   */
  NavigableSet<String> captured() {
    NavigableSet<String> names = new TreeSet<>();
    for (Path directory : entries()) {
      decode(directory.getFileName().toString())
          .filter(name -> capture(name).isCapture())
          .ifPresent(names::add);
    }
    return names;
  }

  /**
   * Directories that a killed load has made and not come to pin anything in.
   *
   * @throws BpfException if the root cannot be listed
   */
  List<Path> unfinished() {
    return entries().stream().filter(BpfFileSystem::isUnfinished).toList();
  }

  private List<Path> entries() {
    return Files.notExists(path) ? List.of() : BpfFileSystem.list(path);
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
