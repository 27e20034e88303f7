package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Unload removes what load made, all of it, and nothing else. */
@KernelTest
class UnloadIT {

  private Stage stage;

  /** Several directories below the stage's own pin root, which nobody loads to. */
  private Exporter nested;

  @BeforeEach
  void open() {
    stage = new Stage();
    nested = new Exporter(stage.lan, stage.pin("a/b/c"));
  }

  @AfterEach
  void close() {
    nested.run("unload");
    stage.exporter.run("unload");
    Shell.run("rm", "-rf", stage.exporter.pinRoot().toString());
    stage.close();
  }

  private static Path directory(Path path, String permissions) throws IOException {
    Files.createDirectory(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    return path;
  }

  private static void createMap(Path pin, String shape) {
    Shell.run(Stage.words("bpftool map create %s %s name other".formatted(pin, shape))).succeeded();
  }

  /** Whether a trace is of that capture. */
  private boolean isOf(String name, String trace) {
    return trace.startsWith(name + " ")
        || trace.startsWith(name + ":")
        || Path.of(trace).startsWith(stage.pin(name));
  }

  @Test
  void removesEveryDirectoryThatLoadsMade() {
    nested.load();
    nested.run("load", "--interface", "lo").succeeded();
    nested.run("unload", "--interface", Lan.INTERFACE).succeeded();
    assertThat(nested.pinRoot()).exists();
    nested.run("unload", "--interface", "lo").succeeded();

    assertThat(stage.traces()).isEmpty();
    assertThat(stage.exporter.pinRoot()).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a/b", "a/b/c"})
  void leavesDirectoriesMadeByHand(String byHand) throws IOException {
    Files.createDirectories(stage.pin(byHand));
    List<String> before = stage.traces();
    nested.load();
    nested.run("unload").succeeded();

    assertThat(stage.traces()).isEqualTo(before);
    assertThat(stage.pin(byHand)).isEmptyDirectory();
  }

  @Test
  void goesOnBehindADamagedCapture() throws IOException {
    stage.exporter.run("load", "--interface", "eth0,lo").succeeded();
    Path info = stage.pin("eth0/capture_info");
    Files.delete(info);
    createMap(info, "type hash key 4 value 8 entries 16");
    List<String> damaged = stage.traces().stream().filter(line -> !isOf("lo", line)).toList();
    Shell.Result result = stage.exporter.run("unload");

    assertThat(result.err())
        .isEqualTo(
            "open %s: holds a hash of 16 entries, key 4 and value 8 octets, not an array of 1 entries, key 4 and value 72 octets; remove it, or choose another --pin-root\n"
                .formatted(info));
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEqualTo(damaged);
  }

  @Test
  void goesOnBehindACaptureOfAnotherVersion() throws IOException {
    stage.exporter.run("load", "--interface", "eth0,lo").succeeded();
    Path info = stage.pin("eth0/capture_info");
    Files.delete(info);
    createMap(info, "type array key 4 value 72 entries 1");
    List<String> damaged = stage.traces().stream().filter(line -> !isOf("lo", line)).toList();
    Shell.Result result = stage.exporter.run("unload");

    assertThat(result.err())
        .isEqualTo(
            "read %s: layout 0, not 1; loaded by another version, unload it with that one\n"
                .formatted(info));
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEqualTo(damaged);
  }

  @Test
  void namesWhatIsNotOursInACapturesDirectory() throws IOException {
    stage.exporter.run("load", "--interface", "eth0,lo").succeeded();
    Path other = stage.pin("eth0/other");
    createMap(other, "type hash key 4 value 8 entries 16");
    Shell.Result result = stage.exporter.run("unload");

    assertThat(result.err())
        .isEqualTo(
            "remove %s: holds what is not ours: other; remove that and unload again\n"
                .formatted(stage.pin("eth0")));
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces())
        .containsExactly(
            stage.exporter.pinRoot().toString(),
            stage.pin("eth0").toString(),
            stage.pin("eth0/capture_info").toString(),
            other.toString());

    Files.delete(other);
    stage.exporter.run("unload").succeeded();
    assertThat(stage.traces()).isEmpty();
  }

  @Test
  void doesNotTakeForeignDirectoriesForCaptures() throws IOException {
    directory(stage.exporter.pinRoot(), "rwxr-xr-x");
    directory(stage.pin("lo"), "rwx------");
    createMap(stage.pin("lo/secret"), "type hash key 4 value 8 entries 16");
    directory(stage.pin("private"), "rwx------");
    directory(stage.pin("eth1"), "rwxr-xr-x");
    createMap(stage.pin("eth1/request_map"), "type percpu_array key 4 value 8 entries 16");
    List<String> before = stage.traces();
    stage.exporter.load();
    Exporter.Running running = stage.exporter.start("serve");

    assertThat(running.scrape().lines().filter(line -> line.startsWith("http_ebpf_exporter_up{")))
        .containsExactly("http_ebpf_exporter_up{interface=\"eth0\",} 1.0");
    Shell.Result show = stage.exporter.run("show", "--json").succeeded();
    assertThat(show.out()).containsOnlyOnce("\"interface\":").contains("\"interface\":\"eth0\"");
    assertThat(show.err()).isEmpty();
    assertThat(running.log()).doesNotContain(" warn ");
    Shell.Result unload = stage.exporter.run("unload").succeeded();
    assertThat(unload.err()).hasLineCount(1).endsWith(" info  unloaded eth0\n");
    assertThat(stage.traces()).isEqualTo(before).hasSize(6);
    running.kill();
  }
}
