package io.github.httpebpf.exporter;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** What time the monotonic clock's readings are, in UTC. Thread-safe. */
final class WallClock {

  private static final long NANOSECONDS_PER_SECOND = 1_000_000_000;

  /** Nanoseconds since 1970, where the monotonic clock would have been 0. */
  private volatile long origin;

  WallClock() {
    adjust();
  }

  /** The wall clock may have been set since, or have been slewed. */
  void adjust() {
    origin = ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now()) - System.nanoTime();
  }

  /** Of a reading, as {@link System#nanoTime()} has it. */
  Instant at(long nanoseconds) {
    long sinceEpoch = origin + nanoseconds;
    return Instant.ofEpochSecond(
        Math.floorDiv(sinceEpoch, NANOSECONDS_PER_SECOND),
        Math.floorMod(sinceEpoch, NANOSECONDS_PER_SECOND));
  }
}
