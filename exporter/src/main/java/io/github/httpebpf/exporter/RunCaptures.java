package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@code run} captures: what is there, what comes, and after a reload something else. For one
 * thread at a time, in steps that are not broken off: those in which followers capture what comes.
 */
final class RunCaptures {

  private static final System.Logger LOG = System.getLogger(RunCaptures.class.getName());

  private final Consumer<Runnable> step;
  private final Consumer<String> failures;
  private @Nullable LoadedCaptures current;

  /**
   * Captures nothing yet.
   *
   * @param step runs what must not be broken off, and none beside another
   * @param failures hears why an interface that came could not be captured
   */
  RunCaptures(Consumer<Runnable> step, Consumer<String> failures) {
    this.step = step;
    this.failures = failures;
  }

  /**
   * Loads, and follows from then on.
   *
   * @throws BpfException if that cannot be; then nothing is left behind
   */
  void begin(LoadOptions options) {
    LoadedCaptures fresh = new LoadedCaptures(options);
    try {
      load(fresh);
    } catch (RuntimeException e) {
      fresh.undo(null).forEach(e::addSuppressed);
      throw e;
    }
    current = fresh;
  }

  /**
   * Loads by other options over what is there: as a restart would, but nothing goes unserved.
   * Followers are new ones, each in its namespace; those of before end. What came meanwhile is
   * found by the first look of a new one.
   *
   * @throws BpfException if that cannot be; then all is as it was
   * @throws NotTakenBackException if it is not
   */
  void change(LoadOptions next) {
    LoadedCaptures before = Objects.requireNonNull(current);
    LoadedCaptures fresh = new LoadedCaptures(next);
    Set<String> left;
    try {
      load(fresh);
      left = next.captures().leaves(before.options().captures());
    } catch (RuntimeException e) {
      List<BpfException> failed = fresh.undo(before);
      throw failed.isEmpty() ? e : new NotTakenBackException(e, failed);
    }
    for (String name : left) {
      LOG.log(
          Level.WARNING, "{0} is captured still, but not served any more; unload ends it", name);
    }
    current = fresh;
    before.close();
  }

  private void load(LoadedCaptures fresh) {
    fresh.load(request -> request);
    fresh.follow(step, failures);
  }
}
