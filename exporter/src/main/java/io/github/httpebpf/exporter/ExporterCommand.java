package io.github.httpebpf.exporter;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** What all commands have: logging, and an exit code. */
@Command(
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpAutoWidth = true,
    sortOptions = false)
abstract class ExporterCommand implements Callable<Integer> {

  static final int DONE = 0;
  static final int FAILED = 1;

  /** Not an exit code: the process lives on by its threads until a signal ends it. */
  static final int RUNS_ON = -1;

  @Mixin private Logging logging;

  @ParentCommand private Main main;

  @Spec private CommandSpec spec;

  abstract int execute(Termination termination) throws Exception;

  @Override
  public final Integer call() throws Exception {
    logging.configure();
    return execute(main.termination());
  }

  /** Whether a failure too is to be a record of the log. */
  boolean logsForMachines() {
    return logging.isJson();
  }

  /** Standard output. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
