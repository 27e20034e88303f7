package io.github.httpebpf.exporter.metrics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What the maps of one capture held when they were read, summed over all CPUs since the maps were
 * created. Immutable: all maps are copied.
 *
 * @param requests requests by method; a method that is left out counts 0, so the accessor's map has
 *     all of them, in id order
 * @param packets packets by the label of their result, in id order
 * @param unseenConnections connections that carry what cannot be counted, by the label of their
 *     protocol, in id order; null if the version that loaded did not look for them
 * @param programRuns null while the kernel keeps no statistics, or if they could not be read
 * @param exchanges what became of the requests; null if the version that loaded did not look
 * @param urls requests by URL, if that is counted
 * @param byPort by the server's port, if that is counted
 * @param byCgroup by cgroup, pod and container of the receiving socket, if that is counted
 */
public record CaptureCounts(
    Map<HttpMethod, Long> requests,
    SequencedMap<String, Long> packets,
    @Nullable SequencedMap<String, Long> unseenConnections,
    @Nullable ProgramRuns programRuns,
    @Nullable Exchanges exchanges,
    Optional<Urls> urls,
    List<LabelledRequests> byPort,
    List<LabelledRequests> byCgroup) {

  public CaptureCounts {
    Map<HttpMethod, Long> allMethods = new EnumMap<>(HttpMethod.class);
    for (HttpMethod method : HttpMethod.values()) {
      allMethods.put(method, requests.getOrDefault(method, 0L));
    }
    requests = Collections.unmodifiableMap(allMethods);
    packets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(packets));
    if (unseenConnections != null) {
      unseenConnections =
          Collections.unmodifiableSequencedMap(new LinkedHashMap<>(unseenConnections));
    }
    byPort = List.copyOf(byPort);
    byCgroup = List.copyOf(byCgroup);
  }

  /** By method alone. */
  public CaptureCounts(
      Map<HttpMethod, Long> requests,
      SequencedMap<String, Long> packets,
      @Nullable SequencedMap<String, Long> unseenConnections,
      @Nullable ProgramRuns programRuns) {
    this(
        requests,
        packets,
        unseenConnections,
        programRuns,
        null,
        Optional.empty(),
        List.of(),
        List.of());
  }

  /**
   * Gives the entries of {@code request_map}, {@code packet_map} and {@code unseen_map} their
   * names; the index is the key. Those of this version are all present, those of a newer program
   * once they are not 0. Shorter arrays count as padded with 0.
   */
  public static CaptureCounts ofEntries(
      long[] requestEntries,
      long[] packetEntries,
      long @Nullable [] unseenEntries,
      @Nullable ProgramRuns programRuns) {
    Map<HttpMethod, Long> requests = new EnumMap<>(HttpMethod.class);
    for (int id = 0; id < requestEntries.length; id++) {
      requests.merge(HttpMethod.ofId(id), requestEntries[id], Long::sum);
    }
    return new CaptureCounts(
        requests,
        named(packetEntries, PacketResult.values().length, PacketResult::labelOf),
        unseenEntries == null
            ? null
            : named(unseenEntries, UnseenProtocol.values().length, UnseenProtocol::labelOf),
        programRuns);
  }

  /** The same, and what is counted by labels. */
  public CaptureCounts with(List<LabelledRequests> ports, List<LabelledRequests> cgroups) {
    return new CaptureCounts(
        requests, packets, unseenConnections, programRuns, exchanges, urls, ports, cgroups);
  }

  /** The same, and what became of the requests. */
  public CaptureCounts with(@Nullable Exchanges outcome) {
    return new CaptureCounts(
        requests, packets, unseenConnections, programRuns, outcome, urls, byPort, byCgroup);
  }

  /** The same, and by URL. */
  public CaptureCounts with(Optional<Urls> byUrl) {
    return new CaptureCounts(
        requests, packets, unseenConnections, programRuns, exchanges, byUrl, byPort, byCgroup);
  }

  private static SequencedMap<String, Long> named(
      long[] entries, int known, IntFunction<String> labelOf) {
    SequencedMap<String, Long> named = new LinkedHashMap<>();
    for (int id = 0; id < Math.max(known, entries.length); id++) {
      long count = id < entries.length ? entries[id] : 0;
      if (id < known || count != 0) {
        named.put(labelOf.apply(id), count);
      }
    }
    return named;
  }
}
