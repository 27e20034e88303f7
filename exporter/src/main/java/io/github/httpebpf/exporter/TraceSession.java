package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.bpf.RequestTrace;
import io.github.httpebpf.exporter.bpf.RequestTrace.Batch;
import io.github.httpebpf.exporter.trace.TraceFilter;
import io.github.httpebpf.exporter.trace.TraceJoin;
import io.github.httpebpf.exporter.trace.TraceSource;
import io.github.httpebpf.exporter.trace.TracedRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;

/**
 * Prints lines until it is told to end, or cannot go on. One thread takes and prints; another
 * renews the trace and says what was lost, also while standard output is not read.
 */
final class TraceSession implements AutoCloseable {

  /** How soon what comes is looked for, while something does. */
  private static final Duration BUSY = Duration.ofMillis(10);

  private static final Duration IDLE = Duration.ofMillis(50);

  /** What is idle. */
  private static final Duration LATELY = Duration.ofSeconds(1);

  private static final Duration RENEWED = Duration.ofSeconds(1);

  /** For what has come when it is told to end: standard output may be read by nobody. */
  private static final Duration LAST = Duration.ofSeconds(2);

  private final RequestTrace trace;
  private final TraceFilter filter;
  private final BiFunction<TracedRequest, Instant, String> format;
  private final TraceOutput out;
  private final long most;
  private final TraceLosses losses;
  private final WallClock clock = new WallClock();
  private final Map<TraceSource, TraceJoin> joins = new HashMap<>();
  private final List<TracedRequest> lines = new ArrayList<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private final CountDownLatch done = new CountDownLatch(1);
  private long came = System.nanoTime();

  /** How many lines there would be if nothing more came. */
  private volatile long owed;

  /**
   * Prints nothing yet. Owns the trace.
   *
   * @param most lines; then it ends
   */
  TraceSession(
      RequestTrace trace,
      TraceFilter filter,
      BiFunction<TracedRequest, Instant, String> format,
      TraceOutput out,
      long most,
      TraceLosses losses) {
    this.trace = trace;
    this.filter = filter;
    this.format = format;
    this.out = out;
    this.most = most;
    this.losses = losses;
  }

  /**
   * Prints.
   *
   * @return whether it was told to end, or has printed all that was asked for; else nothing is
   *     traced any more
   * @throws IOException if standard output cannot be written
   * @throws BpfException if it cannot be traced any more
   */
  boolean run() throws IOException, InterruptedException {
    Renewal renewal = Renewal.begin("trace-renewal", RENEWED, this::renew);
    try {
      while (!isFull() && !trace.hasEnded() && ending.getCount() > 0 && !renewal.hasFailed()) {
        if (!step()) {
          boolean lately = System.nanoTime() - came < LATELY.toNanos();
          ending.await((lately ? BUSY : IDLE).toMillis(), TimeUnit.MILLISECONDS);
        }
      }
      boolean asked = isFull() || !trace.hasEnded();
      trace.end();
      finish();
      renewal.check();
      return asked;
    } finally {
      ending.countDown();
      renewal.close();
      trace.close();
      losses.sum(trace.dropped(), 0);
      done.countDown();
    }
  }

  private boolean isFull() {
    return out.written() >= most;
  }

  /** Takes what is there, and prints what it comes to; whether anything was. */
  private boolean step() throws IOException {
    long now = System.nanoTime();
    boolean any = false;
    for (Batch each : trace.take()) {
      TraceJoin join =
          joins.computeIfAbsent(each.source(), source -> new TraceJoin(source, this::add));
      each.records().forEach(record -> join.take(record, now));
      any |= !each.records().isEmpty();
      if (each.last()) {
        join.finish();
        joins.remove(each.source());
      }
    }
    for (TraceJoin join : joins.values()) {
      join.share(joins.size());
      join.tick(now);
    }
    if (any) {
      came = now;
    }
    print();
    return any;
  }

  private void add(TracedRequest request) {
    if (filter.wants(request)) {
      lines.add(request);
    }
  }

  private void print() throws IOException {
    long number = Math.min(lines.size(), most - out.written());
    int waiting = joins.values().stream().mapToInt(TraceJoin::waiting).sum();
    owed = out.written() + lines.size() + waiting;
    for (int i = 0; i < number; i++) {
      TracedRequest line = lines.get(i);
      out.line(format.apply(line, clock.at(line.began())));
    }
    lines.clear();
    out.flush();
  }

  /** Nothing is added to the rings any more. */
  private void finish() throws IOException {
    boolean more = true;
    while (more && !isFull()) {
      more = step();
    }
  }

  private void renew() {
    trace.renew();
    clock.adjust();
    losses.tell(trace.dropped());
  }

  /** Ends it, from another thread; waits until all is printed, if it can be. */
  @Override
  public void close() {
    ending.countDown();
    if (!isDone()) {
      trace.end();
      long unprinted = owed - out.written();
      for (List<Batch> some = trace.take(); !some.isEmpty(); some = trace.take()) {
        unprinted +=
            some.stream()
                .flatMap(batch -> batch.records().stream())
                .filter(record -> record.isRequest())
                .count();
      }
      losses.sum(trace.dropped(), Math.min(unprinted, most - out.written()));
    }
  }

  private boolean isDone() {
    try {
      return done.await(LAST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
