package io.github.httpebpf.exporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code load}. */
@Command(
    name = "load",
    description = {
      "Attach and pin, then exit; the kernel counts by itself.",
      "Over captures that are there, replaces their program and keeps their counts."
    })
final class LoadCommand extends ExporterCommand {

  @Mixin private LoadOptions load;

  @Override
  int execute(Termination termination) {
    load.captures().check();
    termination.arm(FAILED);
    termination.uninterrupted(() -> load.load());
    return DONE;
  }
}
