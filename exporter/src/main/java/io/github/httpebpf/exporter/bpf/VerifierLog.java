package io.github.httpebpf.exporter.bpf;

import java.util.List;

/** What the kernel's verifier says of a program that it refuses. */
final class VerifierLog {

  private static final int LINES = 100;
  private static final String LAST_LINE = "processed ";

  private VerifierLog() {}

  /** The end of a log, where the reason is. */
  static String end(String log) {
    List<String> lines = log.strip().lines().toList();
    int left = Math.max(0, lines.size() - LINES);
    String end = String.join("\n", lines.subList(left, lines.size()));
    return left == 0 ? end : "(%d lines before)%n%s".formatted(left, end);
  }

  /** Whether it has its end; kernels before 6.4 cut that off where a log does not fit. */
  static boolean isWhole(String log) {
    return log.lines().reduce("", (before, line) -> line).startsWith(LAST_LINE);
  }
}
