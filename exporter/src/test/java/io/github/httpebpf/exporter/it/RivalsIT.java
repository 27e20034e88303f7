package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads at the same time over the same pins: the capture is whole whoever wins. */
@KernelTest
class RivalsIT {

  private static final int RIVALS = 4;

  private Stage stage;

  @BeforeEach
  void open() {
    stage = new Stage();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private List<Shell.Result> loadAtOnce() {
    List<CompletableFuture<Shell.Result>> loads = new ArrayList<>();
    for (int i = 0; i < RIVALS; i++) {
      loads.add(
          CompletableFuture.supplyAsync(
              () -> stage.exporter.run("load", "--interface", "lo"), Shell.AT_ONCE));
    }
    return loads.stream().map(CompletableFuture::join).toList();
  }

  @RepeatedTest(3)
  void leaveOneWholeCapture() {
    List<Shell.Result> results = loadAtOnce();

    assertThat(results).extracting(Shell.Result::status).contains(0);
    assertThat(results)
        .filteredOn(result -> result.status() != 0)
        .allSatisfy(result -> assertThat(result.err()).hasLineCount(1));
    assertWhole();

    // Now over a living capture: all of them swap its program, one after the other.
    assertThat(loadAtOnce()).allSatisfy(Shell.Result::succeeded);
    assertWhole();
  }

  /** Two pin roots, and on clsact two filters: what one of them does must not end the other. */
  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void underAnotherPinRootTheyCountEachForThemselves(String backend) {
    try (Exporter other = new Exporter(stage.lan)) {
      for (Exporter each : List.of(stage.exporter, other)) {
        each.run("load", "--interface", "lo", "--tc-backend", backend).succeeded();
      }
      connect();
      assertThat(counts(stage.exporter).allPackets()).isEqualTo(2);
      assertThat(counts(other).allPackets()).isEqualTo(2);

      // Each swaps its own program.
      other.run("load", "--interface", "lo").succeeded();
      stage.exporter.run("load", "--interface", "lo").succeeded();
      connect();
      assertThat(counts(stage.exporter).allPackets()).isEqualTo(4);
      assertThat(counts(other).allPackets()).isEqualTo(4);

      other.run("unload").succeeded();
      assertThat(stage.server.hooked("lo")).hasSize(1);
      assertThat(stage.server.hookedAtEgress("lo")).hasSize(1);
      connect();
      assertThat(counts(stage.exporter).allPackets()).isEqualTo(6);
    }
  }

  private void assertWhole() {
    Path capture = stage.pin("lo");
    assertThat(Stage.modes(capture)).isEqualTo(Stage.captureModes(true));
    assertThat(stage.server.hooked("lo"))
        .containsExactly("tcx program " + Stage.programId(capture.resolve("program")));
    assertThat(stage.server.hookedAtEgress("lo"))
        .containsExactly("tcx program " + Stage.programId(capture.resolve("answers_program")));
    long before = counts(stage.exporter).allPackets();
    connect();
    assertThat(counts(stage.exporter).allPackets() - before).isEqualTo(2);
  }

  /** To a closed port: one packet there, one back. */
  private void connect() {
    int refused = Shell.run(stage.lan.onServer(Stage.words("curl -s http://127.0.0.1:1"))).status();
    assertThat(refused).isEqualTo(7);
  }

  private static Counts counts(Exporter exporter) {
    return Counts.ofJson(
        exporter.run("show", "--json", "--interface", "lo").succeeded().out(), "lo");
  }
}
