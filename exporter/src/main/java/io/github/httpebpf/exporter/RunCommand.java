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
    load.captures().check();
    termination.arm(DONE);
    Reload reload = reload(termination);
    // First what is easily refused: an address in use must not leave captures behind.
    Serving serving = Serving.start(load.captures(), web, reload, termination);
    RunCaptures captures = new RunCaptures(termination::uninterrupted, serving::attachFailed);
    termination.uninterrupted(() -> captures.begin(load));
    reload.begin(next -> change((RunCommand) next, captures, serving));
    serving.announce();
    return RUNS_ON;
  }

  /** First what may fail. */
  private static void change(RunCommand next, RunCaptures captures, Serving serving) {
    captures.change(next.load);
    serving.change(next.load.captures());
    next.configureLogging();
  }
}
