package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@code trace} that runs; its standard output goes to a file, or into a pipe. */
final class Tracing implements AutoCloseable {

  static final long LEASE = Duration.ofSeconds(3).toNanos();

  private final Process process;
  private final Path out;
  private final Path err;

  /**
   * Begins, and returns when the program traces.
   *
   * @param map the pinned {@code trace_map} that it writes
   * @param piped whether nobody reads
   */
  Tracing(List<String> command, Path map, boolean piped) {
    long started = System.nanoTime();
    try {
      out = Files.createTempFile("trace", ".out");
      err = Files.createTempFile("trace", ".err");
      ProcessBuilder builder =
          new ProcessBuilder(Exporter.interruptible(command)).redirectError(err.toFile());
      process = (piped ? builder : builder.redirectOutput(out.toFile())).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.await("it traces", () -> isTracedSince(started, map) || !process.isAlive());
    assertThat(process.isAlive()).as(err()).isTrue();
  }

  /** Whether somebody has asked for it, and was not killed. */
  static boolean isTraced(Path map) {
    return until(map) > System.nanoTime();
  }

  /**
   * Whether somebody has asked for it since then: one that was killed before had it until later.
   */
  static boolean isTracedSince(long started, Path map) {
    return until(map) > started + LEASE;
  }

  static long until(Path map) {
    String dump =
        Shell.out(
            "bpftool", "-j", "map", "lookup", "pinned", map.toString(), "key", "0", "0", "0", "0");
    try {
      JsonNode value = new ObjectMapper().readTree(dump).path("formatted").path("value");
      assertThat(value.isNumber()).as(dump).isTrue();
      return value.longValue();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean alive() {
    return process.isAlive();
  }

  /** What it has written to the file. */
  List<String> lines() {
    try {
      return Files.readAllLines(out, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Likewise, by {@code --json}. */
  List<JsonNode> objects() {
    List<JsonNode> objects = new ArrayList<>();
    ObjectMapper mapper = new ObjectMapper();
    for (String line : lines()) {
      try {
        objects.add(mapper.readTree(line));
      } catch (JsonProcessingException e) {
        throw new AssertionError(line, e);
      }
    }
    return objects;
  }

  void awaitLines(int number) {
    Shell.await(number + " lines are there", () -> lines().size() >= number || !alive());
  }

  String err() {
    try {
      return Files.readString(err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is in the pipe; it has to have ended. */
  List<String> piped() {
    try {
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns its exit code. */
  int signal(String name) {
    Shell.out("kill", "-" + name, String.valueOf(process.pid()));
    return await();
  }

  int await() {
    try {
      assertThat(process.waitFor(Shell.LIMIT.toSeconds(), TimeUnit.SECONDS))
          .as("ends: %s", err())
          .isTrue();
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    await();
  }
}
