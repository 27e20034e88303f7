package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads hashes many entries at a time: {@code BPF_MAP_LOOKUP_BATCH} of Linux 5.6. Nobody deletes,
 * so no entry comes twice. Stateless.
 */
final class HashBatches {

  /** Entries of one call; a bucket of the hash has fewer. */
  private static final int ENTRIES = 1024;

  private static final int KEY_ALIGNMENT = Long.BYTES;

  private HashBatches() {}

  /** Takes an entry; segments are valid during the call alone. */
  @FunctionalInterface
  interface Entry {
    /**
     * Takes it.
     *
     * @param keys with this entry's at that offset
     * @param values of all CPUs one after the other, likewise
     */
    void take(MemorySegment keys, long key, MemorySegment values, long value);
  }

  /**
   * Hands on all entries, in no order.
   *
   * @param values of so many octets an entry, all CPUs together
   */
  static void read(PinnedMap map, int values, Entry entry) {
    int keys = map.shape().keySize();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment position = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment from = MemorySegment.NULL;
      MemorySegment keyOctets = arena.allocate((long) ENTRIES * keys, KEY_ALIGNMENT);
      MemorySegment valueOctets = arena.allocate((long) ENTRIES * values, KEY_ALIGNMENT);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      boolean more = true;
      while (more) {
        count.set(ValueLayout.JAVA_INT, 0, ENTRIES);
        int result =
            Libbpf.bpf_map_lookup_batch(
                map.descriptor(),
                from,
                position,
                keyOctets,
                valueOctets,
                count,
                MemorySegment.NULL);
        more = result >= 0;
        if (!more && !Errno.ofResult(result).equals(Errno.ENOENT)) {
          NativeCalls.check(result, "read", map.pin().toString());
        }
        int found = count.get(ValueLayout.JAVA_INT, 0);
        for (int i = 0; i < found; i++) {
          entry.take(keyOctets, (long) i * keys, valueOctets, (long) i * values);
        }
        from = position;
      }
    }
  }
}
