package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/** A directory that is held open, for calls that take its descriptor. Not thread-safe. */
final class OpenDirectory implements AutoCloseable {

  private static final class Calls {
    static final MethodHandle OPENDIR =
        NativeCalls.capturing(Libbpf.opendir$address(), Libbpf.opendir$descriptor());
  }

  private final MemorySegment directory;

  private OpenDirectory(MemorySegment directory) {
    this.directory = directory;
  }

  /**
   * Opens a directory; the caller closes it.
   *
   * @param operation what for, in error messages
   */
  static OpenDirectory open(Path path, String operation) {
    NativeLibrary.version();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      MemorySegment directory =
          (MemorySegment) Calls.OPENDIR.invokeExact(state, arena.allocateFrom(path.toString()));
      if (directory.equals(MemorySegment.NULL)) {
        throw NativeCalls.failure(operation, path.toString(), NativeCalls.errno(state), "");
      }
      return new OpenDirectory(directory);
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  /** Owned by this. */
  int descriptor() {
    return Libbpf.dirfd(directory);
  }

  @Override
  public void close() {
    Libbpf.closedir(directory);
  }
}
