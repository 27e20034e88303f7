package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.config.ConfigException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code config}. */
@Command(
    name = "config",
    description = "Look at configuration files.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    usageHelpAutoWidth = true,
    subcommands = ConfigCommand.Check.class)
final class ConfigCommand implements Runnable {

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "no command was given");
  }

  /** {@code config check}. */
  @Command(
      name = "check",
      description = {
        "Say whether a file can be used for --config.file, and what each command takes of it.",
        "Needs no privilege, and touches nothing."
      },
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      usageHelpAutoWidth = true)
  static final class Check implements Callable<Integer> {

    private static final System.Logger LOG = System.getLogger(Check.class.getName());

    @Parameters(paramLabel = "FILE", description = "The file: docs/configuration.md.")
    private Path file = Path.of("");

    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      CommandLine own = spec.commandLine();
      try {
        own.getOut().println(describe(CheckedFile.read(file)));
      } catch (ConfigException e) {
        throw new ParameterException(own, String.valueOf(e.getMessage()), e);
      }
      if (own.getOut().checkError()) {
        LOG.log(Level.ERROR, "print the result: standard output cannot be written");
        return ExporterCommand.FAILED;
      }
      return ExporterCommand.DONE;
    }

    private String describe(CheckedFile checked) {
      List<String> taken = new ArrayList<>();
      Map<String, CommandLine> commands = Main.commandLine(new Main()).getSubcommands();
      commands.forEach(
          (name, command) -> {
            if (command.getCommand() instanceof ExporterCommand) {
              taken.add(name + " " + checked.keysOf(command));
            }
          });
      int keys = checked.keys();
      return "%s: valid, %d %s; taken: %s"
          .formatted(file, keys, keys == 1 ? "key" : "keys", String.join(", ", taken));
    }
  }
}
