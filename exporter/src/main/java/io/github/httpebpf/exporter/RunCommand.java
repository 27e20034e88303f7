package io.github.httpebpf.exporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code run}. */
@Command(
    name = "run",
    description = {
      "Attach, pin and serve, until SIGTERM or SIGINT.",
      "Counting goes on afterwards; unload ends it."
    })
final class RunCommand extends ExporterCommand {

  @Mixin private LoadOptions load;
  @Mixin private WebOptions web;

  @Override
  int execute(Termination termination) throws ListenException {
    termination.arm(DONE);
    // First what is easily refused: an address in use must not leave captures behind.
    Serving serving = Serving.start(load.captures(), web, termination);
    termination.uninterrupted(load::load);
    serving.announce();
    return RUNS_ON;
  }
}
