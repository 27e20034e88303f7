package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A pinned map of requests by method and something else: {@code struct series_key} of {@code
 * native/src/http_counter.h} to a number per CPU. Owns the map. Not thread-safe.
 */
record SeriesMap(PinnedMap map) implements AutoCloseable {

  /** The rest's owner: what had no room for a series of its own. */
  static final long REST = 0;

  /** Of a key, in {@code __u64}: the owner, and the method, with what else there is. */
  static final int KEY_WORDS = MapShape.SERIES_KEY_SIZE / Long.BYTES;

  /** Where the method is in a key, likewise. */
  static final int METHOD_WORD = 1;

  /** All statuses of three digits: formatting is slow, and there may be many series. */
  private static final List<String> CODES =
      IntStream.range(0, 1000).mapToObj(each -> String.valueOf(1000 + each).substring(1)).toList();

  private static final int METHOD_OFFSET = METHOD_WORD * Long.BYTES;

  /**
   * An entry.
   *
   * @param owner a port, or the id of a cgroup, or {@link #REST}
   */
  record Series(long owner, HttpMethod method, long requests) {}

  /**
   * Opens a pin.
   *
   * @throws BpfException if there is none, or what it holds is no such map
   */
  static SeriesMap open(Path pin) {
    return new SeriesMap(PinnedMap.openOfAnySize(pin, MapShape.series(0)));
  }

  /**
   * Opens the pin of responses, whose owner is their status code.
   *
   * @throws BpfException likewise
   */
  static SeriesMap openResponses(Path pin) {
    return new SeriesMap(PinnedMap.open(pin, MapShape.RESPONSES));
  }

  /** Makes the rest's entries of a new map, so that they have their room whatever comes. */
  static void fillRest(int descriptor, MapShape shape) {
    int cpus = NativeCalls.check(Libbpf.libbpf_num_possible_cpus(), "count", "CPUs");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(shape.keySize(), Long.BYTES);
      MemorySegment values = arena.allocate((long) shape.valueSize() * cpus, Long.BYTES);
      for (HttpMethod method : HttpMethod.values()) {
        key.set(ValueLayout.JAVA_INT, METHOD_OFFSET, method.id());
        int result = Libbpf.bpf_map_update_elem(descriptor, key, values, Libbpf.BPF_ANY());
        NativeCalls.check(result, "write", "series map");
      }
    }
  }

  /** All entries, in no order. */
  List<Series> read() {
    List<Series> all = new ArrayList<>();
    HashBatches.read(
        map,
        (number, keys, sums) -> {
          for (int i = 0; i < number; i++) {
            int key = i * KEY_WORDS;
            HttpMethod method = HttpMethod.ofId(HashBatches.first(keys[key + METHOD_WORD]));
            all.add(new Series(keys[key], method, sums[i]));
          }
        });
    return all;
  }

  /** Of responses: the label is their status code, of three digits. */
  List<LabelledRequests> byCode() {
    return read().stream()
        .filter(each -> each.requests() > 0)
        .sorted(Comparator.comparingLong(Series::owner).thenComparing(Series::method))
        .map(
            each ->
                new LabelledRequests(each.method(), List.of(code(each.owner())), each.requests()))
        .toList();
  }

  static String code(long status) {
    if (status == REST) {
      return LabelledRequests.REST;
    }
    return status < CODES.size() ? CODES.get((int) status) : String.valueOf(status);
  }

  @Override
  public void close() {
    map.close();
  }
}
