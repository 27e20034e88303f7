package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.UrlText;
import io.github.httpebpf.exporter.metrics.Urls;
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

/**
 * Reads the URLs of captures: {@code url_name_map}, {@code url_request_map} and {@code
 * url_response_map} of {@code native/src/http_counter.h}. Names never change and are remembered
 * while their map is the same. Thread-safe.
 */
final class UrlReader {

  private static final int METHOD_OFFSET = 8;
  static final int STATUS_SHIFT = 8;
  private static final int METHOD_MASK = (1 << STATUS_SHIFT) - 1;
  static final int HOST_OFFSET = 8;
  static final int PATH_OFFSET = 144;
  private static final List<String> REST = List.of(LabelledRequests.REST, LabelledRequests.REST);

  /** Host and path by owner, of a map of that id. */
  private record Names(int map, Map<Long, List<String>> byOwner) {}

  private final Map<String, Names> names = new ConcurrentHashMap<>();

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
      Names known =
          names.compute(
              directory.name(),
              (name, before) ->
                  before != null && before.map() == nameMap.id()
                      ? before
                      : new Names(nameMap.id(), new ConcurrentHashMap<>()));
      // First the responses: there are never more of them than of requests.
      List<Urls.Responses> responsesFound = responses(responses, nameMap, known.byOwner());
      boolean answers = directory.kind().seesAnswers();
      return Optional.of(
          new Urls(
              nameMap.shape().maxEntries(),
              requests(requests, nameMap, known.byOwner()),
              answers ? responsesFound : List.of(),
              answers));
    }
  }

  private static List<Urls.Requests> requests(
      PinnedMap map, PinnedMap nameMap, Map<Long, List<String>> known) {
    List<Urls.Requests> all = new ArrayList<>();
    HashBatches.read(
        map,
        (keys, key, sums) -> {
          List<String> url = name(keys.get(ValueLayout.JAVA_LONG, key), nameMap, known);
          HttpMethod method = HttpMethod.ofId(keys.get(ValueLayout.JAVA_INT, key + METHOD_OFFSET));
          // Those of the rest are there from the start.
          if (sums[0] > 0 || !url.equals(REST)) {
            all.add(new Urls.Requests(method, url.get(0), url.get(1), sums[0], sums[1], sums[2]));
          }
        });
    return all;
  }

  private static List<Urls.Responses> responses(
      PinnedMap map, PinnedMap nameMap, Map<Long, List<String>> known) {
    List<Urls.Responses> all = new ArrayList<>();
    HashBatches.read(
        map,
        (keys, key, sums) -> {
          if (sums[0] > 0) {
            List<String> url = name(keys.get(ValueLayout.JAVA_LONG, key), nameMap, known);
            int what = keys.get(ValueLayout.JAVA_INT, key + METHOD_OFFSET);
            HttpMethod method = HttpMethod.ofId(what & METHOD_MASK);
            String code = SeriesMap.code(what >>> STATUS_SHIFT);
            all.add(new Urls.Responses(method, url.get(0), url.get(1), code, sums[0]));
          }
        });
    return all;
  }

  /** Entered before anything is counted under it. */
  private static List<String> name(long owner, PinnedMap map, Map<Long, List<String>> known) {
    return owner == SeriesMap.REST ? REST : known.computeIfAbsent(owner, key -> lookUp(key, map));
  }

  private static List<String> lookUp(long owner, PinnedMap map) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocateFrom(ValueLayout.JAVA_LONG, owner);
      MemorySegment value = arena.allocate(MapShape.URL_NAME_SIZE, Long.BYTES);
      int result = Libbpf.bpf_map_lookup_elem(map.descriptor(), key, value);
      NativeCalls.check(result, "read", map.pin().toString());
      int host = value.get(ValueLayout.JAVA_SHORT, 0);
      int path = value.get(ValueLayout.JAVA_SHORT, Short.BYTES);
      return List.of(text(value, HOST_OFFSET, host), text(value, PATH_OFFSET, path));
    }
  }

  private static String text(MemorySegment name, int offset, int length) {
    return UrlText.of(name.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE));
  }
}
