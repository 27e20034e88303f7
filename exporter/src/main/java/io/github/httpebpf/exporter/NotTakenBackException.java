package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A change of captures failed half-way, and what it had changed could not be changed back, all of
 * it.
 */
final class NotTakenBackException extends RuntimeException {

  private static final long serialVersionUID = 1;

  /**
   * Says both in one line.
   *
   * @param why the change failed
   * @param failed what could not be taken back; not empty
   */
  NotTakenBackException(RuntimeException why, List<BpfException> failed) {
    super(
        why.getMessage()
            + "; and changing back failed: "
            + failed.stream().map(Throwable::getMessage).collect(Collectors.joining("; ")),
        why);
    failed.forEach(this::addSuppressed);
  }
}
