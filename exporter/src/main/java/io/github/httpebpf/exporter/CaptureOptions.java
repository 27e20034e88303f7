package io.github.httpebpf.exporter;

import io.github.httpebpf.exporter.bpf.PinRoot;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which captures a command is about. */
final class CaptureOptions {

  /** IFNAMSIZ of linux/if.h; the kernel refuses the same characters. */
  private static final Pattern INTERFACE = Pattern.compile("(?!\\.{1,2}$)[^/:\\s]{1,15}");

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  private final List<String> interfaces = new ArrayList<>();
  private PinRoot pinRoot = new PinRoot(Path.of(PinRoot.DEFAULT));

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      split = ",",
      description = {
        "Where to capture; repeatable.",
        "Default for run, load and doctor: the interfaces of the default routes and lo;",
        "for serve, show and unload: every capture under the pin root."
      })
  void setInterfaces(List<String> names) {
    for (String name : names) {
      if (!INTERFACE.matcher(name).matches()) {
        throw new ParameterException(
            command.commandLine(), "--interface '" + name + "': not the name of an interface");
      }
    }
    interfaces.clear();
    interfaces.addAll(names);
  }

  @Option(
      names = "--pin-root",
      paramLabel = "DIR",
      defaultValue = PinRoot.DEFAULT,
      description = "Where pins live, on a bpf file system. Default: ${DEFAULT-VALUE}")
  void setPinRoot(String path) {
    try {
      pinRoot = new PinRoot(Path.of(path));
    } catch (InvalidPathException e) {
      throw new ParameterException(command.commandLine(), "pin root " + path + ": not a path", e);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** As given; empty if none was. */
  List<String> interfaces() {
    return List.copyOf(interfaces);
  }

  PinRoot pinRoot() {
    return pinRoot;
  }
}
