package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureLoader;
import io.github.httpebpf.exporter.bpf.InterfaceFollower;
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
    CaptureLoader loader = load.loader();
    termination.uninterrupted(() -> capture(loader, serving, termination));
    serving.announce();
    return RUNS_ON;
  }

  /** With expressions for interfaces, those that come later too: the loader lives on with them. */
  private void capture(CaptureLoader loader, Serving serving, Termination termination) {
    if (!load.load(loader)) {
      loader.close();
      return;
    }
    CaptureOptions captures = load.captures();
    new InterfaceFollower(captures.pinRoot(), loader, captures.selection(), serving::attachFailed)
        .start(termination::uninterrupted);
  }
}
