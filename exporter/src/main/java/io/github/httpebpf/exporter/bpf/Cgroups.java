package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The cgroup hierarchy of version 2, which may stand beside those of version 1. Thread-safe. */
final class Cgroups {

  private static final Path MOUNTS = Path.of("/proc/self/mounts");
  private static final String TYPE = "cgroup2";
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");

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

  /**
   * The mount that shows the hierarchy whole, if there is one: in a container the first one may
   * begin at the container's own cgroup, and the host's be mounted elsewhere.
   *
   * @param mounts lines of {@code /proc/self/mounts}: device, mount point, type
   */
  static Path root(List<String> mounts) {
    List<Path> roots =
        mounts.stream()
            .map(line -> line.split(" "))
            .filter(fields -> fields.length > 2 && fields[2].equals(TYPE))
            .map(fields -> Path.of(unescape(fields[1])))
            .toList();
    if (roots.isEmpty()) {
      throw new BpfException(
          "find the cgroup hierarchy: version 2 is not mounted; as root: mount -t cgroup2 none /sys/fs/cgroup/unified");
    }
    return roots.stream().filter(Cgroups::isWhole).findFirst().orElse(roots.getFirst());
  }

  /** Whether a mount point is the hierarchy's own root: kernfs gives it the first inode. */
  static boolean isWhole(Path root) {
    try {
      return Files.getAttribute(root, "unix:ino").equals(1L);
    } catch (IOException e) {
      // Not ours to see.
      return false;
    }
  }

  /** Blanks and the like are written as octal numbers: fs/proc_namespace.c. */
  private static String unescape(String path) {
    return OCTAL
        .matcher(path)
        .replaceAll(
            octal ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(octal.group(1), 8))));
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
