package io.github.httpebpf.exporter.bpf;

import java.util.Map;

/**
 * An error number of the kernel, always positive ({@code asm-generic/errno.h}).
 *
 * @param number as in errno, never negated
 */
public record Errno(int number) {

  static final Errno EPERM = new Errno(1);
  static final Errno ENOENT = new Errno(2);
  static final Errno EINTR = new Errno(4);
  static final Errno EAGAIN = new Errno(11);
  static final Errno ENOMEM = new Errno(12);
  static final Errno EACCES = new Errno(13);
  static final Errno EBUSY = new Errno(16);
  static final Errno EEXIST = new Errno(17);
  static final Errno ENODEV = new Errno(19);
  static final Errno EINVAL = new Errno(22);
  static final Errno ENOSPC = new Errno(28);
  static final Errno EOPNOTSUPP = new Errno(95);
  static final Errno ENOLINK = new Errno(67);
  static final Errno ENOBUFS = new Errno(105);

  /** Names of those that bpf, rtnetlink and mount answer with; any other shows its number alone. */
  private static final Map<Integer, String> NAMES =
      Map.ofEntries(
          Map.entry(1, "EPERM"),
          Map.entry(2, "ENOENT"),
          Map.entry(4, "EINTR"),
          Map.entry(5, "EIO"),
          Map.entry(7, "E2BIG"),
          Map.entry(8, "ENOEXEC"),
          Map.entry(9, "EBADF"),
          Map.entry(11, "EAGAIN"),
          Map.entry(12, "ENOMEM"),
          Map.entry(13, "EACCES"),
          Map.entry(14, "EFAULT"),
          Map.entry(16, "EBUSY"),
          Map.entry(17, "EEXIST"),
          Map.entry(19, "ENODEV"),
          Map.entry(20, "ENOTDIR"),
          Map.entry(22, "EINVAL"),
          Map.entry(24, "EMFILE"),
          Map.entry(28, "ENOSPC"),
          Map.entry(30, "EROFS"),
          Map.entry(34, "ERANGE"),
          Map.entry(36, "ENAMETOOLONG"),
          Map.entry(38, "ENOSYS"),
          Map.entry(67, "ENOLINK"),
          Map.entry(95, "EOPNOTSUPP"),
          Map.entry(105, "ENOBUFS"),
          Map.entry(116, "ESTALE"),
          Map.entry(524, "ENOTSUPP"));

  /** The number behind a libbpf result such as {@code -22}. */
  static Errno ofResult(long result) {
    return new Errno((int) -result);
  }

  /** Such as {@code EPERM}, or {@code other} where no name is known. */
  String name() {
    return NAMES.getOrDefault(number, "other");
  }

  /**
   * Such as {@code EPERM (1)}, or {@code errno 4003} where no name is known: libbpf has its own.
   */
  public String label() {
    String name = NAMES.get(number);
    return name == null ? "errno " + number : name + " (" + number + ")";
  }
}
