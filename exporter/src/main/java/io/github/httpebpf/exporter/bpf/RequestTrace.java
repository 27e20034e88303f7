package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.trace.TraceRecord;
import io.github.httpebpf.exporter.trace.TraceSource;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Traces the requests of pinned captures, as long as it is {@linkplain #renew renewed}. Needs
 * CAP_BPF, and to be the owner of the pins. Captures that come later are traced too, and those that
 * go are left. Thread-safe: one thread may take records while another renews and ends it.
 */
public final class RequestTrace implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(RequestTrace.class.getName());

  /** At a time, of all places: what was taken is in memory, and the trace is to be renewed. */
  private static final int MOST = 4096;

  /**
   * What found no room in rings.
   *
   * @param requests of which nothing is told
   * @param answers records of what became of requests
   */
  public record Dropped(long requests, long answers) {

    Dropped plus(Dropped other) {
      return new Dropped(requests + other.requests, answers + other.answers);
    }
  }

  /**
   * Records in the order in which they came.
   *
   * @param source always the same of the same captures
   * @param last whether none come after these
   */
  public record Batch(TraceSource source, List<TraceRecord> records, boolean last) {}

  private final PinRoot root;
  private final CaptureSelection selection;
  private final int ringSize;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Path, PlaceTrace> live = new LinkedHashMap<>();

  /** Those that are not empty yet. */
  private final List<PlaceTrace> ended = new ArrayList<>();

  /** Of those that have ended. */
  private Dropped droppedBefore = new Dropped(0, 0);

  private final Map<Path, String> failures = new TreeMap<>();

  private RequestTrace(PinRoot root, CaptureSelection selection, int ringSize) {
    this.root = root;
    this.selection = selection;
    this.ringSize = ringSize;
  }

  /**
   * Begins to trace; the caller closes the result.
   *
   * @param selection of captures
   * @param ringSize octets, for each capture or those that share programs: a power of two, and
   *     whole pages
   * @throws BpfException if one of them cannot be traced, or there is none
   */
  public static RequestTrace begin(PinRoot root, CaptureSelection selection, int ringSize) {
    RequestTrace trace = new RequestTrace(root, selection, ringSize);
    for (String name : selection.named()) {
      if (!root.capture(name).isCapture()) {
        throw new BpfException(
            "trace %s: no capture in %s; load makes it".formatted(name, root.path()));
      }
    }
    try {
      trace.missing().forEach(trace::begin);
      if (trace.live.isEmpty()) {
        throw new BpfException(
            "trace %s: no captures there; load makes them".formatted(root.path()));
      }
      return trace;
    } catch (BpfException e) {
      trace.close();
      throw e;
    }
  }

  private Set<String> wanted() {
    return selection.isFixed() ? selection.named() : selection.among(root.made());
  }

  /** What is not traced yet. */
  private List<TracePlace> missing() {
    return TracePlace.of(root, this::wanted).values().stream()
        .filter(each -> !live.containsKey(each.path()))
        .toList();
  }

  private void begin(TracePlace place) {
    live.put(place.path(), PlaceTrace.begin(place, ringSize));
  }

  /** Says that something failed, unless it failed so before: it is tried again and again. */
  private void attempt(Path path, Runnable step) {
    try {
      step.run();
      failures.remove(path);
    } catch (BpfException e) {
      String message = String.valueOf(e.getMessage());
      if (!message.equals(failures.put(path, message))) {
        LOG.log(Level.WARNING, message);
      }
    }
  }

  /**
   * Goes on for another three seconds, with the captures that are there now. Those that have come
   * and cannot be traced, or not be looked for, are warned of.
   *
   * @throws BpfException if what is traced cannot be any more
   */
  public void renew() {
    lock.lock();
    try {
      if (live.isEmpty()) {
        return;
      }
      for (PlaceTrace each : List.copyOf(live.values())) {
        if (each.isPinned()) {
          each.renew();
        } else {
          LOG.log(Level.WARNING, "trace {0}: unloaded meanwhile", each.place().path());
          end(each);
        }
      }
      attempt(
          root.path(), () -> missing().forEach(each -> attempt(each.path(), () -> begin(each))));
    } finally {
      lock.unlock();
    }
  }

  private void end(PlaceTrace trace) {
    trace.end();
    droppedBefore = droppedBefore.plus(trace.dropped());
    ended.add(trace);
    live.remove(trace.place().path());
  }

  /** Takes what has come, of each of the captures some. */
  public List<Batch> take() {
    lock.lock();
    try {
      int most = Math.max(1, MOST / Math.max(1, live.size() + ended.size()));
      List<Batch> batches = new ArrayList<>();
      for (PlaceTrace each : live.values()) {
        batches.add(new Batch(each.source(), each.take(most), false));
      }
      for (PlaceTrace each : List.copyOf(ended)) {
        List<TraceRecord> records = each.take(most);
        boolean last = records.size() < most;
        batches.add(new Batch(each.source(), records, last));
        if (last) {
          ended.remove(each);
          each.close();
        }
      }
      return batches;
    } finally {
      lock.unlock();
    }
  }

  /** What was lost since it began. */
  public Dropped dropped() {
    lock.lock();
    try {
      return live.values().stream().map(PlaceTrace::dropped).reduce(droppedBefore, Dropped::plus);
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing is traced any more. */
  public boolean hasEnded() {
    lock.lock();
    try {
      return live.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /** Ends it in the kernel; what has come may still be taken. */
  public void end() {
    lock.lock();
    try {
      List.copyOf(live.values()).forEach(this::end);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      end();
      ended.forEach(PlaceTrace::close);
      ended.clear();
    } finally {
      lock.unlock();
    }
  }
}
