package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The captures that are served; after a reload it may be others. Safe for use by several threads.
 */
final class ServedCaptures {

  /** What reads, and what it was asked for. */
  private record Reading(CaptureReader reader, CaptureSelection selection) {

    static Reading of(CaptureOptions captures) {
      CaptureSelection selection = captures.selection();
      return new Reading(new CaptureReader(captures.pinRoot(), selection), selection);
    }
  }

  private volatile Reading reading;

  ServedCaptures(CaptureOptions captures) {
    reading = Reading.of(captures);
  }

  /** From now on it is these. */
  void change(CaptureOptions captures) {
    reading = Reading.of(captures);
  }

  /** Never throws: a capture that cannot be read is one without counts. */
  List<CaptureSnapshot> read() {
    return reading.reader().read();
  }

  /** At least one capture can be read, and every one that was named. */
  boolean areReady() {
    Reading now = reading;
    Set<String> read =
        now.reader().read().stream()
            .filter(snapshot -> snapshot.counts() != null)
            .map(CaptureSnapshot::interfaceName)
            .collect(Collectors.toSet());
    return !read.isEmpty() && read.containsAll(now.selection().among(read));
  }
}
