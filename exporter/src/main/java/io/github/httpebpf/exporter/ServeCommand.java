package io.github.httpebpf.exporter;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code serve}. */
@Command(
    name = "serve",
    description = {
      "Serve what is pinned, until SIGTERM or SIGINT.",
      "Needs no privilege but to reach the pins."
    })
final class ServeCommand extends ExporterCommand {

  @Mixin private CaptureOptions captures;
  @Mixin private WebOptions web;

  @Override
  int execute(Termination termination) throws ListenException {
    termination.arm(DONE);
    Serving.start(captures, web, termination).announce();
    return RUNS_ON;
  }
}
