package io.github.httpebpf.exporter.bpf;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How many captures there are. Thread-safe. */
public final class CaptureCensus {

  private CaptureCensus() {}

  /** By the values of {@code --capture}; empty if the pin root cannot be listed. */
  public static Map<String, Integer> of(PinRoot root) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    try {
      for (CaptureKind kind : CaptureKind.values()) {
        numbers.put(kind.name().toLowerCase(Locale.ROOT), 0);
      }
      for (String name : root.captured()) {
        numbers.merge(CaptureSpec.kindOf(name).name().toLowerCase(Locale.ROOT), 1, Integer::sum);
      }
      return numbers;
    } catch (BpfException e) {
      // The reader says so.
      return Map.of();
    }
  }
}
