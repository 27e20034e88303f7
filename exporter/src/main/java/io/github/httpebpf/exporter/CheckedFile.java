package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.config.ConfigException;
import io.github.httpebpf.exporter.config.ConfigFile;
import io.github.httpebpf.exporter.config.Place;
import io.github.httpebpf.exporter.config.Setting;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * A configuration file each of whose values was accepted by the flag that it stands for. It is
 * checked whole, whatever the command: a file is good for all of them, or for none. Immutable.
 */
final class CheckedFile {

  private final List<Setting> settings;

  private CheckedFile(List<Setting> settings) {
    this.settings = settings;
  }

  /**
   * Reads and checks.
   *
   * @throws ConfigException for the first mistake
   */
  static CheckedFile read(Path file) throws ConfigException {
    // One of its own, since what flags are set to is kept with the program.
    CommandLine program = Main.commandLine(new Main());
    List<Setting> settings = ConfigFile.read(file, OptionKeys.of(program));
    program.getSubcommands().values().forEach(each -> OptionKeys.takeWhole(each, Set.of()));
    for (Setting each : settings) {
      for (CommandLine command : program.getSubcommands().values()) {
        if (OptionKeys.option(command, each).isPresent()) {
          check(program, command.getCommandName(), each);
          break;
        }
      }
    }
    return new CheckedFile(settings);
  }

  private static void check(CommandLine program, String command, Setting setting)
      throws ConfigException {
    for (Setting.Value each : setting.values()) {
      check(program, command, setting, List.of(each), each.place());
    }
    check(program, command, setting, setting.values(), setting.place());
  }

  private static void check(
      CommandLine program,
      String command,
      Setting setting,
      Collection<Setting.Value> values,
      Place place)
      throws ConfigException {
    List<String> arguments = new ArrayList<>(List.of(command));
    arguments.addAll(OptionKeys.arguments(setting, values));
    try {
      program.parseArgs(arguments.toArray(String[]::new));
    } catch (ParameterException e) {
      throw new ConfigException(place, String.valueOf(e.getMessage()));
    }
  }

  /** How many keys it has. */
  int keys() {
    return settings.size();
  }

  /** How many of them a command takes; it passes over the others. */
  long keysOf(CommandLine command) {
    return settings.stream().filter(each -> OptionKeys.option(command, each).isPresent()).count();
  }

  /**
   * What a command takes, as it would be written on the command line.
   *
   * @param given flags that the command line has, and that the file therefore does not set
   */
  List<String> arguments(CommandLine command, Set<String> given) {
    return settings.stream()
        .filter(each -> OptionKeys.option(command, each).isPresent())
        .filter(each -> !given.contains(OptionKeys.flag(each)))
        .flatMap(each -> OptionKeys.arguments(each).stream())
        .toList();
  }
}
