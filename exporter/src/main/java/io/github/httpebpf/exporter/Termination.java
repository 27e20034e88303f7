package io.github.httpebpf.exporter;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What to do when the process is told to end (SIGTERM, SIGINT): finish what must not be broken off,
 * close what is open, and exit with the code that was meant. Thread-safe.
 */
final class Termination {

  private static final System.Logger LOG = System.getLogger(Termination.class.getName());

  private final ReentrantLock whole = new ReentrantLock();
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private volatile int status;

  /**
   * From here on a signal ends the process with that code, not with the JVM's 128 + its number.
   *
   * @param code {@code FAILED} for what has yet to be done
   */
  void arm(int code) {
    status = code;
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  whole.lock();
                  closeAll();
                  Runtime.getRuntime().halt(status);
                },
                "termination"));
  }

  /**
   * Runs to its end even if the process is told to end meanwhile; whether it failed is the code
   * from then on.
   */
  void uninterrupted(Runnable step) {
    whole.lock();
    try {
      step.run();
      status = ExporterCommand.DONE;
    } catch (RuntimeException e) {
      status = ExporterCommand.FAILED;
      throw e;
    } finally {
      whole.unlock();
    }
  }

  /** To be closed at the end, last first. */
  synchronized void closeAtEnd(AutoCloseable resource) {
    open.push(resource);
  }

  /** The exit code for when it is not a signal that ends the process. */
  void status(int code) {
    status = code;
  }

  private synchronized void closeAll() {
    for (AutoCloseable resource : open) {
      try {
        resource.close();
      } catch (Exception e) {
        LOG.log(System.Logger.Level.WARNING, "closing: {0}", e.getMessage());
      }
    }
  }
}
