package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads hashes many entries at a time: {@code BPF_MAP_LOOKUP_BATCH} of Linux 5.6. Nobody deletes,
 * so no entry comes twice. Stateless.
 *
 * <p>What a batch holds is copied at once: the compiler that the exporter runs with
 * (bin/jvm.options) makes each access to native memory a chain of calls.
 */
final class HashBatches {

  /** Entries of one call; a bucket of the hash has fewer. */
  private static final int ENTRIES = 1024;

  /** Fewer where there are many CPUs: at most so many {@code __u64} of values. */
  private static final int VALUE_WORDS = 1 << 15;

  private static final int FEWEST_ENTRIES = 128;

  private HashBatches() {}

  /** Takes some entries; what it is given is valid during the call alone. */
  @FunctionalInterface
  interface Batch {
    /**
     * Takes them.
     *
     * @param number of entries
     * @param keys of one behind the other, in {@code __u64}
     * @param sums over the CPUs of each {@code __u64} of their values, likewise
     */
    void take(int number, long[] keys, long[] sums);
  }

  /**
   * Hands on all entries of a per-CPU hash, in no order. Its keys are a number of {@code __u64}.
   */
  static void read(PinnedMap map, Batch batch) {
    int cpus = NativeCalls.check(Libbpf.libbpf_num_possible_cpus(), "count", "CPUs");
    int keyWords = map.shape().keySize() / Long.BYTES;
    int sumWords = map.shape().valueSize() / Long.BYTES;
    int valueWords = sumWords * cpus;
    int entries =
        Math.min(
            Math.clamp(VALUE_WORDS / valueWords, FEWEST_ENTRIES, ENTRIES),
            map.shape().maxEntries());
    long[] keys = new long[entries * keyWords];
    long[] values = new long[entries * valueWords];
    long[] sums = new long[entries * sumWords];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment position = arena.allocate(ValueLayout.JAVA_LONG);
      MemorySegment from = MemorySegment.NULL;
      MemorySegment foundKeys = arena.allocate(ValueLayout.JAVA_LONG, keys.length);
      MemorySegment foundValues = arena.allocate(ValueLayout.JAVA_LONG, values.length);
      MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
      boolean more = true;
      while (more) {
        count.set(ValueLayout.JAVA_INT, 0, entries);
        int result =
            Libbpf.bpf_map_lookup_batch(
                map.descriptor(),
                from,
                position,
                foundKeys,
                foundValues,
                count,
                MemorySegment.NULL);
        more = result >= 0;
        if (!more && !Errno.ofResult(result).equals(Errno.ENOENT)) {
          NativeCalls.check(result, "read", map.pin().toString());
        }
        int found = count.get(ValueLayout.JAVA_INT, 0);
        copy(foundKeys, keys, found * keyWords);
        copy(foundValues, values, found * valueWords);
        sum(values, cpus, sumWords, sums, found * sumWords);
        batch.take(found, keys, sums);
        from = position;
      }
    }
  }

  /** The {@code __u32} that comes first in a {@code __u64} of a key; machines are little-endian. */
  static int first(long word) {
    return (int) word;
  }

  private static void copy(MemorySegment from, long[] to, int words) {
    MemorySegment.copy(from, ValueLayout.JAVA_LONG, 0, to, 0, words);
  }

  /** Of an entry the values of all CPUs are behind one another, and then those of the next. */
  private static void sum(long[] values, int cpus, int words, long[] sums, int number) {
    for (int first = 0; first < number; first += words) {
      for (int i = 0; i < words; i++) {
        int at = first * cpus + i;
        long sum = 0;
        for (int cpu = 0; cpu < cpus; cpu++) {
          sum += values[at + cpu * words];
        }
        sums[first + i] = sum;
      }
    }
  }
}
