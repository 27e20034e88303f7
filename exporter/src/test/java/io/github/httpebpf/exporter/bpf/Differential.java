package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Expectation;
import io.github.httpebpf.exporter.bpf.stream.PacketStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The differential test at random: kernel, host and reference on streams of packets that a seed
 * makes. Each thread has judges of its own; streams that share ports go to the same thread.
 */
final class Differential {

  private static final int THREADS = 2;

  /** One in so many batches is looked at after each packet. */
  private static final int PACKETWISE = 16;

  private final Path hostTool;
  private final long seed;
  private final AtomicLong streams = new AtomicLong();
  private final AtomicLong packets = new AtomicLong();
  private final AtomicLong undetermined = new AtomicLong();
  private final AtomicLong requests = new AtomicLong();
  private volatile @Nullable String failure;

  Differential(Path hostTool, long seed) {
    this.hostTool = hostTool;
    this.seed = seed;
  }

  /**
   * Runs streams {@code from} to {@code to}, or until two judges differ.
   *
   * @return the difference for people, or null
   */
  @Nullable String run(int from, int to) throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<?>> running = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        int first = from + (from + thread) % THREADS;
        running.add(
            threads.submit(
                () -> {
                  runEvery(first, to);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    return failure;
  }

  private void runEvery(int first, int to) throws IOException {
    try (StreamJudges judges = new StreamJudges(hostTool)) {
      int batch = 0;
      for (int number = first; number < to && failure == null; batch++) {
        List<Expectation> some = new ArrayList<>();
        List<Integer> numbers = new ArrayList<>();
        for (; number < to && some.size() < StreamJudges.STREAMS_MAX; number += THREADS) {
          some.add(Expectation.of(PacketStream.make(seed, number)));
          numbers.add(number);
        }
        boolean packetwise = batch % PACKETWISE == 0;
        Optional<StreamDifference> difference = judges.firstDifference(some, packetwise);
        if (difference.isPresent()) {
          StreamDifference found = difference.get();
          int at = some.stream().map(Expectation::stream).toList().indexOf(found.stream());
          fail(numbers.get(at), found, new StreamReduction(judges, found, packetwise).reduce());
        }
        count(some);
      }
    }
  }

  private synchronized void fail(int number, StreamDifference found, StreamDifference reduced) {
    if (failure == null) {
      failure =
          "seed %d, stream %d of %d packets differs: %s%nreduced to %d packets: %s%n%s"
              .formatted(
                  seed,
                  number,
                  found.stream().packets().size(),
                  found.text(),
                  reduced.stream().packets().size(),
                  reduced.text(),
                  reduced.stream().describe());
    }
  }

  private void count(List<Expectation> some) {
    streams.addAndGet(some.size());
    for (Expectation each : some) {
      packets.addAndGet(each.stream().packets().size());
      undetermined.addAndGet(each.packets() < each.stream().packets().size() ? 1 : 0);
      for (long count : each.atEnd()) {
        requests.addAndGet(count);
      }
    }
  }

  long streams() {
    return streams.get();
  }

  @Override
  public String toString() {
    return "%,d streams, %,d packets, %,d requests; %,d streams beyond the rules at their end"
        .formatted(streams.get(), packets.get(), requests.get(), undetermined.get());
  }
}
