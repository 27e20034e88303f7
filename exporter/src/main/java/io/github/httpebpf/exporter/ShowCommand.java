package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code show}. */
@Command(
    name = "show",
    description = {
      "Print the pinned counts.",
      "Needs no privilege but to reach the pins. Exits with 1 if a capture cannot be read."
    })
final class ShowCommand extends ExporterCommand {

  private static final System.Logger LOG = System.getLogger(ShowCommand.class.getName());

  @Mixin private CaptureOptions captures;

  @Option(names = "--json", description = "For machines; docs/show-json.md has the schema.")
  private boolean json;

  @Option(
      names = "--watch",
      paramLabel = "INTERVAL",
      converter = Interval.class,
      description = "Repeat, for example every 2s or 500ms.")
  private @Nullable Duration watch;

  @Override
  int execute(Termination termination) throws InterruptedException {
    if (watch != null) {
      termination.arm(DONE);
    }
    CaptureReader reader = new CaptureReader(captures.pinRoot(), captures.selection());
    int status = show(reader.readOrFail());
    while (watch != null && !out().checkError()) {
      Thread.sleep(watch);
      status = show(reader.read());
    }
    return status;
  }

  private int show(List<CaptureSnapshot> snapshots) {
    PrintWriter out = out();
    if (json) {
      SnapshotFormat.json(snapshots, out);
    } else {
      SnapshotFormat.text(snapshots, out);
    }
    if (out.checkError()) {
      LOG.log(Level.ERROR, "print the counts: standard output cannot be written");
      return FAILED;
    }
    if (snapshots.isEmpty()) {
      LOG.log(Level.WARNING, "no captures under {0}; load makes them", captures.pinRoot().path());
    }
    boolean whole = snapshots.stream().allMatch(snapshot -> snapshot.counts() != null);
    return whole ? DONE : FAILED;
  }
}
