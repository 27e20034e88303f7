package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.bpf.Namespace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@link Lan} with an {@link Exporter}, and a look at what the exporter leaves in the kernel. */
final class Stage implements AutoCloseable {

  private static final Pattern NUMBER = Pattern.compile("\"(?:value|rx_packets)\": ([0-9]+)");

  final Lan lan = new Lan();
  final Exporter exporter = new Exporter(lan);

  /** A thread on the server. */
  final Namespace server = new Namespace(lan.serverName());

  /** A path below the exporter's pin root. */
  Path pin(String path) {
    return exporter.pinRoot().resolve(path);
  }

  /** Runs the exporter on the server, inside of another command, without a pin root. */
  Shell.Result runWithin(List<String> wrapper, String... arguments) {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(Exporter.command(arguments));
    return Shell.run(lan.onServer(command));
  }

  /** Everything under the pin root and on the hooks of the server. */
  List<String> traces() {
    List<String> traces = pins(exporter.pinRoot());
    for (String name : List.of(Lan.INTERFACE, "lo")) {
      server.hooked(name).forEach(each -> traces.add(name + ": " + each));
      server.hookedAtEgress(name).forEach(each -> traces.add(name + " egress: " + each));
    }
    return traces;
  }

  /** A directory and everything under it, ordered; empty if it does not exist. */
  static List<String> pins(Path directory) {
    List<String> found = new ArrayList<>();
    if (Files.exists(directory)) {
      try (Stream<Path> pins = Files.walk(directory)) {
        pins.map(Path::toString).sorted().forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  /** The names of a directory's pins, each with its mode, ordered. */
  static Map<String, String> modes(Path directory) {
    Map<String, String> modes = new TreeMap<>();
    try (Stream<Path> pins = Files.list(directory)) {
      for (Path pin : pins.toList()) {
        modes.put(
            pin.getFileName().toString(),
            PosixFilePermissions.toString(Files.getPosixFilePermissions(pin)));
      }
      return modes;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What {@link #modes} are of a capture. */
  static Map<String, String> captureModes(boolean tcx) {
    Map<String, String> modes = new TreeMap<>();
    for (String map :
        List.of(
            "capture_info",
            "exchange_map",
            "packet_map",
            "request_map",
            "response_map",
            "unseen_map")) {
      modes.put(map, "r--r--r--");
    }
    for (String state :
        List.of(
            "block_map",
            "flow_map",
            "head_map",
            "opening_map",
            "pending_map",
            "port_map",
            "trace_map",
            "trace_ring_map")) {
      modes.put(state, "rw-------");
    }
    for (String object : tcx ? List.of("program", "link") : List.of("program")) {
      modes.put(object, "rw-------");
      modes.put("answers_" + object, "rw-------");
    }
    return modes;
  }

  /** The id of a pinned program. */
  static String programId(Path pin) {
    return Shell.out("bpftool", "prog", "show", "pinned", pin.toString()).replaceAll("(?s):.*", "");
  }

  /** The sum of all numbers that a pinned map holds, of every CPU; bpftool reads it. */
  static long sum(Path map) {
    return NUMBER
        .matcher(Shell.out("bpftool", "map", "dump", "pinned", map.toString()))
        .results()
        .mapToLong(number -> Long.parseLong(number.group(1)))
        .sum();
  }

  /** A command on the server that must succeed; words are separated by spaces. */
  String onServer(String command) {
    return Shell.run(lan.onServer(words(command))).succeeded().out();
  }

  static List<String> words(String command) {
    return Arrays.asList(command.split(" ", -1));
  }

  @Override
  public void close() {
    exporter.close();
    server.close();
    lan.close();
  }
}
