package io.github.httpebpf.exporter.bpf;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What is pinned in a capture's directory: {@code struct capture_info} of {@code
 * native/src/http_counter.h}.
 *
 * @param ifindex of the interface when it was attached to
 * @param tcPriority of our filter; 0 unless the hook is clsact
 * @param tcHandle likewise
 * @param flags {@link #CREATED_PIN_ROOT} or 0
 * @param netns inode of the network namespace that {@code ifindex} belongs to
 * @param version of the exporter that loaded
 */
record CaptureInfo(
    int ifindex, Hook hook, int tcPriority, int tcHandle, int flags, long netns, String version) {

  static final int SIZE = 72;

  /** The loader made the pin root, so unloading the last capture removes it. */
  static final int CREATED_PIN_ROOT = 1;

  private static final int LAYOUT = 1;
  private static final int VERSION_SIZE = 40;

  /** Where the program sits; ids as in {@code enum capture_hook}. */
  enum Hook {
    TCX(1),
    CLSACT(2);

    private final int id;

    Hook(int id) {
      this.id = id;
    }

    static Hook ofId(int id) {
      return Arrays.stream(values())
          .filter(hook -> hook.id == id)
          .findAny()
          .orElseThrow(() -> new BpfException("capture_info: unknown hook " + id + "; " + NEWER));
    }
  }

  private static final String NEWER = "loaded by a newer version? use that one";

  boolean createdPinRoot() {
    return (flags & CREATED_PIN_ROOT) != 0;
  }

  byte[] encode() {
    ByteBuffer octets = ByteBuffer.allocate(SIZE).order(ByteOrder.nativeOrder());
    octets.putInt(LAYOUT).putInt(ifindex).putInt(hook.id);
    octets.putInt(tcPriority).putInt(tcHandle).putInt(flags).putLong(netns);
    byte[] name = version.getBytes(StandardCharsets.US_ASCII);
    octets.put(name, 0, Math.min(name.length, VERSION_SIZE - 1));
    return octets.array();
  }

  static CaptureInfo decode(byte[] value) {
    ByteBuffer octets = ByteBuffer.wrap(value).order(ByteOrder.nativeOrder());
    int layout = octets.getInt();
    if (layout != LAYOUT) {
      throw new BpfException(
          "capture_info: layout %d, not %d; %s".formatted(layout, LAYOUT, NEWER));
    }
    int ifindex = octets.getInt();
    Hook hook = Hook.ofId(octets.getInt());
    int tcPriority = octets.getInt();
    int tcHandle = octets.getInt();
    int flags = octets.getInt();
    long netns = octets.getLong();
    byte[] name = new byte[VERSION_SIZE];
    octets.get(name);
    String version = new String(name, StandardCharsets.US_ASCII);
    int end = version.indexOf('\0');
    return new CaptureInfo(
        ifindex,
        hook,
        tcPriority,
        tcHandle,
        flags,
        netns,
        end < 0 ? version : version.substring(0, end));
  }
}
