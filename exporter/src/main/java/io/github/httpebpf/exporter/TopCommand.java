package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import java.io.Console;
import java.io.PrintWriter;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code top}. */
@Command(
    name = "top",
    description = {
      "Show what is requested most, what servers answer, and what takes longest.",
      "By URL where a capture was loaded with --urls, else by method. Repeats until SIGTERM or SIGINT.",
      "Needs no privilege but to reach the pins."
    })
final class TopCommand extends ExporterCommand {

  private static final System.Logger LOG = System.getLogger(TopCommand.class.getName());
  private static final double NANOSECONDS_PER_SECOND = 1e9;

  @Spec private CommandSpec command;

  @Mixin private CaptureOptions captures;

  @Option(
      names = "--interval",
      paramLabel = "INTERVAL",
      defaultValue = "2s",
      converter = Interval.class,
      description = "What rates are taken over, such as 500ms. Default: ${DEFAULT-VALUE}")
  private Duration interval = Duration.ofSeconds(2);

  private int rows = 10;

  @Option(
      names = "-n",
      paramLabel = "N",
      defaultValue = "10",
      description = "How many rows of each kind. Default: ${DEFAULT-VALUE}")
  void setRows(int number) {
    if (number < 1) {
      throw new ParameterException(command.commandLine(), "-n %d: not 1 or more".formatted(number));
    }
    rows = number;
  }

  @Override
  int execute(Termination termination) throws InterruptedException {
    termination.arm(DONE);
    CaptureReader reader = new CaptureReader(captures.pinRoot(), captures.selection());
    List<CaptureSnapshot> before = reader.readOrFail();
    long time = System.nanoTime();
    if (before.isEmpty()) {
      LOG.log(Level.WARNING, "no captures under {0}; load makes them", captures.pinRoot().path());
    }
    boolean screen = onTerminal();
    PrintWriter out = out();
    while (!out.checkError()) {
      Thread.sleep(interval);
      List<CaptureSnapshot> now = reader.read();
      long then = time;
      time = System.nanoTime();
      TopFormat.print(
          Activity.between(before, now, (time - then) / NANOSECONDS_PER_SECOND), rows, screen, out);
      before = now;
    }
    LOG.log(Level.ERROR, "print the rates: standard output cannot be written");
    return FAILED;
  }

  /** Some JDKs have a console that is no terminal, others none then. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean onTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
