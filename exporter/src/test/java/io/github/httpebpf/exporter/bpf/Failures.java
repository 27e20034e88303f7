package io.github.httpebpf.exporter.bpf;

/** Failures of the kernel that did not happen, for what hears of them outside of this package. */
public final class Failures {

  private Failures() {}

  /** One with that line. */
  public static BpfException of(String line) {
    return new BpfException(line);
  }
}
