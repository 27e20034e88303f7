package io.github.httpebpf.exporter.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;

/**
 * A mount of a scenario's own: what the host's bpf file system lets others do is the host's affair.
 */
final class Mount implements AutoCloseable {

  private final Path folder;
  private final Path point;

  private Mount(String... command) {
    try {
      folder = Files.createTempDirectory("mount");
      Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
      point = Files.createDirectory(folder.resolve("point"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String[] whole = Arrays.copyOf(command, command.length + 1);
    whole[command.length] = point.toString();
    Shell.out(whole);
  }

  /** A bpf file system whose top has that mode, such as {@code 0700}. */
  static Mount bpf(String mode) {
    return new Mount("mount", "-t", "bpf", "-o", "mode=" + mode, "bpf");
  }

  /** A directory, bound to where everybody may go. */
  static Mount bind(Path directory) {
    return new Mount("mount", "--bind", directory.toString());
  }

  Path point() {
    return point;
  }

  @Override
  public void close() {
    Shell.out("umount", point.toString());
    try {
      Files.delete(point);
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
