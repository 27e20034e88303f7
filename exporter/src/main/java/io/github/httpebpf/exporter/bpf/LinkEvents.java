package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.sockaddr_nl;
import io.github.httpebpf.libbpf.timeval;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Hears of interfaces that come, go or change: the rtnetlink group {@code RTMGRP_LINK}. It says
 * only that something happened, so what did not fit into the socket's buffer (ENOBUFS) is no loss:
 * whoever hears looks at all interfaces anew. For one thread.
 */
final class LinkEvents implements AutoCloseable {

  private static final String OPERATION = "listen to rtnetlink for";
  private static final String OBJECT = "interfaces";
  private static final int BUFFER = 1 << 16;

  /** A socket keeps its network namespace alive: whoever waits must look whether it is to be. */
  static final long WAIT_SECONDS = 1;

  private static final class Calls {
    static final MethodHandle SOCKET =
        NativeCalls.capturing(Libbpf.socket$address(), Libbpf.socket$descriptor());
    static final MethodHandle BIND =
        NativeCalls.capturing(Libbpf.bind$address(), Libbpf.bind$descriptor());
    static final MethodHandle SETSOCKOPT =
        NativeCalls.capturing(Libbpf.setsockopt$address(), Libbpf.setsockopt$descriptor());
    static final MethodHandle RECV =
        NativeCalls.capturing(Libbpf.recv$address(), Libbpf.recv$descriptor());
  }

  private final Descriptor socket;

  private LinkEvents(Descriptor socket) {
    this.socket = socket;
  }

  /** Listens from now on, in the network namespace of this thread; the caller closes the result. */
  static LinkEvents listen() {
    NativeLibrary.version();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      int flags = Libbpf.SOCK_RAW() | Libbpf.SOCK_CLOEXEC();
      int opened =
          (int) Calls.SOCKET.invokeExact(state, Libbpf.AF_NETLINK(), flags, Libbpf.NETLINK_ROUTE());
      if (opened < 0) {
        throw NativeCalls.failure(OPERATION, OBJECT, NativeCalls.errno(state), "");
      }
      LinkEvents events = new LinkEvents(new Descriptor(opened));
      if (!limitWait(arena, state, opened) || !bind(arena, state, opened)) {
        events.close();
        throw NativeCalls.failure(OPERATION, OBJECT, NativeCalls.errno(state), "");
      }
      return events;
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  private static boolean limitWait(Arena arena, MemorySegment state, int socket) throws Throwable {
    MemorySegment limit = arena.allocate(timeval.layout());
    timeval.tv_sec(limit, WAIT_SECONDS);
    int level = Libbpf.SOL_SOCKET();
    int option = Libbpf.SO_RCVTIMEO();
    int size = (int) limit.byteSize();
    return (int) Calls.SETSOCKOPT.invokeExact(state, socket, level, option, limit, size) == 0;
  }

  private static boolean bind(Arena arena, MemorySegment state, int socket) throws Throwable {
    MemorySegment address = arena.allocate(sockaddr_nl.layout());
    sockaddr_nl.nl_family(address, (short) Libbpf.AF_NETLINK());
    sockaddr_nl.nl_groups(address, Libbpf.RTMGRP_LINK());
    return (int) Calls.BIND.invokeExact(state, socket, address, (int) address.byteSize()) == 0;
  }

  /** Waits until something happens, for a second at most; false if nothing did. */
  boolean await() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      MemorySegment buffer = arena.allocate(BUFFER, Integer.BYTES);
      long length =
          (long) Calls.RECV.invokeExact(state, socket.number(), buffer, buffer.byteSize(), 0);
      Errno errno = NativeCalls.errno(state);
      if (length < 0 && (errno.equals(Errno.EAGAIN) || errno.equals(Errno.EINTR))) {
        return false;
      }
      if (length < 0 && !errno.equals(Errno.ENOBUFS)) {
        throw NativeCalls.failure(OPERATION, OBJECT, errno, "");
      }
      return true;
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
