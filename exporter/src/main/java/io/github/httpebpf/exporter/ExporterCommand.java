package io.github.httpebpf.exporter;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
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

  static final String CONFIG_FILE = "--config.file";

  @Option(
      names = CONFIG_FILE,
      paramLabel = "FILE",
      description = "What is not on the command line, in YAML: docs/configuration.md.")
  private @Nullable Path configFile;

  @Mixin private Logging logging;

  @ParentCommand private Main main;

  @Spec private CommandSpec spec;

  abstract int execute(Termination termination) throws Exception;

  @Override
  public final Integer call() throws Exception {
    logging.configure();
    return execute(main.termination());
  }

  /** Read before the command runs: {@link Invocation}. */
  @Nullable Path configFile() {
    return configFile;
  }

  /** Whether a failure too is to be a record of the log. */
  boolean logsForMachines() {
    return logging.isJson();
  }

  /** Logs while the process ends: the handlers of the log may have been closed by then. */
  void logLast(System.Logger.Level level, String message) {
    logging.last(level, getClass().getName(), message);
  }

  /** Takes effect for the whole process. */
  void configureLogging() {
    logging.configure();
  }

  /** Those that a configuration file may set, too. */
  List<OptionSpec> options() {
    return spec.options().stream().filter(OptionKeys::hasKey).toList();
  }

  /** One that there is. */
  OptionSpec option(String name) {
    return Objects.requireNonNull(spec.findOption(name));
  }

  /** Reads the configuration file of this command, which is to begin, again. */
  Reload reload(Termination termination) {
    Reload reload = new Reload(main.called(), this, termination);
    Hangup.handle(reload::run);
    return reload;
  }

  /** Standard output. */
  PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
