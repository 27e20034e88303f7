package io.github.httpebpf.exporter.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What is pinned in a capture's directory: {@code struct capture_info} of {@code
 * native/src/http_counter.h}.
 *
 * @param ifindex of the interface when it was attached to
 * @param tcPriority of our filter; 0 unless the hook is clsact
 * @param tcHandle likewise
 * @param madeDirectories how many of the pin root's path loads have made
 * @param scope inode of the network namespace that {@code ifindex} belongs to, or of the cgroup
 * @param version of the exporter that loaded
 */
record CaptureInfo(
    int ifindex,
    Hook hook,
    int tcPriority,
    int tcHandle,
    int madeDirectories,
    long scope,
    String version) {

  static final int SIZE = 72;

  private static final int LAYOUT = 1;
  private static final int VERSION_SIZE = 40;

  /** Where the program sits; ids as in {@code enum capture_hook}. */
  enum Hook {
    TCX(1),
    CLSACT(2),
    XDP(3),
    CGROUP(4);

    private final int id;

    Hook(int id) {
      this.id = id;
    }

    static Hook ofId(int id, Path pin) {
      return Arrays.stream(values())
          .filter(hook -> hook.id == id)
          .findAny()
          .orElseThrow(() -> new BpfException("read " + pin + ": unknown hook " + id + OTHER));
    }
  }

  private static final String OTHER = "; loaded by another version, unload it with that one";

  /**
   * Reads a pinned one; empty if nothing is pinned.
   *
   * @throws BpfException if something is that cannot be read
   */
  static Optional<CaptureInfo> read(Path pin) {
    if (Files.notExists(pin)) {
      return Optional.empty();
    }
    NativeLibrary.version();
    try (PinnedMap map = PinnedMap.open(pin, MapShape.CAPTURE_INFO)) {
      return Optional.of(decode(map.first(), pin));
    }
  }

  byte[] encode() {
    ByteBuffer octets = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    octets.putInt(LAYOUT).putInt(ifindex).putInt(hook.id);
    octets.putInt(tcPriority).putInt(tcHandle).putInt(madeDirectories).putLong(scope);
    byte[] name = version.getBytes(StandardCharsets.US_ASCII);
    octets.put(name, 0, Math.min(name.length, VERSION_SIZE - 1));
    return octets.array();
  }

  /**
   * Reads what a capture_info holds.
   *
   * @param pin for error messages
   * @throws BpfException if another version wrote it, in a form that this one does not know
   */
  static CaptureInfo decode(byte[] value, Path pin) {
    ByteBuffer octets = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    int layout = octets.getInt();
    if (layout != LAYOUT) {
      throw new BpfException("read %s: layout %d, not %d%s".formatted(pin, layout, LAYOUT, OTHER));
    }
    int ifindex = octets.getInt();
    Hook hook = Hook.ofId(octets.getInt(), pin);
    int tcPriority = octets.getInt();
    int tcHandle = octets.getInt();
    int madeDirectories = octets.getInt();
    long scope = octets.getLong();
    byte[] name = new byte[VERSION_SIZE];
    octets.get(name);
    String version = new String(name, StandardCharsets.US_ASCII);
    int end = version.indexOf('\0');
    return new CaptureInfo(
        ifindex,
        hook,
        tcPriority,
        tcHandle,
        madeDirectories,
        scope,
        end < 0 ? version : version.substring(0, end));
  }
}
