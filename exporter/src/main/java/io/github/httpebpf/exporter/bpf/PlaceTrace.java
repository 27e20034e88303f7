package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.trace.TraceRecord;
import io.github.httpebpf.exporter.trace.TraceSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A trace of one place, which no other traces meanwhile. The program traces up to a time that is
 * put off while this lives, so that nothing is traced for a process that was killed. One thread at
 * a time.
 */
final class PlaceTrace implements AutoCloseable {

  private static final Duration LEASE = Duration.ofSeconds(3);

  private final TracePlace place;
  private final DirectoryLock lock;
  private final TraceMaps maps;
  private final TraceRing ring;
  private final long droppedBefore;
  private final long droppedAnswersBefore;
  private RequestTrace.Dropped dropped = new RequestTrace.Dropped(0, 0);
  private boolean ended;
  private boolean closed;

  private PlaceTrace(TracePlace place, DirectoryLock lock, TraceMaps maps, TraceRing ring) {
    this.place = place;
    this.lock = lock;
    this.maps = maps;
    this.ring = ring;
    this.droppedBefore = maps.count(TraceMaps.DROPPED);
    this.droppedAnswersBefore = maps.count(TraceMaps.DROPPED_ANSWERS);
  }

  /**
   * Begins; the caller closes the result.
   *
   * @param size of the ring, in octets
   * @throws BpfException if another traces there, or it cannot be traced
   */
  static PlaceTrace begin(TracePlace place, int size) {
    DirectoryLock lock =
        DirectoryLock.acquireAtOnce(place.path())
            .orElseThrow(
                () ->
                    new BpfException(
                        "trace %s: another trace has it, and there is room for one; end that first"
                            .formatted(place.path())));
    try {
      TraceMaps maps = TraceMaps.open(place.path());
      try {
        TraceRing ring = new TraceRing(size);
        try {
          PlaceTrace trace = new PlaceTrace(place, lock, maps, ring);
          // Whose lease is not over yet was killed: it has the lock no more.
          maps.enter(ring);
          trace.renew();
          return trace;
        } catch (BpfException e) {
          ring.close();
          throw e;
        }
      } catch (BpfException e) {
        maps.close();
        throw e;
      }
    } catch (BpfException e) {
      lock.close();
      throw e;
    }
  }

  /**
   * Ends in the kernel what a trace has left that was killed: until then its ring is there, and
   * what was written into it.
   *
   * @throws BpfException if the maps may not be changed
   */
  static void clearLeft(Path place) {
    DirectoryLock.acquireAtOnce(place)
        .ifPresent(
            lock -> {
              try (lock;
                  TraceMaps maps = TraceMaps.open(place)) {
                if (maps.count(TraceMaps.UNTIL) != 0) {
                  maps.clear();
                }
              }
            });
  }

  TraceSource source() {
    return place.source();
  }

  TracePlace place() {
    return place;
  }

  boolean isPinned() {
    return maps.arePinned();
  }

  /** To be called again before the lease is over. */
  void renew() {
    maps.until(System.nanoTime() + LEASE.toNanos());
  }

  /** What was lost since it began. */
  RequestTrace.Dropped dropped() {
    if (!ended) {
      dropped =
          new RequestTrace.Dropped(
              maps.count(TraceMaps.DROPPED) - droppedBefore,
              maps.count(TraceMaps.DROPPED_ANSWERS) - droppedAnswersBefore);
    }
    return dropped;
  }

  /** Takes some of what is there; nothing more comes of one that has ended if it is empty. */
  List<TraceRecord> take(int most) {
    return closed ? List.of() : ring.take(most);
  }

  /** Ends it in the kernel; what is in the ring may still be taken. */
  void end() {
    if (!ended) {
      maps.clear();
      dropped();
      ended = true;
      maps.close();
      lock.close();
    }
  }

  @Override
  public void close() {
    end();
    if (!closed) {
      closed = true;
      ring.close();
    }
  }
}
