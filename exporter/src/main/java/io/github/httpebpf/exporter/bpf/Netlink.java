package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One question to the kernel over rtnetlink ({@code linux/netlink.h}); thread-safe, it keeps
 * nothing.
 */
final class Netlink {

  /** What is asked for, in error messages. */
  private static final String OPERATION = "ask rtnetlink for";

  private static final int MESSAGE_HEADER = 16;
  private static final int ATTRIBUTE_HEADER = 4;
  private static final int BUFFER = 1 << 17;
  private static final int SEQUENCE = 1;

  private static final class Calls {
    static final MethodHandle SOCKET =
        NativeCalls.capturing(Libbpf.socket$address(), Libbpf.socket$descriptor());
    static final MethodHandle SEND =
        NativeCalls.capturing(Libbpf.send$address(), Libbpf.send$descriptor());
    static final MethodHandle RECV =
        NativeCalls.capturing(Libbpf.recv$address(), Libbpf.recv$descriptor());
  }

  private Netlink() {}

  /**
   * Asks for a dump.
   *
   * @param type such as RTM_GETLINK
   * @param body the family header that follows the message header
   * @param object what it is, for error messages
   * @return the bodies of the answers, in native byte order
   */
  static List<ByteBuffer> dump(int type, ByteBuffer body, String object) {
    NativeLibrary.version();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      int flags = Libbpf.SOCK_RAW() | Libbpf.SOCK_CLOEXEC();
      int opened =
          (int) Calls.SOCKET.invokeExact(state, Libbpf.AF_NETLINK(), flags, Libbpf.NETLINK_ROUTE());
      check(opened, state, object);
      try (Descriptor socket = new Descriptor(opened)) {
        MemorySegment request = request(arena, type, body);
        long sent = (long) Calls.SEND.invokeExact(state, opened, request, request.byteSize(), 0);
        check(sent, state, object);
        return receive(arena, state, socket, object);
      }
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  private static MemorySegment request(Arena arena, int type, ByteBuffer body) {
    int length = MESSAGE_HEADER + body.remaining();
    MemorySegment request = arena.allocate(length, Integer.BYTES);
    ByteBuffer octets = request.asByteBuffer().order(ByteOrder.nativeOrder());
    octets.putInt(length).putShort((short) type);
    octets.putShort((short) (Libbpf.NLM_F_REQUEST() | Libbpf.NLM_F_DUMP()));
    octets.putInt(SEQUENCE).putInt(0).put(body.duplicate());
    return request;
  }

  private static List<ByteBuffer> receive(
      Arena arena, MemorySegment state, Descriptor socket, String object) throws Throwable {
    MemorySegment buffer = arena.allocate(BUFFER, Integer.BYTES);
    List<ByteBuffer> bodies = new ArrayList<>();
    while (true) {
      long length =
          (long) Calls.RECV.invokeExact(state, socket.number(), buffer, buffer.byteSize(), 0);
      check(length, state, object);
      byte[] answer = buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      if (split(ByteBuffer.wrap(answer).order(ByteOrder.nativeOrder()), bodies, object)) {
        return bodies;
      }
    }
  }

  /** Adds the messages of one datagram to {@code bodies}; true if the dump ends with it. */
  private static boolean split(ByteBuffer answer, List<ByteBuffer> bodies, String object) {
    while (answer.remaining() >= MESSAGE_HEADER) {
      int start = answer.position();
      int length = answer.getInt(start);
      int type = Short.toUnsignedInt(answer.getShort(start + 4));
      if (length < MESSAGE_HEADER || length > answer.remaining()) {
        throw new BpfException(OPERATION + " " + object + ": its answer is cut off");
      }
      if (type == Libbpf.NLMSG_DONE()) {
        return true;
      }
      if (type == Libbpf.NLMSG_ERROR()) {
        NativeCalls.check(answer.getInt(start + MESSAGE_HEADER), OPERATION, object);
        return true;
      }
      bodies.add(slice(answer, start + MESSAGE_HEADER, length - MESSAGE_HEADER));
      answer.position(Math.min(start + aligned(length), answer.limit()));
    }
    return false;
  }

  /** Attributes ({@code struct rtattr}) by type; of a repeated one the last. */
  static Map<Integer, ByteBuffer> attributes(ByteBuffer octets, int from) {
    Map<Integer, ByteBuffer> attributes = new HashMap<>();
    int at = from;
    while (octets.limit() - at >= ATTRIBUTE_HEADER) {
      int length = Short.toUnsignedInt(octets.getShort(at));
      if (length < ATTRIBUTE_HEADER || length > octets.limit() - at) {
        break;
      }
      // The two highest bits say nested and byte order.
      int type = Short.toUnsignedInt(octets.getShort(at + 2)) & 0x3fff;
      attributes.put(type, slice(octets, at + ATTRIBUTE_HEADER, length - ATTRIBUTE_HEADER));
      at += aligned(length);
    }
    return attributes;
  }

  /** An attribute that holds a NUL-terminated string. */
  static String string(ByteBuffer attribute) {
    byte[] octets = new byte[attribute.remaining()];
    attribute.duplicate().get(octets);
    return new String(octets, java.nio.charset.StandardCharsets.UTF_8).replaceFirst("\0.*", "");
  }

  private static ByteBuffer slice(ByteBuffer octets, int from, int length) {
    return octets.slice(from, length).order(ByteOrder.nativeOrder());
  }

  /** Netlink puts everything at multiples of four octets. */
  static int aligned(int length) {
    return (length + 3) & ~3;
  }

  private static void check(long result, MemorySegment state, String object) {
    if (result < 0) {
      throw NativeCalls.failure(OPERATION, object, NativeCalls.errno(state), "");
    }
  }
}
