package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.trace.TraceRecord;
import io.github.httpebpf.libbpf.Libbpf;
import io.github.httpebpf.libbpf.ring_buffer_sample_fn;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A ring buffer that a program writes records into and this takes them out of. One thread at a
 * time.
 */
final class TraceRing implements AutoCloseable {

  private static final class Calls {
    static final MethodHandle NEW =
        NativeCalls.capturing(
            Libbpf.ring_buffer__new$address(), Libbpf.ring_buffer__new$descriptor());
  }

  private static final String NAME = "trace_ring";

  /** What ends a call early; no errno that libbpf itself returns. */
  private static final int ENOUGH = -4000;

  private final Arena arena = Arena.ofShared();
  private final Descriptor map;
  private final MemorySegment ring;
  private final List<TraceRecord> taken = new ArrayList<>();
  private int limit;
  private @Nullable Throwable failure;
  private boolean closed;

  /**
   * Makes one; the caller closes it.
   *
   * @param size octets: a power of two, and whole pages
   * @throws BpfException if the kernel refuses it
   */
  TraceRing(int size) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment name = call.allocateFrom(NAME);
      int made =
          Libbpf.bpf_map_create(
              Libbpf.BPF_MAP_TYPE_RINGBUF(), name, 0, 0, size, MemorySegment.NULL);
      if (made < 0) {
        arena.close();
        throw refused(Errno.ofResult(made), size);
      }
      map = new Descriptor(made);
      MemorySegment state = NativeCalls.callState(call);
      MemorySegment callback = ring_buffer_sample_fn.allocate(this::take, arena);
      ring =
          (MemorySegment)
              Calls.NEW.invokeExact(state, made, callback, MemorySegment.NULL, MemorySegment.NULL);
      if (ring.equals(MemorySegment.NULL)) {
        map.close();
        arena.close();
        throw refused(NativeCalls.errno(state), size);
      }
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  private static BpfException refused(Errno errno, int size) {
    String hint = null;
    if (errno.equals(Errno.EPERM)) {
      hint = "needs root or CAP_BPF";
    } else if (errno.equals(Errno.ENOMEM)) {
      hint = "choose a smaller --buffer";
    }
    return NativeCalls.failure("create a ring of", size + " octets", errno, "", hint);
  }

  /** Called by libbpf, which nothing may be thrown into. */
  private int take(MemorySegment context, MemorySegment data, long size) {
    try {
      byte[] octets = data.reinterpret(size).toArray(ValueLayout.JAVA_BYTE);
      TraceRecord.of(octets).ifPresent(taken::add);
      return taken.size() < limit ? 0 : ENOUGH;
    } catch (Throwable e) {
      failure = e;
      return ENOUGH;
    }
  }

  /** The map's descriptor, owned by this. */
  int descriptor() {
    return map.number();
  }

  /**
   * Takes what is there.
   *
   * @param most no more than so many at a time; fewer only if there are no more
   */
  List<TraceRecord> take(int most) {
    limit = most;
    int result = Libbpf.ring_buffer__consume(ring);
    List<TraceRecord> records = List.copyOf(taken);
    taken.clear();
    if (failure != null) {
      throw new IllegalStateException("take a record", failure);
    }
    if (result != ENOUGH) {
      NativeCalls.check(result, "read", NAME);
    }
    return records;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Libbpf.ring_buffer__free(ring);
      map.close();
      arena.close();
    }
  }
}
