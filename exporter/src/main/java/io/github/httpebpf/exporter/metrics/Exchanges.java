package io.github.httpebpf.exporter.metrics;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * What became of requests, since the maps were created. Immutable.
 *
 * @param answersSeen whether the capture sees what servers send; without, there are no responses
 * @param byMethod all methods, in id order
 * @param responses final responses, by method and by the label {@code code}
 */
public record Exchanges(
    boolean answersSeen, Map<HttpMethod, Outcome> byMethod, List<LabelledRequests> responses) {

  /** Upper bounds of the buckets but for the last, in seconds: those of OpenTelemetry. */
  public static final List<Double> BOUNDS =
      List.of(.005, .01, .025, .05, .075, .1, .25, .5, .75, 1., 2.5, 5., 7.5, 10.);

  private static final int BUCKETS = BOUNDS.size() + 1;

  /**
   * Of the requests of one method: {@code struct exchange_counts} of {@code
   * native/src/http_counter.h}.
   *
   * @param durations how many took no longer than a bound, and longer than the one before; the last
   *     has no bound
   * @param nanoseconds that those took together
   * @param unanswered of which the connection ended before
   * @param requestBytes TCP payload
   * @param responseBytes likewise
   */
  public record Outcome(
      List<Long> durations,
      long nanoseconds,
      long unanswered,
      long requestBytes,
      long responseBytes) {

    public Outcome {
      durations = List.copyOf(durations);
    }

    private static Outcome ofWords(long[] words) {
      return new Outcome(
          Arrays.stream(words, 0, BUCKETS).boxed().toList(),
          words[BUCKETS],
          words[BUCKETS + 1],
          words[BUCKETS + 2],
          words[BUCKETS + 3]);
    }

    /** How many responses the durations are of. */
    public long count() {
      return durations.stream().mapToLong(Long::longValue).sum();
    }

    private Outcome plus(Outcome other) {
      List<Long> sums =
          IntStream.range(0, BUCKETS)
              .mapToObj(i -> durations.get(i) + other.durations.get(i))
              .toList();
      return new Outcome(
          sums,
          nanoseconds + other.nanoseconds,
          unanswered + other.unanswered,
          requestBytes + other.requestBytes,
          responseBytes + other.responseBytes);
    }
  }

  public Exchanges {
    byMethod = Collections.unmodifiableMap(new EnumMap<>(byMethod));
    responses = List.copyOf(responses);
  }

  /**
   * Of the entries of {@code exchange_map}; the index is the method's id.
   *
   * @param responses from {@code response_map}
   */
  public static Exchanges ofEntries(
      boolean answersSeen, long[][] entries, List<LabelledRequests> responses) {
    Map<HttpMethod, Outcome> byMethod = new EnumMap<>(HttpMethod.class);
    for (HttpMethod method : HttpMethod.values()) {
      byMethod.put(method, Outcome.ofWords(new long[BUCKETS + 5]));
    }
    for (int id = 0; id < entries.length; id++) {
      byMethod.merge(HttpMethod.ofId(id), Outcome.ofWords(entries[id]), Outcome::plus);
    }
    return new Exchanges(answersSeen, byMethod, responses);
  }
}
