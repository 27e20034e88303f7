package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;

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
  void leaveOneWholeCapture() throws IOException {
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

  private void assertWhole() throws IOException {
    Path capture = stage.pin("lo");
    try (Stream<Path> pins = java.nio.file.Files.list(capture)) {
      assertThat(pins.map(pin -> pin.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "request_map", "packet_map", "capture_info", "program", "link");
    }
    assertThat(stage.server.hooked("lo"))
        .containsExactly("tcx program " + Stage.programId(capture.resolve("program")));
    Counts before = counts();
    // A closed port: one packet there, one back.
    int refused = Shell.run(stage.lan.onServer(Stage.words("curl -s http://127.0.0.1:1"))).status();
    assertThat(refused).isEqualTo(7);
    assertThat(counts().allPackets() - before.allPackets()).isEqualTo(2);
  }

  private Counts counts() {
    return Counts.ofJson(
        stage.exporter.run("show", "--json", "--interface", "lo").succeeded().out(), "lo");
  }
}
