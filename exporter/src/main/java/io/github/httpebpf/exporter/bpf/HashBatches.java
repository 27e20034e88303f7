package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Reads hashes many entries at a time: {@code BPF_MAP_LOOKUP_BATCH} of Linux 5.6. Nobody deletes,
 * so no entry comes twice. Stateless.
 */
final class HashBatches {

  /** Entries of one call; a bucket of the hash has fewer. */
  private static final int ENTRIES = 1024;

  private static final int ALIGNMENT = Long.BYTES;

  private HashBatches() {}

  /** Takes an entry; what it is given is valid during the call alone. */
  @FunctionalInterface
  interface Entry {
    /**
     * Takes it.
     *
     * @param keys with this entry's at that offset
     * @param sums of each {@code __u64} of its value over the CPUs
     */
    void take(MemorySegment keys, long key, long[] sums);
  }

  /** Hands on all entries of a per-CPU hash, in no order. */
  static void read(PinnedMap map, Entry entry) {
    int keySize = map.shape().keySize();
    int cpus = NativeCalls.check(Libbpf.libbpf_num_possible_cpus(), "count", "CPUs");
    long[] sums = new long[map.shape().valueSize() / Long.BYTES];
    long valueSize = (long) sums.length * Long.BYTES * cpus;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment position = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment from = MemorySegment.NULL;
      MemorySegment keys = arena.allocate((long) ENTRIES * keySize, ALIGNMENT);
      MemorySegment values = arena.allocate(ENTRIES * valueSize, ALIGNMENT);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      boolean more = true;
      while (more) {
        count.set(ValueLayout.JAVA_INT, 0, ENTRIES);
        int result =
            Libbpf.bpf_map_lookup_batch(
                map.descriptor(), from, position, keys, values, count, MemorySegment.NULL);
        more = result >= 0;
        if (!more && !Errno.ofResult(result).equals(Errno.ENOENT)) {
          NativeCalls.check(result, "read", map.pin().toString());
        }
        int found = count.get(ValueLayout.JAVA_INT, 0);
        for (int i = 0; i < found; i++) {
          sum(values, i * valueSize, cpus, sums);
          entry.take(keys, (long) i * keySize, sums);
        }
        from = position;
      }
    }
  }

  private static void sum(MemorySegment values, long at, int cpus, long[] sums) {
    Arrays.fill(sums, 0);
    for (int i = 0; i < cpus * sums.length; i++) {
      sums[i % sums.length] += values.get(ValueLayout.JAVA_LONG, at + (long) i * Long.BYTES);
    }
  }
}
