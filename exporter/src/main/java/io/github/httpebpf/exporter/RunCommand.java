package io.github.httpebpf.exporter;

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
    termination.uninterrupted(() -> capture(serving, termination));
    serving.announce();
    return RUNS_ON;
  }

  /** With expressions for interfaces, those that come later too: the loader lives on with them. */
  private void capture(Serving serving, Termination termination) {
    CaptureOptions captures = load.captures();
    load.loadToFollow()
        .forEach(
            (netns, loader) ->
                new InterfaceFollower(
                        captures.pinRoot(),
                        netns,
                        loader,
                        captures.selection(),
                        serving::attachFailed)
                    .start(termination::uninterrupted));
  }
}
