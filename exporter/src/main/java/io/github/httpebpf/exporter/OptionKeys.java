package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.config.Key;
import io.github.httpebpf.exporter.config.KeyTree;
import io.github.httpebpf.exporter.config.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The keys of a configuration file: the long flags of all commands, without the hyphens. There is
 * no other list of them.
 */
final class OptionKeys {

  private OptionKeys() {}

  /** Of all commands of a program. */
  static KeyTree of(CommandLine program) {
    Map<String, Key> keys = new LinkedHashMap<>();
    for (CommandLine command : program.getSubcommands().values()) {
      for (OptionSpec option : command.getCommandSpec().options()) {
        if (hasKey(option)) {
          String path = path(option);
          keys.put(path, new Key(path, typeOf(option), option.isMultiValue()));
        }
      }
    }
    return KeyTree.of(keys.values());
  }

  /** Not for flags that ask for help, nor for the one that names the file. */
  static boolean hasKey(OptionSpec option) {
    return !option.usageHelp()
        && !option.versionHelp()
        && option.longestName().startsWith("--")
        && !option.longestName().equals(ExporterCommand.CONFIG_FILE);
  }

  private static String path(OptionSpec option) {
    return option.longestName().substring(2);
  }

  private static Key.Type typeOf(OptionSpec option) {
    Class<?> type = option.auxiliaryTypes()[0];
    if (type == boolean.class || type == Boolean.class) {
      return Key.Type.SWITCH;
    }
    boolean number = type == int.class || type == Integer.class || type == long.class;
    return number ? Key.Type.NUMBER : Key.Type.TEXT;
  }

  /** The flag that a setting stands for, if this is one of its command's. */
  static Optional<OptionSpec> option(CommandLine command, Setting setting) {
    return Optional.ofNullable(command.getCommandSpec().findOption(flag(setting)));
  }

  /** The command line that says the same. */
  static List<String> arguments(Setting setting) {
    return arguments(setting, setting.values());
  }

  static List<String> arguments(Setting setting, Collection<Setting.Value> values) {
    List<String> arguments = new ArrayList<>();
    values.forEach(value -> arguments.add(flag(setting) + "=" + value.text()));
    return arguments;
  }

  /**
   * A value of a file is one value, and has its commas: from here on these flags of a command are
   * not split at any. A flag that both a file and the command line have is the command line's.
   *
   * @param given flags that the command line has, which are split still
   */
  static void takeWhole(CommandLine command, Set<String> given) {
    CommandSpec spec = command.getCommandSpec();
    for (OptionSpec option : List.copyOf(spec.options())) {
      if (hasKey(option)
          && !option.splitRegex().isEmpty()
          && !given.contains(option.longestName())) {
        spec.remove(option);
        spec.addOption(OptionSpec.builder(option).splitRegex("").build());
      }
    }
  }

  static String flag(Setting setting) {
    return "--" + setting.key().path();
  }
}
