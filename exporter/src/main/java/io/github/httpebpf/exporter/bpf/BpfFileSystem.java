package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Mounts, makes and removes what the file system itself holds; errors name path and reason. */
final class BpfFileSystem {

  private static final Path MOUNT_POINT = Path.of("/sys/fs/bpf");
  private static final String TYPE = "bpf";
  private static final String DIRECTORY_MODE = "rwxr-xr-x";

  /** Of a directory that a load has made and not finished; nobody would choose it. */
  private static final String UNFINISHED_MODE = "rwxr--r-x";

  private static final class Calls {
    static final MethodHandle MOUNT =
        NativeCalls.capturing(Libbpf.mount$address(), Libbpf.mount$descriptor());
  }

  private BpfFileSystem() {}

  /** Whether a path, or what of it exists, lies on a bpf file system. */
  static boolean holds(Path path) {
    return TYPE.equals(typeOf(path));
  }

  /** Whether a path, or what of it exists, may be written by this process. */
  static boolean isWritable(Path path) {
    return Files.isWritable(existing(path));
  }

  private static Path existing(Path path) {
    Path existing = path;
    while (!Files.exists(existing) && existing.getParent() != null) {
      existing = existing.getParent();
    }
    return existing;
  }

  private static String typeOf(Path path) {
    Path existing = existing(path);
    try {
      return Files.getFileStore(existing).type();
    } catch (IOException e) {
      throw new BpfException("look at " + existing + ": " + reason(e), e);
    }
  }

  /**
   * Makes sure that a pin root can be made: mounts the bpf file system where hosts have it, if that
   * is where the root lies and none is there.
   *
   * @throws BpfException if the root is elsewhere, or mounting is not permitted
   */
  static void require(Path pinRoot) {
    if (holds(pinRoot)) {
      return;
    }
    if (!isMountable(pinRoot)) {
      throw new BpfException(
          "pin root %s: not on a bpf file system but on %s; choose a --pin-root below %s"
              .formatted(pinRoot, typeOf(pinRoot), MOUNT_POINT));
    }
    if (!sharesMounts()) {
      throw new BpfException(
          "pin root %s: not on a bpf file system, and one mounted here would end with this command; in a network namespace use nsenter --net=FILE, not ip netns exec"
              .formatted(pinRoot));
    }
    mount();
  }

  /** Whether the root lies where hosts mount the bpf file system. */
  static boolean isMountable(Path pinRoot) {
    return pinRoot.startsWith(MOUNT_POINT);
  }

  /** False where {@code ip netns exec} and the like have hidden the host's mounts. */
  private static boolean sharesMounts() {
    try {
      Path first = Path.of("/proc/1/ns/mnt");
      return Files.readSymbolicLink(first)
          .equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
    } catch (IOException e) {
      // Not for us to see; then mounting is tried.
      return true;
    }
  }

  private static void mount() {
    NativeLibrary.version();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      MemorySegment type = arena.allocateFrom(TYPE);
      int result =
          (int)
              Calls.MOUNT.invokeExact(
                  state,
                  type,
                  arena.allocateFrom(MOUNT_POINT.toString()),
                  type,
                  0L,
                  arena.allocateFrom("mode=0755"));
      if (result != 0) {
        String hint = "as root: mount -t bpf bpf " + MOUNT_POINT;
        throw NativeCalls.failure(
            "mount a bpf file system on",
            MOUNT_POINT.toString(),
            NativeCalls.errno(state),
            "",
            hint);
      }
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  /**
   * Makes one directory, marked as unfinished: should this process be killed, the next load takes
   * it over, and unload removes it.
   *
   * @return false if it is there already, and finished or not ours
   */
  static boolean makeDirectory(Path path) {
    try {
      Set<PosixFilePermission> mode = PosixFilePermissions.fromString(UNFINISHED_MODE);
      Files.createDirectory(path, PosixFilePermissions.asFileAttribute(mode));
      // The umask may have taken some of it.
      Files.setPosixFilePermissions(path, mode);
      return true;
    } catch (FileAlreadyExistsException e) {
      if (Files.isDirectory(path)) {
        return isUnfinished(path);
      }
      throw new BpfException(
          "create directory "
              + path
              + ": something else is there; remove it, or choose another --pin-root",
          e);
    } catch (IOException e) {
      throw new BpfException("create directory " + path + ": " + reason(e), e);
    }
  }

  /** Likewise, to be taken back. */
  static boolean makeDirectory(Path path, Rollback rollback) {
    boolean made = makeDirectory(path);
    if (made) {
      rollback.add(() -> deleteQuietly(path));
    }
    return made;
  }

  /** Says that a directory shall stay. */
  static void finishDirectory(Path path) {
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(DIRECTORY_MODE));
    } catch (IOException e) {
      throw new BpfException("finish directory " + path + ": " + reason(e), e);
    }
  }

  /** Whether a load made this directory and has not finished, or was killed. */
  static boolean isUnfinished(Path path) {
    try {
      return Files.isDirectory(path)
          && PosixFilePermissions.toString(Files.getPosixFilePermissions(path))
              .equals(UNFINISHED_MODE);
    } catch (IOException e) {
      return false;
    }
  }

  /** What a directory holds. */
  static List<Path> list(Path path) {
    try (DirectoryStream<Path> directory = Files.newDirectoryStream(path)) {
      List<Path> entries = new ArrayList<>();
      directory.forEach(entries::add);
      return entries;
    } catch (DirectoryIteratorException e) {
      throw new BpfException(
          "list " + path + ": " + reason(Objects.requireNonNull(e.getCause())), e);
    } catch (IOException e) {
      throw new BpfException("list " + path + ": " + reason(e), e);
    }
  }

  /** Removes a pin or an empty directory, if it is there. */
  static void delete(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      throw new BpfException("remove " + path + ": " + reason(e), e);
    }
  }

  /** Removes what may or may not be removable: half-done work, directories that others may use. */
  static void deleteQuietly(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      System.getLogger(BpfFileSystem.class.getName())
          .log(System.Logger.Level.DEBUG, "left {0}: {1}", path, reason(e));
    }
  }

  /** Why, without the path that the caller names already. */
  static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return Errno.EACCES.label() + " Permission denied; needs root, or other permissions there";
    }
    if (e instanceof NoSuchFileException) {
      return Errno.ENOENT.label() + " No such file or directory";
    }
    if (e instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return e.getClass().getSimpleName();
  }
}
