package io.github.httpebpf.exporter.metrics;

import org.jspecify.annotations.Nullable;

/**
 * One capture as one reading found it. Immutable.
 *
 * @param interfaceName the network interface that is captured
 * @param interfaceExists whether the interface that was attached to is still there: the same name
 *     with another index is another interface
 * @param counts null if the maps could not be read or the pins are gone: then nothing is known, and
 *     no series may be served
 */
public record CaptureSnapshot(
    String interfaceName, boolean interfaceExists, @Nullable CaptureCounts counts) {

  /** Whether the capture counts: its maps were read and its interface exists. */
  public boolean up() {
    return counts != null && interfaceExists;
  }
}
