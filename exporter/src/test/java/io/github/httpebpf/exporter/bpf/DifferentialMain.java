package io.github.httpebpf.exporter.bpf;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** What {@code bin/differential} starts, with the path of the host's tool before its arguments. */
final class DifferentialMain {

  private static final int REPORT_SECONDS = 10;

  private DifferentialMain() {}

  public static void main(String[] arguments) throws Exception {
    Deque<String> rest = new ArrayDeque<>(List.of(arguments));
    Path tool = Path.of(rest.pop());
    int from = 0;
    int streams = 1_000_000;
    long seed = 1;
    while (!rest.isEmpty()) {
      switch (rest.pop()) {
        case "--streams" -> streams = Integer.parseInt(rest.pop());
        case "--seed" -> seed = Long.parseLong(rest.pop());
        case "--from" -> from = Integer.parseInt(rest.pop());
        default -> throw new IllegalArgumentException("[--streams N] [--seed S] [--from N]");
      }
    }
    System.exit(run(new Differential(tool, seed), from, streams, seed) ? 0 : 1);
  }

  private static boolean run(Differential differential, int from, int streams, long seed)
      throws Exception {
    long start = System.nanoTime();
    String failure;
    try (ScheduledExecutorService reporter = Executors.newSingleThreadScheduledExecutor()) {
      Future<?> _ =
          reporter.scheduleAtFixedRate(
              () -> System.out.println(line(differential, start)),
              REPORT_SECONDS,
              REPORT_SECONDS,
              TimeUnit.SECONDS);
      failure = differential.run(from, from + streams);
      reporter.shutdownNow();
    }
    System.out.println(line(differential, start));
    System.out.println(
        failure == null ? "seed %d: kernel, host and reference agree".formatted(seed) : failure);
    return failure == null;
  }

  private static String line(Differential differential, long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return "%s; %,.0f streams/s".formatted(differential, differential.streams() / seconds);
  }
}
