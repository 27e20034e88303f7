package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs commands to their end. */
public final class Shell {

  /** What a command printed, and its exit code. */
  public record Result(int status, String out, String err) {

    /** The exit code was 0; else what it said is the failure's message. */
    public Result succeeded() {
      assertThat(status).as("%s%s", out, err).isZero();
      return this;
    }
  }

  /** Patience with a machine that is busy with other things. */
  static final Duration LIMIT = Duration.ofMinutes(2);

  /** A thread for each task: on two processors the common pool has but one for all. */
  static final Executor AT_ONCE = task -> Thread.ofPlatform().daemon().start(task);

  private Shell() {}

  /** Runs a command that may fail. */
  public static Result run(String... command) {
    return run(List.of(command));
  }

  /** Runs a command that may fail; one that does not end is killed, and an error. */
  static Result run(List<String> command) {
    try {
      Path out = Files.createTempFile("out", ".txt");
      Path err = Files.createTempFile("err", ".txt");
      Process process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      boolean ended = process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS);
      if (!ended) {
        process.destroyForcibly();
      }
      assertThat(ended).as("ends within %s: %s", LIMIT, command).isTrue();
      Result result = new Result(process.exitValue(), read(out), read(err));
      Files.delete(out);
      Files.delete(err);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Runs a command that must succeed, and returns what it printed. */
  public static String out(String... command) {
    return run(command).succeeded().out();
  }

  /** Waits until something is so, at most two minutes. */
  public static void await(String what, BooleanSupplier condition) {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waiting until %s", what).isLessThan(limit);
      pause();
    }
  }

  /** Waits until assertions hold, likewise; else they fail as they did last. */
  static void awaitHolds(Runnable assertions) {
    long limit = System.nanoTime() + LIMIT.toNanos();
    while (true) {
      try {
        assertions.run();
        return;
      } catch (AssertionError e) {
        if (System.nanoTime() > limit) {
          throw e;
        }
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static String read(Path file) throws IOException {
    // Servers' answers may hold any octets.
    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
  }
}
