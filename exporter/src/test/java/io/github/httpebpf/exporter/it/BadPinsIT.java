package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is pinned where our pins go, and is not ours, is named, and left as it is. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadPinsIT {

  private static final String REMEDY = "; remove it, or choose another --pin-root";
  private static final String REQUESTS = "a per-CPU array of 16 entries, key 4 and value 8 octets";

  private Stage stage;

  /** Another capture, as a source of programs and links. */
  private Exporter other;

  @BeforeAll
  void open() {
    stage = new Stage();
    other = new Exporter(stage.lan);
    other.load();
  }

  @AfterAll
  void close() {
    other.close();
    stage.close();
  }

  @BeforeEach
  void makeRoot() throws IOException {
    Files.createDirectories(stage.pin("lo"));
  }

  @AfterEach
  void clear() {
    stage.exporter.run("unload");
    Shell.run("rm", "-rf", stage.exporter.pinRoot().toString());
  }

  private static void createMap(Path pin, String shape) {
    List<String> command = Stage.words("bpftool map create %s %s name other".formatted(pin, shape));
    Shell.run(command).succeeded();
  }

  private void assertRefused(String line, String... arguments) {
    List<String> before = stage.traces();
    Shell.Result result = stage.exporter.run(arguments);

    assertThat(result.err()).isEqualTo(line + "\n");
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({
    "request_map,type hash key 4 value 8 entries 16,'a hash of 16 entries, key 4 and value 8 octets'",
    "request_map,type hash key 8 value 8 entries 16,'a hash of 16 entries, key 8 and value 8 octets'",
    "request_map,type percpu_array key 4 value 16 entries 16,"
        + "'a per-CPU array of 16 entries, key 4 and value 16 octets'",
    "request_map,type percpu_array key 4 value 8 entries 10,"
        + "'a per-CPU array of 10 entries, key 4 and value 8 octets'",
    "request_map,type array key 4 value 8 entries 16,"
        + "'an array of 16 entries, key 4 and value 8 octets'"
  })
  void aMapOfAnotherShapeIsNotTakenOver(String name, String shape, String description) {
    createMap(stage.pin("lo/" + name), shape);

    assertRefused(
        "open %s: holds %s, not %s%s"
            .formatted(stage.pin("lo/" + name), description, REQUESTS, REMEDY),
        "load",
        "--interface",
        "lo");
  }

  /** Without a capture there, it cannot be what an earlier load left. */
  @Test
  void stateThatIsNoCapturesIsNotReplaced() {
    createMap(stage.pin("lo/port_map"), "type hash key 4 value 8 entries 16");

    assertRefused(
        "open %s: holds a hash of 16 entries, key 4 and value 8 octets, not an array of 1 entries, key 4 and value 65536 octets%s"
            .formatted(stage.pin("lo/port_map"), REMEDY),
        "load",
        "--interface",
        "lo");
  }

  @Test
  void anotherCaptureInfoIsNotRead() {
    createMap(stage.pin("lo/capture_info"), "type array key 4 value 8 entries 1");

    assertRefused(
        "open %s: holds an array of 1 entries, key 4 and value 8 octets, not an array of 1 entries, key 4 and value 72 octets%s"
            .formatted(stage.pin("lo/capture_info"), REMEDY),
        "load",
        "--interface",
        "lo");
  }

  @ParameterizedTest
  @CsvSource({"program,bpf-prog", "link,bpf-link"})
  void aProgramOrALinkIsNoMap(String pin, String kind) throws IOException {
    Path map = stage.pin("lo/packet_map");
    Files.createLink(map, other.pinRoot().resolve(Lan.INTERFACE).resolve(pin));

    assertRefused(
        "open %s: holds %s, not bpf-map%s".formatted(map, kind, REMEDY),
        "load",
        "--interface",
        "lo");
  }

  @ParameterizedTest
  @CsvSource({"load,link", "unload,link", "load,answers_link", "unload,answers_link"})
  void aMapIsNoLink(String command, String name) throws IOException {
    stage.exporter.run("load", "--interface", "lo").succeeded();
    Path link = stage.pin("lo/" + name);
    Path saved = stage.pin("saved");
    Files.move(link, saved);
    createMap(link, "type hash key 4 value 8 entries 16");

    assertRefused(
        "open %s: holds bpf-map, not bpf-link%s".formatted(link, REMEDY),
        command,
        "--interface",
        "lo");
    Files.move(saved, link, StandardCopyOption.ATOMIC_MOVE);
  }

  @Test
  void aMapInPlaceOfTheDirectoryIsNamed() throws IOException {
    Files.delete(stage.pin("lo"));
    createMap(stage.pin("lo"), "type hash key 4 value 8 entries 16");

    assertRefused(
        "create directory %s: something else is there; remove it, or choose another --pin-root"
            .formatted(stage.pin("lo")),
        "load",
        "--interface",
        "lo");
  }

  @Test
  void theFirstInterfaceIsTakenBackIfTheSecondFails() {
    createMap(stage.pin("lo/packet_map"), "type percpu_array key 4 value 8 entries 32");

    assertRefused(
        "open %s: holds a per-CPU array of 32 entries, key 4 and value 8 octets, not a per-CPU array of 64 entries, key 4 and value 8 octets%s"
            .formatted(stage.pin("lo/packet_map"), REMEDY),
        "load",
        "--interface",
        Lan.INTERFACE + ",lo");
  }

  @Test
  void anotherNamespacesCaptureIsNotTakenOver() {
    stage.exporter.load();
    List<String> before = stage.traces();
    Shell.Result result =
        Shell.run(
            stage.lan.onClient(
                stage
                    .exporter
                    .withRoot("load", "--interface", Lan.INTERFACE)
                    .toArray(String[]::new)));

    assertThat(result.err())
        .isEqualTo(
            "load %s: captures another network namespace's eth0; choose another --pin-root, or unload first\n"
                .formatted(stage.pin(Lan.INTERFACE)));
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEqualTo(before);
  }
}
