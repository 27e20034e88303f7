package io.github.httpebpf.exporter.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * How libbpf and libc say that something failed, in one place.
 *
 * <p>An {@code int} of libbpf 1.x is {@code -errno}. A pointer is NULL, an {@code int} of libc -1,
 * and the reason is in errno, which survives only if the linker captures it in the very call;
 * jextract cannot emit that, so those few calls are linked here from its addresses and descriptors.
 */
final class NativeCalls {

  private static final MemoryLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final int ERRNO_OFFSET =
      (int) CALL_STATE.byteOffset(MemoryLayout.PathElement.groupElement("errno"));

  private NativeCalls() {}

  /** A libc or pointer-returning function whose errno is captured. */
  static MethodHandle capturing(MemorySegment address, FunctionDescriptor descriptor) {
    return Linker.nativeLinker()
        .downcallHandle(address, descriptor, Linker.Option.captureCallState("errno"));
  }

  /** Where a captured call leaves errno: its first argument. */
  static MemorySegment callState(Arena arena) {
    return arena.allocate(CALL_STATE);
  }

  static Errno errno(MemorySegment callState) {
    return new Errno(callState.get(JAVA_INT, ERRNO_OFFSET));
  }

  /** Returns a libbpf result that is no error. */
  static int check(int result, String operation, String object) {
    if (result < 0) {
      throw failure(operation, object, Errno.ofResult(result), "");
    }
    return result;
  }

  /** The exception for `operation object: ENAME (n) text; hint`. */
  static BpfException failure(String operation, String object, Errno errno, String detail) {
    return failure(operation, object, errno, detail, hint(errno));
  }

  static BpfException failure(
      String operation, String object, Errno errno, String detail, @Nullable String hint) {
    String message = operation + " " + object + ": " + errno.label() + " " + text(errno);
    return new BpfException(hint == null ? message : message + "; " + hint, errno, detail, null);
  }

  private static @Nullable String hint(Errno errno) {
    return errno.equals(Errno.EPERM) || errno.equals(Errno.EACCES)
        ? "needs root, or " + Capabilities.wantedForLoading()
        : null;
  }

  /** The kernel's words for an errno. */
  static String text(Errno errno) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(256);
      Libbpf.libbpf_strerror(errno.number(), buffer, buffer.byteSize());
      return buffer.getString(0);
    }
  }

  /** For the checked {@code Throwable} of a method handle: native calls throw nothing. */
  static AssertionError unexpected(Throwable thrown) {
    return new AssertionError("native call threw", thrown);
  }
}
