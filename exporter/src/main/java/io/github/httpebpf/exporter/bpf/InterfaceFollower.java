package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Captures interfaces that come after the load, and lets go of those that go. An interface is known
 * by its index: renamed, it keeps its capture, and one that was unloaded is not captured again.
 *
 * <p>Its threads change captures, and what this knows of them, in steps alone, which are one at a
 * time; whoever ends it does so in a step too.
 */
public final class InterfaceFollower {

  private static final System.Logger LOG = System.getLogger(InterfaceFollower.class.getName());

  /** Interfaces often come in crowds, and are made in several steps. */
  private static final long SETTLE_MILLIS = 50;

  private static final long RETRY_SECONDS = 10;

  /** How long a namespace may live on because of this alone. */
  private static final long NAMESPACE_SECONDS = 1;

  /** In one step, which holds the pin root's lock, and is not broken off by a signal. */
  private static final int STEP = 32;

  /** Likewise of those that share nothing: the kernel looks through a program for each. */
  private static final int OWN_STEP = 1;

  /** Likewise by filters, which are attached as fast. */
  private static final int CLSACT_STEP = 256;

  private final PinRoot root;
  private final NetworkNamespace netns;
  private final CaptureLoader loader;
  private final CaptureSelection selection;
  private final Consumer<String> failures;

  /** Names of captures, by the interface's index and the kind's name. */
  private final Map<CaptureKind, Map<Integer, String>> known = new HashMap<>();

  private final Set<String> reported = new HashSet<>();

  /** When what failed is tried again, by index. */
  private final Map<Integer, Long> retries = new HashMap<>();

  /** Interfaces have come, gone or changed, or this has ended. */
  private final Semaphore happened = new Semaphore(1);

  private volatile boolean ended;

  /**
   * Follows nothing yet.
   *
   * @param netns that interfaces come in
   * @param loader that has loaded there; closed when the namespace goes, else by whoever made it
   * @param failures hears why an interface could not be captured: the name of an errno
   */
  public InterfaceFollower(
      PinRoot root,
      NetworkNamespace netns,
      CaptureLoader loader,
      CaptureSelection selection,
      Consumer<String> failures) {
    this.root = root;
    this.netns = netns;
    this.loader = loader;
    this.selection = selection;
    this.failures = failures;
  }

  /**
   * Follows from now on, until it is ended, or the process or the namespace ends. To be called
   * once, in a step.
   *
   * @param step runs a change of captures, which must not be broken off, and none beside another
   * @throws BpfException if the namespace cannot be entered; then nothing is left open
   */
  public void start(Consumer<Runnable> step) {
    netns.run(this::remember);
    LinkEvents events = netns.call(LinkEvents::listen);
    Thread.ofPlatform().daemon().name("link-events").start(() -> hear(events));
    netns.start("follow", () -> follow(step), this::giveUp);
  }

  /**
   * Follows no more; what is captured is so still. To be called in a step: none of this follows.
   * Its threads leave the namespace, and close what they have open, within {@value
   * LinkEvents#WAIT_SECONDS} s. Idempotent.
   */
  public void end() {
    ended = true;
    happened.release();
  }

  private void giveUp(BpfException e) {
    ended = true;
    LOG.log(Level.ERROR, String.valueOf(e.getMessage()));
  }

  private void hear(LinkEvents events) {
    try (events) {
      while (!ended) {
        if (events.await()) {
          happened.release();
        }
      }
    } catch (BpfException e) {
      // What comes is found all the same, but later.
      LOG.log(Level.ERROR, String.valueOf(e.getMessage()));
    }
  }

