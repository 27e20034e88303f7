package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads that are told to end, or are killed, at any moment. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InterruptedLoadIT {

  /** Before the command runs, the JVM answers. */
  private static final int SIGTERM = 128 + 15;

  private static final int NOT_BEGUN = 1;

  /** Until the JVM has come up, there is nothing to break off. */
  private static final double EARLIEST = 0.3;

  private static final double LATEST = 1.05;

  /** It starts a server first. */
  private static final double RUN_LATEST = 1.6;

  private final Random random = new Random();
  private Capturing capturing;
  private Duration whole;

  @BeforeAll
  void open() {
    capturing = new Capturing();
    // The first one is slower: files are not in memory yet.
    capturing.stage.exporter.load();
    capturing.stage.exporter.run("unload").succeeded();
    long start = System.nanoTime();
    capturing.stage.exporter.load();
    whole = Duration.ofNanos(System.nanoTime() - start);
    capturing.stage.exporter.run("unload").succeeded();
  }

  @AfterAll
  void close() {
    capturing.close();
  }

  @AfterEach
  void unload() {
    Exporter exporter = capturing.stage.exporter;
    exporter.end();
    exporter.run("unload").succeeded();
    Shell.run("rm", "-rf", exporter.pinRoot().toString());
  }

  /** Moments of a load, spread evenly and a little shaken. */
  private List<Duration> moments(int count) {
    return moments(count, LATEST);
  }

  private List<Duration> moments(int count, double latest) {
    List<Duration> moments = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double part = EARLIEST + (latest - EARLIEST) * (i + random.nextDouble()) / count;
      moments.add(Duration.ofNanos((long) (whole.toNanos() * part)));
    }
    return moments;
  }

  private Exporter.Running beginAndWait(Duration moment, String... arguments) {
    Exporter.Running load = capturing.stage.exporter.begin(List.of(), arguments);
    load.awaitEnd(moment);
    return load;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void isWholeOrNothingIfToldToEnd(String backend) {
    List<Boolean> outcomes = new ArrayList<>();
    List<Duration> moments = moments(3);
    moments.add(whole.dividedBy(20));
    moments.add(Shell.LIMIT);
    for (Duration moment : moments) {
      Exporter.Running load = beginAndWait(moment, Capturing.load(backend));
      int status = load.terminate();
      assertThat(status).as(load.log()).isIn(0, NOT_BEGUN, SIGTERM);
      outcomes.add(status == 0);
      if (status == 0) {
        capturing.assertWhole(backend);
        capturing.stage.exporter.run("unload").succeeded();
      }
      capturing.assertNothingLeft();
    }
    assertThat(outcomes).contains(true, false);
  }

  /** It listens first, and loads then; a signal ends it with 0 either way. */
  @Test
  void runIsWholeOrNothingIfToldToEnd() {
    List<Duration> moments = moments(5, RUN_LATEST);
    moments.add(whole.multipliedBy(3));
    for (Duration moment : moments) {
      String run = "run --interface eth0 --tc-backend tcx --web.listen-address 127.0.0.1:0";
      Exporter.Running running = beginAndWait(moment, Stage.words(run).toArray(String[]::new));
      assertThat(running.terminate()).as(running.log()).isIn(0, SIGTERM);
      if (!capturing.stage.traces().isEmpty()) {
        capturing.assertWhole("tcx");
        capturing.stage.exporter.run("unload").succeeded();
      }
      capturing.assertNothingLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void isMendedByTheNextLoadIfKilled(String backend) {
    for (Duration moment : moments(3)) {
      beginAndWait(moment, Capturing.load(backend)).kill();
      capturing.stage.exporter.run(Capturing.load(backend)).succeeded();
      capturing.assertWhole(backend);
      capturing.stage.exporter.run("unload").succeeded();
      capturing.assertNothingLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void isUndoneByUnloadIfKilled(String backend) {
    for (Duration moment : moments(3)) {
      beginAndWait(moment, Capturing.load(backend)).kill();
      capturing.stage.exporter.run("unload").succeeded();
      capturing.assertNothingLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void leavesALivingCaptureCountingIfKilled(String backend) {
    capturing.stage.exporter.run(Capturing.load(backend)).succeeded();
    for (Duration moment : moments(3)) {
      beginAndWait(moment, Capturing.load(backend)).kill();
      assertThat(capturing.stage.server.hooked(Lan.INTERFACE)).hasSize(1);
      assertThat(capturing.stage.server.hookedAtEgress(Lan.INTERFACE)).hasSize(1);
      capturing.assertCounts();
    }
    capturing.stage.exporter.run(Capturing.load(backend)).succeeded();
    capturing.assertWhole(backend);
    capturing.stage.exporter.run("unload").succeeded();
    capturing.assertNothingLeft();
  }
}
