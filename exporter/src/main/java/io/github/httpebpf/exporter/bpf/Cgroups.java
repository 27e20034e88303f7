package io.github.httpebpf.exporter.bpf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The cgroup hierarchy of version 2, which may stand beside those of version 1. Thread-safe. */
final class Cgroups {

  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");
  private static final String TYPE = "cgroup2";
  private static final String SEPARATOR = " - ";
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
   * The mount that shows most of the hierarchy, the first of those: in a container there may be one
   * that begins at the container's own cgroup, and one of the host's, which may itself be a part of
   * another host's.
   *
   * @param mounts lines of {@code /proc/self/mountinfo}
   */
  static Path root(List<String> mounts) {
    return mounts.stream()
        .flatMap(line -> Mount.of(line).stream())
        .min(Comparator.comparingInt(Mount::depth))
        .map(Mount::point)
        .orElseThrow(
            () ->
                new BpfException(
                    "find the cgroup hierarchy: version 2 is not mounted; as root: mount -t cgroup2 none /sys/fs/cgroup/unified"));
  }

  /**
   * A mount of the hierarchy.
   *
   * @param depth of the cgroup that it begins at, below the root of this process's namespace of
   *     cgroups; what is above that has {@code ..} in its path
   */
  private record Mount(Path point, int depth) {

    private static final int ROOT = 3;
    private static final int POINT = 4;

    /** Number, parent's number, device, root, mount point, options; behind a dash the type. */
    static Optional<Mount> of(String line) {
      String[] fields = line.split(" ", -1);
      boolean isOurs =
          fields.length > POINT
              && line.contains(SEPARATOR)
              && line.split(SEPARATOR, 2)[1].startsWith(TYPE + " ");
      return isOurs
          ? Optional.of(new Mount(Path.of(unescape(fields[POINT])), depth(fields[ROOT])))
          : Optional.empty();
    }

    private static int depth(String root) {
      int depth = 0;
      for (String name : root.split("/", -1)) {
        depth += name.equals("..") ? -1 : name.isEmpty() ? 0 : 1;
      }
      return depth;
    }
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
