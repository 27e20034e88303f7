package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.UrlText;
import io.github.httpebpf.exporter.metrics.Urls;
import io.github.httpebpf.exporter.metrics.Urls.Url;
import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;

/**
 * Reads the URLs of captures: {@code url_name_map}, {@code url_request_map} and {@code
 * url_response_map} of {@code native/src/http_counter.h}. Names never change and are remembered
 * while their map is the same. Thread-safe.
 */
final class UrlReader {

  static final int STATUS_SHIFT = 8;
  private static final int METHOD_MASK = (1 << STATUS_SHIFT) - 1;

  /** Of a value of {@code url_request_map}, in {@code __u64}: requests, responses, nanoseconds. */
  private static final int REQUEST_WORDS = MapShape.URL_COUNTS_SIZE / Long.BYTES;

  static final int HOST_OFFSET = 8;
  static final int PATH_OFFSET = 144;

  private final Map<String, UrlNames> names = new ConcurrentHashMap<>();

  /** Nothing if that capture has none. */
  Optional<Urls> read(CaptureDirectory directory) {
    if (Files.notExists(directory.urlRequestMap())) {
      names.remove(directory.name());
      return Optional.empty();
    }
    try (PinnedMap nameMap = PinnedMap.openOfAnySize(directory.urlNameMap(), MapShape.urlNames(0));
        PinnedMap requests =
            PinnedMap.openOfAnySize(directory.urlRequestMap(), MapShape.urlSeries(0));
        PinnedMap responses =
            PinnedMap.openOfAnySize(directory.urlResponseMap(), MapShape.series(0))) {
      UrlNames known =
          names.compute(
              directory.name(),
              (name, before) ->
                  before != null && before.map() == nameMap.id()
                      ? before
                      : new UrlNames(nameMap.id()));
      boolean answers = directory.kind().seesAnswers();
      synchronized (known) {
        // First the responses: there are never more of them than of requests.
        List<Urls.Responses> responsesFound = responses(responses, nameMap, known);
        return Optional.of(
            new Urls(
                nameMap.shape().maxEntries(),
                requests(requests, nameMap, known),
                answers ? responsesFound : List.of(),
                answers));
      }
    }
  }

  private static List<Urls.Requests> requests(PinnedMap map, PinnedMap nameMap, UrlNames known) {
    LongFunction<Url> lookUp = owner -> lookUp(owner, nameMap);
    List<Urls.Requests> all = new ArrayList<>(known.size());
    HashBatches.read(
        map,
        (number, keys, sums) -> {
          for (int i = 0; i < number; i++) {
            int key = i * SeriesMap.KEY_WORDS;
            int sum = i * REQUEST_WORDS;
            Url url = known.of(keys[key], lookUp);
            int id = HashBatches.first(keys[key + SeriesMap.METHOD_WORD]);
            HttpMethod method = HttpMethod.ofId(id);
            // Those of the rest are there from the start.
            if (sums[sum] > 0 || keys[key] != SeriesMap.REST) {
              all.add(new Urls.Requests(method, url, sums[sum], sums[sum + 1], sums[sum + 2]));
            }
          }
        });
    return all;
  }

  private static List<Urls.Responses> responses(PinnedMap map, PinnedMap nameMap, UrlNames known) {
    LongFunction<Url> lookUp = owner -> lookUp(owner, nameMap);
    List<Urls.Responses> all = new ArrayList<>(known.size());
    HashBatches.read(
        map,
        (number, keys, sums) -> {
          for (int i = 0; i < number; i++) {
            if (sums[i] > 0) {
              int key = i * SeriesMap.KEY_WORDS;
              Url url = known.of(keys[key], lookUp);
              int what = HashBatches.first(keys[key + SeriesMap.METHOD_WORD]);
              HttpMethod method = HttpMethod.ofId(what & METHOD_MASK);
              String code = SeriesMap.code(what >>> STATUS_SHIFT);
              all.add(new Urls.Responses(method, url, code, sums[i]));
            }
          }
        });
    return all;
  }

  /** Entered before anything is counted under it. */
  private static Url lookUp(long owner, PinnedMap map) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_LONG, owner);
      MemorySegment value = arena.allocate(MapShape.URL_NAME_SIZE, Long.BYTES);
      int result = Libbpf.bpf_map_lookup_elem(map.descriptor(), key, value);
      NativeCalls.check(result, "read", map.pin().toString());
      int host = value.get(ValueLayout.JAVA_SHORT, 0);
      int path = value.get(ValueLayout.JAVA_SHORT, Short.BYTES);
      return new Url(text(value, HOST_OFFSET, host), text(value, PATH_OFFSET, path));
    }
  }

  private static String text(MemorySegment name, int offset, int length) {
    return UrlText.of(name.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
  }
}
