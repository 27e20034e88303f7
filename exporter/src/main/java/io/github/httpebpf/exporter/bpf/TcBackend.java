package io.github.httpebpf.exporter.bpf;

/** How a tc program is attached; names in lower case are the values of {@code --tc-backend}. */
public enum TcBackend {
  /** tcx where the kernel has it (6.6 and later), else clsact. */
  AUTO,
  TCX,
  CLSACT
}
