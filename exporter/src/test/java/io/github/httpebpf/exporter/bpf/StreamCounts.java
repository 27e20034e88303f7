package io.github.httpebpf.exporter.bpf;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** All that was counted up to a moment, each array by its ids. */
@SuppressWarnings("ArrayRecordComponent")
record StreamCounts(long[] requests, long[] packets, long[] unseen) {

  /** Ids that are in use, and some that are not yet; as in {@code http_counter.h}. */
  static final int REQUESTS = 11;

  static final int PACKETS = 24;
  static final int UNSEEN = 5;

  StreamCounts since(StreamCounts before) {
    return new StreamCounts(
        difference(requests, before.requests),
        difference(packets, before.packets),
        difference(unseen, before.unseen));
  }

  private static long[] difference(long[] after, long[] before) {
    return IntStream.range(0, after.length).mapToLong(i -> after[i] - before[i]).toArray();
  }

  /** Whether exactly these requests were counted, by method id. */
  boolean hasRequests(long[] expected) {
    return Arrays.equals(requests, Arrays.copyOf(expected, requests.length));
  }

  boolean isSame(StreamCounts other) {
    return Arrays.equals(requests, other.requests)
        && Arrays.equals(packets, other.packets)
        && Arrays.equals(unseen, other.unseen);
  }

  /** The sum of the ledger. */
  long ledger() {
    return LongStream.of(packets).sum();
  }

  @Override
  public String toString() {
    return "requests %s, ledger %s, unseen %s"
        .formatted(text(requests), text(packets), text(unseen));
  }

  static String text(long[] counts) {
    return IntStream.range(0, counts.length)
        .filter(i -> counts[i] != 0)
        .mapToObj(i -> i + ":" + counts[i])
        .toList()
        .toString();
  }
}
