package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;

/** A pinned map, opened read-only. Not thread-safe. */
final class PinnedMap implements AutoCloseable {

  private final Path pin;
  private final Descriptor map;
  private final PinnedObjects.MapInfo info;

  private PinnedMap(Path pin, Descriptor map, PinnedObjects.MapInfo info) {
    this.pin = pin;
    this.map = map;
    this.info = info;
  }

  /**
   * Opens a pin.
   *
   * @throws BpfException if there is none, or what it holds is no map of that shape
   */
  static PinnedMap open(Path pin, MapShape shape) {
    return required(open(pin), shape);
  }

  /**
   * Opens a pin, whatever the size of its map: it keeps that, so that what it has counted is not
   * lost.
   *
   * @throws BpfException if there is none, or if it is else of another shape
   */
  static PinnedMap openOfAnySize(Path pin, MapShape shape) {
    PinnedMap map = open(pin);
    return required(map, shape.withEntries(map.shape().maxEntries()));
  }

  private static PinnedMap required(PinnedMap map, MapShape shape) {
    if (!map.shape().equals(shape)) {
      map.close();
      throw new BpfException(
          "open %s: holds %s, not %s; remove it, or choose another --pin-root"
              .formatted(map.pin(), map.shape(), shape));
    }
    return map;
  }

  /**
   * Opens a pin, whatever the shape of its map.
   *
   * @throws BpfException if there is none, or it holds no map
   */
  static PinnedMap open(Path pin) {
    Descriptor map = PinnedObjects.openReadOnly(pin, PinnedObjects.Kind.MAP);
    try {
      return new PinnedMap(pin, map, PinnedObjects.mapInfo(map.number()));
    } catch (BpfException e) {
      map.close();
      throw e;
    }
  }

  Path pin() {
    return pin;
  }

  MapShape shape() {
    return info.shape();
  }

  /** Another id than before under the same path: the pin was replaced. */
  int id() {
    return info.id();
  }

  /** Owned by this. */
  int descriptor() {
    return map.number();
  }

  /** All entries of a per-CPU array of {@code __u64}, each summed over the CPUs. */
  long[] sums() {
    long[] sums = new long[info.shape().maxEntries()];
    long[][] words = wordSums();
    for (int entry = 0; entry < sums.length; entry++) {
      sums[entry] = words[entry][0];
    }
    return sums;
  }

  /** All entries of a per-CPU array of so many {@code __u64}, each of them summed over the CPUs. */
  long[][] wordSums() {
    int cpus = NativeCalls.check(Libbpf.libbpf_num_possible_cpus(), "count", "CPUs");
    int words = info.shape().valueSize() / Long.BYTES;
    long[][] sums = new long[info.shape().maxEntries()][words];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, (long) cpus * words);
      for (int entry = 0; entry < sums.length; entry++) {
        key.set(ValueLayout.JAVA_INT, 0, entry);
        lookUp(key, values);
        for (int i = 0; i < cpus * words; i++) {
          sums[entry][i % words] += values.getAtIndex(ValueLayout.JAVA_LONG, i);
        }
      }
    }
    return sums;
  }

  /** The first entry of an array. */
  byte[] first() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment value = arena.allocate(info.shape().valueSize());
      lookUp(key, value);
      return value.toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private void lookUp(MemorySegment key, MemorySegment value) {
    NativeCalls.check(Libbpf.bpf_map_lookup_elem(map.number(), key, value), "read", pin.toString());
  }

  @Override
  public void close() {
    map.close();
  }
}
