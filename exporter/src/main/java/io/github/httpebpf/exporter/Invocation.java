package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.config.ConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * How the program was called: a command with its flags, and the file that says the rest. Immutable;
 * what the file says may be asked again and again.
 */
final class Invocation {

  private final List<String> arguments;
  private final String command;
  private final Set<String> given;
  private final @Nullable Path file;

  private Invocation(
      List<String> arguments, String command, Set<String> given, @Nullable Path file) {
    this.arguments = arguments;
    this.command = command;
    this.given = given;
    this.file = file;
  }

  /** Of a command line that was parsed, without its file. */
  static Invocation of(ParseResult parsed) {
    ParseResult last = parsed.hasSubcommand() ? parsed.subcommand() : parsed;
    CommandSpec command = last.commandSpec();
    Set<String> given =
        last.matchedOptions().stream()
            .map(option -> option.longestName())
            .collect(Collectors.toSet());
    boolean helps = last.isUsageHelpRequested() || last.isVersionHelpRequested();
    Path file =
        !helps && command.userObject() instanceof ExporterCommand exporter
            ? exporter.configFile()
            : null;
    return new Invocation(List.copyOf(parsed.expandedArgs()), command.name(), given, file);
  }

  /** Null without one. */
  @Nullable Path file() {
    return file;
  }

  /**
   * Reads the file, and parses it together with the command line, which goes before it.
   *
   * @param program what is parsed into
   * @throws ConfigException if the file cannot be used; nothing was parsed then
   * @throws ParameterException if it does not go together with the command line
   */
  ParseResult parse(CommandLine program) throws ConfigException {
    List<String> whole = new ArrayList<>(arguments);
    if (file != null) {
      CommandLine subcommand = Objects.requireNonNull(program.getSubcommands().get(command));
      OptionKeys.takeWhole(subcommand, given);
      // Nothing but help goes before the command, and nothing may stand behind a last "--".
      whole.addAll(whole.indexOf(command) + 1, CheckedFile.read(file).arguments(subcommand, given));
    }
    return program.parseArgs(whole.toArray(String[]::new));
  }
}
