package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The program: arguments in, exit code out. */
@Command(
    name = "http-ebpf-exporter",
    description = "Counts HTTP requests inside the Linux kernel and serves them to Prometheus.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      RunCommand.class,
      LoadCommand.class,
      ServeCommand.class,
      ShowCommand.class,
      UnloadCommand.class,
      DoctorCommand.class
    })
public final class Main implements Runnable {

  private final Termination termination = new Termination();

  @Spec private CommandSpec spec;

  Main() {}

  /** Runs one command and exits, unless the command serves. */
  public static void main(String[] arguments) {
    // Numbers are written for programs too, whatever the user's language.
    Locale.setDefault(Locale.ROOT);
    Main main = new Main();
    // Not picocli's own writer, which does not tell when standard output cannot be written.
    int status =
        commandLine(main)
            .setOut(new PrintWriter(System.out, true, System.out.charset()))
            .execute(arguments);
    if (status != ExporterCommand.RUNS_ON) {
      main.termination.status(status);
      System.exit(status);
    }
  }

  static CommandLine commandLine(Main main) {
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(false)
        .setParameterExceptionHandler(Main::reportUsage)
        .setExecutionExceptionHandler(Main::reportFailure);
  }

  Termination termination() {
    return termination;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }

  private static int reportUsage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    String line = String.valueOf(e.getMessage()).replace('\n', ' ');
    command
        .getErr()
        .println(line + "; see " + command.getCommandSpec().qualifiedName() + " --help");
    return CommandLine.ExitCode.USAGE;
  }

  private static int reportFailure(
      Exception e, CommandLine command, @Nullable ParseResult arguments) {
    System.Logger log = System.getLogger(Main.class.getName());
    if (command.getCommand() instanceof ExporterCommand failed && failed.logsForMachines()) {
      log.log(System.Logger.Level.ERROR, String.join("\n", lines(e)));
    } else {
      PrintWriter err = command.getErr();
      lines(e).forEach(err::println);
    }
    log.log(System.Logger.Level.DEBUG, "trace", e);
    return ExporterCommand.FAILED;
  }

  private static List<String> lines(Exception e) {
    List<String> lines = new ArrayList<>();
    if (e instanceof BpfException failure) {
      lines.add(String.valueOf(e.getMessage()));
      if (!failure.detail().isEmpty()) {
        lines.add(failure.detail());
      }
    } else if (e instanceof ListenException) {
      lines.add(String.valueOf(e.getMessage()));
    } else {
      lines.add("internal error: " + e + "; --log.level debug shows where");
    }
    return lines;
  }
}
