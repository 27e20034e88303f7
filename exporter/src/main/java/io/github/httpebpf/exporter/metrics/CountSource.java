package io.github.httpebpf.exporter.metrics;

import java.util.List;

/** Where counts come from. Implementations are safe for use by several threads: scrapes overlap. */
@FunctionalInterface
public interface CountSource {

  /**
   * Reads every capture now. Never throws: a capture that cannot be read is in the list without
   * counts.
   *
   * @return one snapshot per capture, ordered by interface name; empty if nothing is captured
   */
  List<CaptureSnapshot> read();
}
