package io.github.httpebpf.exporter;

import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Threads for connections: a task goes to an idle thread, else to a new one, else it waits. The
 * JDK's own pools either queue before they grow, and then one slow client delays the next, or grow
 * to the limit though threads are idle, or turn tasks away at the limit.
 */
final class ConnectionThreads {

  /** Reading a request and writing a response needs a few frames; the default would be 1 MiB. */
  private static final long STACK_BYTES = 256 * 1024;

  private ConnectionThreads() {}

  /** Daemon threads. Whoever creates the pool shuts it down. */
  static ExecutorService create(String name, int max, Duration idle) {
    HandOff waiting = new HandOff();
    return new ThreadPoolExecutor(
        0,
        max,
        idle.toMillis(),
        TimeUnit.MILLISECONDS,
        waiting,
        task -> {
          Thread thread = new Thread(null, task, name, STACK_BYTES, false);
          thread.setDaemon(true);
          return thread;
        },
        (task, pool) -> {
          if (pool.isShutdown()) {
            throw new RejectedExecutionException(name + ": closed");
          }
          waiting.enqueue(task);
        });
  }

  /** A queue that is "full", which makes the pool grow, unless a thread waits for work. */
  private static final class HandOff extends LinkedTransferQueue<Runnable> {
    @Serial private static final long serialVersionUID = 1;

    @Override
    public boolean offer(Runnable task) {
      return tryTransfer(task);
    }

    void enqueue(Runnable task) {
      super.offer(task);
    }
  }
}
