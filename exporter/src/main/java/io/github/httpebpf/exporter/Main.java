package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.BpfException;
import io.github.httpebpf.exporter.config.ConfigException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.Spec;

/** The program: arguments in, exit code out. */
@Command(
    name = "http-ebpf-exporter",
    description = "Counts HTTP requests inside the Linux kernel and serves them to Prometheus.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class)
public final class Main implements Runnable {

  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          LoadCommand.class,
          ServeCommand.class,
          ShowCommand.class,
          TopCommand.class,
          TraceCommand.class,
          UnloadCommand.class,
          DoctorCommand.class,
          ConfigCommand.class);

  private final Termination termination = new Termination();

  @Spec private CommandSpec spec;

  private @Nullable Invocation called;

  Main() {}

  /** Runs one command and exits, unless the command serves. */
  public static void main(String[] arguments) {
    // Numbers are written for programs too, whatever the user's language.
    Locale.setDefault(Locale.ROOT);
    Main main = new Main();
    // Not picocli's own writer, which does not tell when standard output cannot be written.
    int status =
        called(main, arguments)
            .setOut(new PrintWriter(System.out, true, System.out.charset()))
            .execute(arguments);
    if (status != ExporterCommand.RUNS_ON) {
      main.termination.status(status);
      System.exit(status);
    }
  }

  /** With all commands. */
  static CommandLine commandLine(Main main) {
    return commandLine(main, COMMANDS);
  }

  /**
   * With the command that is called alone: to look through all takes longer than most of them do.
   * With all if it is none, since help lists them.
   */
  static CommandLine called(Main main, String... arguments) {
    Predicate<Class<?>> called =
        command -> arguments.length > 0 && name(command).equals(arguments[0]);
    Optional<Class<?>> one = COMMANDS.stream().filter(called).findFirst();
    return commandLine(main, one.<List<Class<?>>>map(List::of).orElse(COMMANDS));
  }

  private static String name(Class<?> command) {
    return Objects.requireNonNull(command.getAnnotation(Command.class)).name();
  }

  private static CommandLine commandLine(Main main, List<Class<?>> commands) {
    CommandLine program = new CommandLine(main);
    commands.forEach(program::addSubcommand);
    return program
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setOverwrittenOptionsAllowed(false)
        .setExecutionStrategy(main::execute)
        .setParameterExceptionHandler(Main::reportUsage)
        .setExecutionExceptionHandler(Main::reportFailure);
  }

  /** With what the configuration file says, if there is one. */
  private int execute(ParseResult given) {
    Invocation called = Invocation.of(given);
    this.called = called;
    ParseResult whole = given;
    if (called.file() != null) {
      CommandLine program = given.commandSpec().commandLine();
      try {
        whole = called.parse(program);
      } catch (ConfigException e) {
        throw new ParameterException(program, String.valueOf(e.getMessage()), e);
      }
    }
    return new RunLast().execute(whole);
  }

  /** How; of a command that runs. */
  Invocation called() {
    return Objects.requireNonNull(called);
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
    boolean ofFile = e.getCause() instanceof ConfigException;
    String hint = "; see " + command.getCommandSpec().qualifiedName() + " --help";
    command.getErr().println(ofFile ? line : line + hint);
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
