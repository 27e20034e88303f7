package io.github.httpebpf.exporter.metrics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * What the maps of one capture held when they were read, summed over all CPUs since the maps were
 * created. Immutable: both maps are copied.
 *
 * @param requests requests by method; a method that is left out counts 0, so the accessor's map has
 *     all of them, in id order
 * @param packets packets by the label of their result, in id order
 * @param programRuns null while the kernel keeps no statistics, or if they could not be read
 */
public record CaptureCounts(
    Map<HttpMethod, Long> requests,
    SequencedMap<String, Long> packets,
    @Nullable ProgramRuns programRuns) {

  public CaptureCounts {
    Map<HttpMethod, Long> allMethods = new EnumMap<>(HttpMethod.class);
    for (HttpMethod method : HttpMethod.values()) {
      allMethods.put(method, requests.getOrDefault(method, 0L));
    }
    requests = Collections.unmodifiableMap(allMethods);
    packets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(packets));
  }

  /**
   * Gives the entries of {@code request_map} and {@code packet_map} their names; the index is the
   * key. Results of this version are all present, those of a newer program once they are not 0.
   * Shorter arrays count as padded with 0.
   */
  public static CaptureCounts ofEntries(
      long[] requestEntries, long[] packetEntries, @Nullable ProgramRuns programRuns) {
    Map<HttpMethod, Long> requests = new EnumMap<>(HttpMethod.class);
    for (int id = 0; id < requestEntries.length; id++) {
      requests.merge(HttpMethod.ofId(id), requestEntries[id], Long::sum);
    }
    SequencedMap<String, Long> packets = new LinkedHashMap<>();
    int known = PacketResult.values().length;
    for (int id = 0; id < Math.max(known, packetEntries.length); id++) {
      long count = id < packetEntries.length ? packetEntries[id] : 0;
      if (id < known || count != 0) {
        packets.put(PacketResult.labelOf(id), count);
      }
    }
    return new CaptureCounts(requests, packets, programRuns);
  }
}
