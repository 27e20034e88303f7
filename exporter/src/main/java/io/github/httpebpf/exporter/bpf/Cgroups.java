package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The cgroup hierarchy of version 2, which may stand beside those of version 1. Thread-safe. */
final class Cgroups {

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final String TYPE = "cgroup2";

  private Cgroups() {}

  /**
   * Where the hierarchy is mounted: {@code /sys/fs/cgroup}, or {@code /sys/fs/cgroup/unified} in
   * hybrid set-ups.
   *
   * @throws BpfException if it is not mounted
   */
  static Path root() {
    try {
      return root(Files.readAllLines(MOUNTS));
    } catch (IOException e) {
      throw new BpfException("read " + MOUNTS + ": " + BpfFileSystem.reason(e), e);
    }
  }

  /** Each line is one of {@code /proc/self/mounts}: device, mount point, type. */
  static Path root(List<String> mounts) {
    return mounts.stream()
        .map(line -> line.split(" "))
        .filter(fields -> fields.length > 2 && fields[2].equals(TYPE))
        .map(fields -> Path.of(unescape(fields[1])))
        .findFirst()
        .orElseThrow(
            () ->
                new BpfException(
                    "find the cgroup hierarchy: version 2 is not mounted; as root: mount -t cgroup2 none /sys/fs/cgroup/unified"));
  }

  /** Blanks and the like are written as octal numbers: fs/proc_namespace.c. */
  private static String unescape(String path) {
    return path.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\");
  }

  /**
   * The id by which programs know a cgroup: its directory's inode.
   *
   * @throws BpfException if there is no such cgroup
   */
  static long id(Path cgroup) {
    try {
      if (!Files.getFileStore(cgroup).type().equals(TYPE)) {
        throw new BpfException(
            "attach to cgroup %s: not a cgroup of version 2; the hierarchy is at %s"
                .formatted(cgroup, root()));
      }
      return (Long) Files.getAttribute(cgroup, "unix:ino");
    } catch (IOException e) {
      throw new BpfException("attach to cgroup " + cgroup + ": " + BpfFileSystem.reason(e), e);
    }
  }
}
