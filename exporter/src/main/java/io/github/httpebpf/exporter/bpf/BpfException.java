package io.github.httpebpf.exporter.bpf;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An operation on the kernel that failed. The message is one line for the user; {@link #detail()}
 * is what follows it, such as the verifier's log.
 */
public final class BpfException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final transient @Nullable Errno errno;
  private final String detail;

  BpfException(String message, @Nullable Errno errno, String detail, @Nullable Throwable cause) {
    super(message, cause);
    this.errno = errno;
    this.detail = detail;
  }

  BpfException(String message) {
    this(message, null, "", null);
  }

  BpfException(String message, Throwable cause) {
    this(message, null, "", cause);
  }

  /** Whether the kernel answered so; false where no call into it was made. */
  boolean is(Errno expected) {
    return Objects.equals(errno, expected);
  }

  /** What a metric says of it: the name of an errno, or {@code other}. */
  String reason() {
    return errno == null ? "other" : errno.name();
  }

  /** Lines for below the message; empty if there are none. */
  public String detail() {
    return detail;
  }
}
