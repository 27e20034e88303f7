package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.RequestTrace.Dropped;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Says what was not printed, and how much that was. Thread-safe. */
final class TraceLosses {

  private static final System.Logger LOG = System.getLogger(TraceLosses.class.getName());

  private final Consumer<String> last;
  private final AtomicBoolean summed = new AtomicBoolean();
  private Dropped told = new Dropped(0, 0);

  /**
   * Nothing is lost yet.
   *
   * @param last takes the last of what is said, which may be when the process ends
   */
  TraceLosses(Consumer<String> last) {
    this.last = last;
  }

  /**
   * Says what is new; nothing if nothing is.
   *
   * @param dropped since the trace began
   */
  synchronized void tell(Dropped dropped) {
    Dropped since =
        new Dropped(dropped.requests() - told.requests(), dropped.answers() - told.answers());
    told = dropped;
    if (since.requests() > 0 || since.answers() > 0) {
      String what = text(since);
      LOG.log(Level.WARNING, () -> "lost " + what + ": standard output is read too slowly");
    }
  }

  /**
   * Says all of it, once; nothing if nothing was lost.
   *
   * @param unprinted lines of which standard output took nothing, or more: of those that still
   *     waited it is not known whether they were asked for
   */
  void sum(Dropped dropped, long unprinted) {
    if (summed.compareAndSet(false, true)
        && (dropped.requests() > 0 || dropped.answers() > 0 || unprinted > 0)) {
      String rest =
          unprinted > 0
              ? ", and up to %d lines that standard output did not take".formatted(unprinted)
              : "";
      last.accept("lost in all " + text(dropped) + rest);
    }
  }

  private static String text(Dropped dropped) {
    return "%d lines, and of %d others what became of the request"
        .formatted(dropped.requests(), dropped.answers());
  }
}
