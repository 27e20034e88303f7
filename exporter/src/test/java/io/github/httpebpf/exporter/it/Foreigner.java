package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.bpf.TcxLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Somebody else's program, which counts the packets that it sees: {@code src/test/bpf/foreigner}.
 */
final class Foreigner implements AutoCloseable {

  /** {@code TCX_NEXT}, which is {@code TC_ACT_UNSPEC}: the next program decides. */
  static final int NEXT = -1;

  /** {@code TCX_PASS}, which is {@code TC_ACT_OK}: no further program sees the packet. */
  static final int PASS = 0;

  private static final Path SOURCE = Exporter.TOP.resolve("exporter/src/test/bpf/foreigner.bpf.c");
  private static final Map<String, Path> OBJECTS = new ConcurrentHashMap<>();

  private final Stage stage;
  private final Path pins;
  private @Nullable TcxLink link;

  /** Loads it, and pins it and its map in a directory that is made for them. */
  Foreigner(Stage stage, Path pins, int verdict) {
    this.stage = stage;
    this.pins = pins;
    load(pins, "tc", verdict);
  }

  /** Loads one of that section, and pins it, as {@code program}, and its map. */
  static void load(Path pins, String section, int verdict) {
    String defined = "-DSECTION='\"%s\"' -DVERDICT='(%d)'".formatted(section, verdict);
    String object = OBJECTS.computeIfAbsent(defined, Foreigner::compile).toString();
    Shell.out("mkdir", "-p", pins.toString());
    String program = pins.resolve("program").toString();
    Shell.out("bpftool", "prog", "load", object, program, "pinmaps", pins.toString());
  }

  private static Path compile(String defined) {
    try {
      Path object = Files.createTempDirectory("foreigner").resolve("foreigner.bpf.o");
      String build =
          """
          set -euo pipefail
          source %s/bin/lib.sh
          "$(find_versioned clang)" -target bpf -O2 -g -Wall -Wextra -Werror -Wno-unused-parameter \
            -idirafter "/usr/include/$(gcc -print-multiarch)" %s -c %s -o %s
          """
              .formatted(Exporter.TOP, defined, SOURCE, object);
      Shell.out("bash", "-c", build);
      return object;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path program() {
    return pins.resolve("program");
  }

  /** Its id, as {@code bpftool prog} shows it. */
  String id() {
    return Stage.programId(program());
  }

  /** Attaches it to a tcx hook, until closed. */
  Foreigner tcx(TcxLink.Direction direction, TcxLink.Place place) {
    link = TcxLink.attach(stage.server, Lan.INTERFACE, direction, place, program());
    return this;
  }

  /**
   * Adds it as a clsact filter.
   *
   * @param where direction, and priority and handle if the kernel is not to choose them
   */
  Foreigner filter(String where) {
    List<String> command = new ArrayList<>(Stage.words("tc filter add dev " + Lan.INTERFACE));
    command.addAll(Stage.words(where + " bpf da pinned " + program()));
    Shell.run(stage.lan.onServer(command)).succeeded();
    return this;
  }

  /** Packets. */
  long seen() {
    return Stage.sum(pins.resolve("seen"));
  }

  /** Takes it off a tcx hook, and removes the pins; the directory above them stays. */
  @Override
  public void close() {
    if (link != null) {
      link.close();
    }
    Shell.out("rm", "-r", pins.toString());
  }
}
