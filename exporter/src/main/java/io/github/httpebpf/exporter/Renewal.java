package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does something again and again on a thread of its own, up to its end or until that fails, in
 * whatever way. Whoever depends on it asks whether it has. Thread-safe.
 */
final class Renewal implements AutoCloseable {

  private final Duration every;
  private final Runnable step;
  private final CountDownLatch ending = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;

  private Renewal(Duration every, Runnable step) {
    this.every = every;
    this.step = step;
  }

  /** Begins; the caller closes the result. */
  static Renewal begin(String name, Duration every, Runnable step) {
    Renewal renewal = new Renewal(every, step);
    Thread.ofPlatform().name(name).daemon().start(renewal::run);
    return renewal;
  }

  private void run() {
    try {
      while (!ending.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
        step.run();
      }
    } catch (Throwable e) {
      failure = e;
    }
  }

  boolean hasFailed() {
    return failure != null;
  }

  /** Throws what it has failed with; nothing if it has not. */
  void check() {
    Throwable thrown = failure;
    if (thrown instanceof BpfException known) {
      throw known;
    }
    if (thrown != null) {
      throw new IllegalStateException(thrown.toString(), thrown);
    }
  }

  @Override
  public void close() {
    ending.countDown();
  }
}
