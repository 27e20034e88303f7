package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The pins by which a program is told to trace: {@code trace_map} and {@code trace_ring_map} of
 * {@code native/src/capture_maps.h}, opened to be changed. One thread at a time.
 */
final class TraceMaps implements AutoCloseable {

  /** Ids as in {@code enum trace_element}. */
  static final int UNTIL = 0;

  static final int DROPPED = 1;
  static final int DROPPED_ANSWERS = 2;

  private final Path directory;
  private final Descriptor elements;
  private final Descriptor rings;

  private TraceMaps(Path directory, Descriptor elements, Descriptor rings) {
    this.directory = directory;
    this.elements = elements;
    this.rings = rings;
  }

  /**
   * Opens those of a capture, or of those that share; the caller closes the result.
   *
   * @throws BpfException if they are not there, or may not be opened
   */
  static TraceMaps open(Path directory) {
    if (MapNames.OF_TRACE.stream().anyMatch(name -> Files.notExists(directory.resolve(name)))) {
      throw new BpfException(
          "trace %s: loaded by a version that cannot be traced; load again".formatted(directory));
    }
    Descriptor elements = open(directory.resolve(MapNames.TRACE), MapShape.TRACE);
    try {
      Path rings = directory.resolve(MapNames.TRACE_RING);
      return new TraceMaps(directory, elements, open(rings, MapShape.TRACE_RING));
    } catch (BpfException e) {
      elements.close();
      throw e;
    }
  }

  private static Descriptor open(Path pin, MapShape shape) {
    Descriptor map = PinnedObjects.open(pin, PinnedObjects.Kind.MAP);
    try {
      MapShape found = PinnedObjects.mapInfo(map.number()).shape();
      if (!found.equals(shape)) {
        throw new BpfException(
            "open %s: holds %s, not %s; load again".formatted(pin, found, shape));
      }
      return map;
    } catch (BpfException e) {
      map.close();
      throw e;
    }
  }

  /** Whether they are still those that are pinned. */
  boolean arePinned() {
    Path pin = directory.resolve(MapNames.TRACE);
    try (PinnedMap pinned = PinnedMap.open(pin)) {
      return pinned.id() == PinnedObjects.mapInfo(elements.number()).id();
    } catch (BpfException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /** Where to. */
  void enter(TraceRing ring) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_INT, ring.descriptor());
      int result = Libbpf.bpf_map_update_elem(rings.number(), key, value, Libbpf.BPF_ANY());
      NativeCalls.check(result, "write", directory.resolve(MapNames.TRACE_RING).toString());
    }
  }

  /** Up to a time of the monotonic clock, or not any more if that is 0. */
  void until(long nanoseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, UNTIL);
      MemorySegment value = arena.allocateFrom(ValueLayout.JAVA_LONG, nanoseconds);
      int result = Libbpf.bpf_map_update_elem(elements.number(), key, value, Libbpf.BPF_ANY());
      NativeCalls.check(result, "write", directory.resolve(MapNames.TRACE).toString());
    }
  }

  /** Nothing is traced any more, and no program uses the ring when this returns. */
  void clear() {
    until(0);
    try (Arena arena = Arena.ofConfined()) {
      int result = Libbpf.bpf_map_delete_elem(rings.number(), arena.allocate(ValueLayout.JAVA_INT));
      if (result < 0 && !Errno.ofResult(result).equals(Errno.ENOENT)) {
        NativeCalls.check(result, "clear", directory.resolve(MapNames.TRACE_RING).toString());
      }
    }
  }

  /** One of the numbers that the program counts. */
  long count(int element) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_INT, element);
      MemorySegment value = arena.allocate(ValueLayout.JAVA_LONG);
      int result = Libbpf.bpf_map_lookup_elem(elements.number(), key, value);
      NativeCalls.check(result, "read", directory.resolve(MapNames.TRACE).toString());
      return value.get(ValueLayout.JAVA_LONG, 0);
    }
  }

  @Override
  public void close() {
    elements.close();
    rings.close();
  }
}
