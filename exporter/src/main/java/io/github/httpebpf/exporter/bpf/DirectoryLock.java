package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps loads and unloads under one pin root apart, and traces of one capture, whichever process or
 * container makes them: flock(2) on the directory itself, given back by the kernel when its holder
 * ends, however it ends.
 */
final class DirectoryLock implements AutoCloseable {

  private static final class Calls {
    static final MethodHandle FLOCK =
        NativeCalls.capturing(Libbpf.flock$address(), Libbpf.flock$descriptor());
  }

  /** {@code LOCK_SH | LOCK_NB} of {@code sys/file.h}. */
  private static final int SHARED_AT_ONCE = 1 | 4;

  private final Path path;
  private final OpenDirectory directory;

  private DirectoryLock(Path path, OpenDirectory directory) {
    this.path = path;
    this.directory = directory;
  }

  /** Waits for the lock on a directory that exists; the caller closes it. */
  static DirectoryLock acquire(Path path) {
    DirectoryLock lock = new DirectoryLock(path, OpenDirectory.open(path, "lock"));
    Errno error = lock.lock(Libbpf.LOCK_EX());
    if (error != null) {
      lock.close();
      throw NativeCalls.failure("lock", path.toString(), error, "");
    }
    return lock;
  }

  /** Does not wait: empty if another has the lock. The caller closes the result. */
  static Optional<DirectoryLock> acquireAtOnce(Path path) {
    DirectoryLock lock = new DirectoryLock(path, OpenDirectory.open(path, "lock"));
    Errno error = lock.lock(Libbpf.LOCK_EX() | Libbpf.LOCK_NB());
    if (error == null) {
      return Optional.of(lock);
    }
    lock.close();
    if (error.equals(Errno.EAGAIN)) {
      return Optional.empty();
    }
    throw NativeCalls.failure("lock", path.toString(), error, "");
  }

  /** Whether a load or unload is under way; needs no privilege but to read the directory. */
  static boolean isTaken(Path path) {
    try (DirectoryLock lock = new DirectoryLock(path, OpenDirectory.open(path, "lock"))) {
      return lock.lock(SHARED_AT_ONCE) != null;
    } catch (BpfException e) {
      // It has gone, or is not ours to read.
      return false;
    }
  }

  /** Null if it was granted. */
  private @Nullable Errno lock(int operation) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      int result = (int) Calls.FLOCK.invokeExact(state, descriptor(), operation);
      return result == 0 ? null : NativeCalls.errno(state);
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  private int descriptor() {
    return directory.descriptor();
  }

  /** Whether the path is still the directory that is locked: an unload may have removed it. */
  boolean holds() {
    try {
      Object locked = Files.getAttribute(Path.of("/proc/self/fd/" + descriptor()), "unix:ino");
      return Files.exists(path) && Objects.equals(locked, Files.getAttribute(path, "unix:ino"));
    } catch (IOException e) {
      return false;
    }
  }

  @Override
  public void close() {
    directory.close();
  }
}
