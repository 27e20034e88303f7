package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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
    if (Files.notExists(path)) {
      return names;
    }
    try (DirectoryStream<Path> directories = Files.newDirectoryStream(path)) {
      for (Path directory : directories) {
        decode(directory.getFileName().toString())
            .filter(name -> capture(name).isCapture())
            .ifPresent(names::add);
      }
    } catch (IOException e) {
      throw new BpfException("list " + path + ": " + BpfFileSystem.reason(e), e);
    }
    return names;
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
