package io.github.httpebpf.exporter.bpf;

/**
 * The programs of the object, and where each of them sits. In the order in which they are attached
 * and swapped: whatever the counter sees asked, the other one must see answered.
 */
enum ProbeProgram {
  /** Follows what servers answer; adds nothing to the ledger. */
  ANSWERS("http_answers", Direction.EGRESS, "answers_program", "answers_link"),

  /** Counts. */
  COUNTER("http_counter", Direction.INGRESS, "program", "link");

  private final String function;
  private final Direction direction;
  private final String programPin;
  private final String linkPin;

  ProbeProgram(String function, Direction direction, String programPin, String linkPin) {
    this.function = function;
    this.direction = direction;
    this.programPin = programPin;
    this.linkPin = linkPin;
  }

  /** Its name in the object, and in the kernel. */
  String function() {
    return function;
  }

  Direction direction() {
    return direction;
  }

  /** The name of the program's pin. */
  String programPin() {
    return programPin;
  }

  /** The name of its tcx link's pin. */
  String linkPin() {
    return linkPin;
  }
}
