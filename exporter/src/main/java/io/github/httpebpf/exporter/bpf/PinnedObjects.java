package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.bpf_map_info;
import io.github.httpebpf.libbpf.bpf_obj_get_opts;
import io.github.httpebpf.libbpf.bpf_prog_info;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Opens, describes and pins bpf objects; an {@code int} is a descriptor that somebody else owns.
 * Thread-safe.
 */
final class PinnedObjects {

  /** What a pin can hold, as {@code /proc/self/fd} names it. */
  enum Kind {
    MAP("bpf-map"),
    PROGRAM("bpf-prog"),
    LINK("bpf-link");

    private final String inode;

    Kind(String inode) {
      this.inode = inode;
    }
  }

  /** A map's id, unique while the kernel runs, and its shape. */
  record MapInfo(int id, MapShape shape) {}

  /** A program's id, and how often and how long it ran while {@code kernel.bpf_stats_enabled}. */
  record ProgramInfo(int id, String name, long runs, long nanoseconds) {}

  private static final int NAME_LENGTH = 16;

  private PinnedObjects() {}

  /**
   * Opens a pin for reading alone, for which no capability is needed. The caller owns the result.
   */
  static Descriptor openReadOnly(Path pin, Kind kind) {
    return open(pin, kind, Libbpf.BPF_F_RDONLY());
  }

  /** Opens a pin for changing what it holds. The caller owns the result. */
  static Descriptor open(Path pin, Kind kind) {
    return open(pin, kind, 0);
  }

  private static Descriptor open(Path pin, Kind kind, int flags) {
    NativeLibrary.version();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment options = arena.allocate(bpf_obj_get_opts.layout());
      bpf_obj_get_opts.sz(options, options.byteSize());
      bpf_obj_get_opts.file_flags(options, flags);
      MemorySegment path = arena.allocateFrom(pin.toString());
      int result = Libbpf.bpf_obj_get_opts(path, options);
      if (flags != 0 && result < 0 && Errno.ofResult(result).equals(Errno.EINVAL)) {
        // A link cannot be opened read-only: open it all the same, to say that it is one.
        bpf_obj_get_opts.file_flags(options, 0);
        result = Libbpf.bpf_obj_get_opts(path, options);
      }
      if (result < 0) {
        throw refused(pin, Errno.ofResult(result));
      }
      Descriptor descriptor = new Descriptor(result);
      requireKind(descriptor, pin, kind);
      return descriptor;
    }
  }

  private static BpfException refused(Path pin, Errno errno) {
    String hint = null;
    if (errno.equals(Errno.EACCES)) {
      hint = "needs root, or other permissions there";
    } else if (errno.equals(Errno.EPERM)) {
      hint = "needs root or CAP_BPF, before Linux 5.19 to read too";
    }
    return NativeCalls.failure("open", pin.toString(), errno, "", hint);
  }

  private static void requireKind(Descriptor descriptor, Path pin, Kind kind) {
    String inode;
    try {
      inode = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor.number())).toString();
    } catch (IOException e) {
      descriptor.close();
      throw new BpfException("open " + pin + ": cannot tell what it holds: " + e.getMessage(), e);
    }
    // Older kernels write bpf_link.
    if (!inode.replace('_', '-').endsWith(kind.inode)) {
      descriptor.close();
      throw new BpfException(
          "open %s: holds %s, not %s; remove it, or choose another --pin-root"
              .formatted(pin, inode.replaceFirst("^anon_inode:", ""), kind.inode));
    }
  }

  static MapInfo mapInfo(int map) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = info(arena, map, arena.allocate(bpf_map_info.layout()));
      return new MapInfo(
          bpf_map_info.id(info),
          new MapShape(
              bpf_map_info.type(info),
              bpf_map_info.key_size(info),
              bpf_map_info.value_size(info),
              bpf_map_info.max_entries(info)));
    }
  }

  static ProgramInfo programInfo(int program) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = info(arena, program, arena.allocate(bpf_prog_info.layout()));
      byte[] name = bpf_prog_info.name(info).asSlice(0, NAME_LENGTH).toArray(ValueLayout.JAVA_BYTE);
      return new ProgramInfo(
          bpf_prog_info.id(info),
          new String(name, java.nio.charset.StandardCharsets.US_ASCII).replaceFirst("\0.*", ""),
          bpf_prog_info.run_cnt(info),
          bpf_prog_info.run_time_ns(info));
    }
  }

  private static MemorySegment info(Arena arena, int object, MemorySegment info) {
    MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, (int) info.byteSize());
    int result = Libbpf.bpf_obj_get_info_by_fd(object, info, length);
    NativeCalls.check(result, "describe", "bpf object");
    return info;
  }

  /** Pins at a path that is free; EEXIST if it is not. */
  static void pin(int object, Path pin, String permissions) {
    try (Arena arena = Arena.ofConfined()) {
      int result = Libbpf.bpf_obj_pin(object, arena.allocateFrom(pin.toString()));
      NativeCalls.check(result, "pin", pin.toString());
    }
    try {
      Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString(permissions));
    } catch (IOException e) {
      BpfFileSystem.deleteQuietly(pin);
      throw new BpfException("pin " + pin + ": cannot set its mode: " + e.getMessage(), e);
    }
  }

  /** Pins at a path that may hold another object, which is replaced in one step. */
  static void replacePin(int object, Path pin, String permissions) {
    Path temporary = pin.resolveSibling(pin.getFileName() + "_new");
    BpfFileSystem.deleteQuietly(temporary);
    pin(object, temporary, permissions);
    try {
      Files.move(temporary, pin, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      BpfFileSystem.deleteQuietly(temporary);
      throw new BpfException("pin " + pin + ": cannot replace it: " + e.getMessage(), e);
    }
  }
}
