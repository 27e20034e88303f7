package io.github.httpebpf.exporter.trace;

import java.util.Optional;

/** Where records come from: captures whose connections are numbered together. */
public interface TraceSource {

  /** Whether it tells what became of requests. */
  boolean seesAnswers();

  /**
   * Whose request it is, as labels have it; empty if that one is not asked for.
   *
   * @param owner as the record has it
   */
  Optional<String> interfaceName(long owner);
}
