package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.CaptureRequest;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.bpf.InterfaceFollower;
import io.github.httpebpf.exporter.bpf.NetworkNamespace;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What was loaded as some options say, and what follows there: each by the network namespace that
 * it is in. For one thread at a time, which is in the process's own namespace and does all in steps
 * that are not broken off. To close it ends no capture.
 */
final class LoadedCaptures implements AutoCloseable {

  private final LoadOptions options;

  /** All that have begun, also those with nothing to follow. */
  private final Map<NetworkNamespace, CaptureLoader> loaders = new LinkedHashMap<>();

  /** Where there may come more. */
  private final Set<NetworkNamespace> following = new LinkedHashSet<>();

  private final List<InterfaceFollower> followers = new ArrayList<>();

  /** Loads nothing yet. */
  LoadedCaptures(LoadOptions options) {
    this.options = options;
  }

  LoadOptions options() {
    return options;
  }

  /**
   * Loads over what is there, in one namespace after the other.
   *
   * @param asked says what is loaded of what the options ask for
   * @throws BpfException for the first that fails; what has come before it stays, until {@link
   *     #undo}
   */
  void load(UnaryOperator<CaptureRequest> asked) {
    for (NetworkNamespace netns : options.namespaces()) {
      CaptureLoader loader = options.loader(netns);
      loaders.put(netns, loader);
      if (options.load(netns, loader, asked)) {
        following.add(netns);
      } else {
        loader.close();
      }
    }
  }

  /**
   * Follows from now on, until this is closed, wherever there may come more.
   *
   * @param step runs what must not be broken off, one at a time
   * @param failures hears why an interface that came could not be captured
   * @throws BpfException if a namespace cannot be entered any more
   */
  void follow(Consumer<Runnable> step, Consumer<String> failures) {
    CaptureSelection selection = options.captures().selection();
    for (NetworkNamespace netns : following) {
      InterfaceFollower follower =
          new InterfaceFollower(
              options.captures().pinRoot(),
              netns,
              Objects.requireNonNull(loaders.get(netns)),
              selection,
              failures);
      followers.add(follower);
      follower.start(step);
    }
  }

  /**
   * Closes this, whose load failed or is not wanted, and leaves all as it was: what it made is
   * ended, and what it swapped is swapped back. What fails of that does not keep the rest.
   *
   * @param before what was loaded before, and goes on; null for nothing
   * @return what could not be done; empty if all is as it was
   */
  List<BpfException> undo(@Nullable LoadedCaptures before) {
    close();
    List<BpfException> failed = new ArrayList<>();
    Set<NetworkNamespace> begun = new LinkedHashSet<>(loaders.keySet());
    begun.removeIf(netns -> !Objects.requireNonNull(loaders.get(netns)).hasBegun());
    // First all of these: the last capture of a pin root would take the root with it.
    begun.forEach(netns -> attempt(Objects.requireNonNull(loaders.get(netns))::takeBack, failed));
    if (before != null) {
      begun.forEach(netns -> attempt(() -> before.restore(netns), failed));
    }
    return failed;
  }

  private static void attempt(Runnable step, List<BpfException> failed) {
    try {
      step.run();
    } catch (BpfException e) {
      failed.add(e);
    }
  }

  private void restore(NetworkNamespace netns) {
    CaptureLoader loader = loaders.get(netns);
    if (loader != null) {
      options.restore(netns, loader);
      if (!following.contains(netns)) {
        loader.close();
      }
    }
  }

  /**
   * Follows no more, and forgets what further interfaces would be captured with. The threads in
   * namespaces end soon after. Idempotent.
   */
  @Override
  public void close() {
    followers.forEach(InterfaceFollower::end);
    loaders.values().forEach(CaptureLoader::close);
  }
}
