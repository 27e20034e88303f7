package io.github.httpebpf.exporter.bpf;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Steps that take back what was done, last first, unless {@link #commit()} says that it shall stay.
 * A step that fails does not keep the others from being taken.
 */
final class Rollback implements AutoCloseable {

  private final Deque<Runnable> steps = new ArrayDeque<>();

  void add(Runnable step) {
    steps.push(step);
  }

  /** Leaves the steps to another, for whom they are the last. */
  void handTo(Rollback other) {
    steps.reversed().forEach(other.steps::push);
    steps.clear();
  }

  void commit() {
    steps.clear();
  }

  @Override
  public void close() {
    while (!steps.isEmpty()) {
      try {
        steps.pop().run();
      } catch (BpfException e) {
        System.getLogger(Rollback.class.getName())
            .log(System.Logger.Level.WARNING, "taking back: {0}", e.getMessage());
      }
    }
  }
}