  private void follow(Consumer<Runnable> step) {
    long scope = Interfaces.namespace();
    try {
      while (!ended) {
        long most = netns.isOwn() ? RETRY_SECONDS : NAMESPACE_SECONDS;
        if (happened.tryAcquire(most, TimeUnit.SECONDS)) {
          Thread.sleep(SETTLE_MILLIS);
          happened.drainPermits();
        }
        boolean gone = netns.hasGone(scope);
        step.accept(() -> look(gone));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** While this waited for its step, it may have been ended: others capture here since. */
  private void look(boolean gone) {
    if (ended) {
      return;
    }
    if (gone) {
      leave();
    } else if (lookAnew()) {
      happened.release();
    }
  }

  /** What keeps the namespace alive ends with this thread, and with the other one. */
  private void leave() {
    ended = true;
    try {
      Map<Integer, String> gone = new TreeMap<>();
      known.values().forEach(gone::putAll);
      loader.leave(gone);
      LOG.log(
          Level.INFO, "network namespace {0} has gone; what was counted there stays", netns.name());
    } catch (BpfException e) {
      report("", e);
    } finally {
      loader.close();
    }
  }

  /** What is captured by now is not to be captured again. */
  private void remember() {
    for (String name : root.captured()) {
      CaptureSpec.interfaceOf(name)
          .filter(place -> CaptureSpec.netnsOf(name).equals(netns.name()))
          .flatMap(place -> root.capture(name).info())
          .filter(info -> info.scope() == Interfaces.namespace())
          .ifPresent(info -> known(CaptureSpec.kindOf(name)).put(info.ifindex(), name));
    }
  }

  private Map<Integer, String> known(CaptureKind kind) {
    return known.computeIfAbsent(kind, k -> new TreeMap<>());
  }

  /** Compares what is here with what is captured; true if it came to the end of its step. */
  private boolean lookAnew() {
    try {
      List<Interface> here = Interfaces.all();
      Set<Integer> indexes = here.stream().map(Interface::index).collect(Collectors.toSet());
      release(indexes);
      CaptureRequest wanted = selection.request(netns, List::of, () -> here);
      boolean more = capture(CaptureKind.TC, here, wanted.shared());
      return capture(CaptureKind.XDP, here, followed(wanted)) || more;
    } catch (BpfException e) {
      report("", e);
      return false;
    }
  }

  /** Those at XDP share nothing. */
  private static List<CaptureSpec> followed(CaptureRequest wanted) {
    Predicate<CaptureSpec> xdp = spec -> spec.kind() == CaptureKind.XDP;
    return wanted.following().contains(CaptureKind.XDP)
        ? wanted.own().stream().filter(xdp).toList()
        : List.of();
  }

  private void release(Set<Integer> here) {
    retries.keySet().retainAll(here);
    known.values().forEach(names -> release(here, names));
  }

  private void release(Set<Integer> here, Map<Integer, String> names) {
    Map<Integer, String> gone = new TreeMap<>(names);
    gone.keySet().removeAll(here);
    if (!gone.isEmpty()) {
      loader.release(gone);
      gone.values().forEach(name -> LOG.log(Level.DEBUG, "{0} has gone; its counts stay", name));
      names.keySet().removeAll(gone.keySet());
    }
  }

  private boolean capture(CaptureKind kind, List<Interface> here, List<CaptureSpec> wanted) {
    Map<String, Interface> byName =
        here.stream().collect(Collectors.toMap(Interface::name, each -> each));
    List<CaptureTarget> fresh = new ArrayList<>();
    for (CaptureSpec spec : wanted) {
      Interface each = byName.get(spec.interfaceName());
      if (each != null
          && !known(kind).containsKey(each.index())
          && retries.getOrDefault(each.index(), Long.MIN_VALUE) <= System.nanoTime()) {
        fresh.add(CaptureTarget.of(spec, each));
      }
    }
    if (fresh.isEmpty()) {
      return false;
    }
    boolean isShared = kind == CaptureKind.TC;
    TcBackend backend = isShared ? loader.backend(fresh.size(), here) : TcBackend.AUTO;
    int most = backend == TcBackend.CLSACT ? CLSACT_STEP : isShared ? STEP : OWN_STEP;
    int step = Math.min(fresh.size(), most);
    capture(kind, fresh.subList(0, step), backend);
    return fresh.size() > step;
  }

  private void capture(CaptureKind kind, List<CaptureTarget> fresh, TcBackend backend) {
    Map<CaptureTarget, BpfException> failed = loader.add(fresh, backend);
    for (CaptureTarget each : fresh) {
      BpfException failure = failed.get(each);
      if (failure == null) {
        known(kind).put(each.index(), each.name());
        reported.remove(each.name());
        LOG.log(Level.INFO, "capturing {0}, pinned under {1}", each.name(), root.path());
      } else if (Interfaces.exists(each.index())) {
        retries.put(each.index(), System.nanoTime() + TimeUnit.SECONDS.toNanos(RETRY_SECONDS));
        report(each.name(), failure);
      }
    }
  }

  /** Logs once, and counts each time: it is tried again and again. */
  private void report(String name, BpfException e) {
    failures.accept(e.reason());
    if (reported.add(name)) {
      LOG.log(Level.WARNING, String.valueOf(e.getMessage()));
    }
  }
}
