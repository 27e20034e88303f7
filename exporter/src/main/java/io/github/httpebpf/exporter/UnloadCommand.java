package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureRemover;
import java.lang.System.Logger.Level;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code unload}. */
@Command(
    name = "unload",
    description = "Detach and unpin; succeeds if nothing is there. The counts are gone afterwards.")
final class UnloadCommand extends ExporterCommand {

  private static final System.Logger LOG = System.getLogger(UnloadCommand.class.getName());

  @Mixin private CaptureOptions captures;

  @Override
  int execute(Termination termination) {
    captures.check();
    termination.arm(FAILED);
    termination.uninterrupted(this::unload);
    return DONE;
  }

  private void unload() {
    for (String name : new CaptureRemover(captures.pinRoot()).unload(captures.selection())) {
      LOG.log(Level.INFO, "unloaded {0}", name);
    }
  }
}
