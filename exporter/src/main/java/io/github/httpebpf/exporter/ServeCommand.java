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
    captures.check();
    termination.arm(DONE);
    Reload reload = reload(termination);
    Serving serving = Serving.start(captures, web, reload, termination);
    reload.begin(next -> change((ServeCommand) next, serving));
    serving.announce();
    return RUNS_ON;
  }

  private static void change(ServeCommand next, Serving serving) {
    serving.change(next.captures);
    next.configureLogging();
  }
}
