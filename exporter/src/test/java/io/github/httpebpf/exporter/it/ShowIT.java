package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.UnseenProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pinned counts, as {@code show} and others print them. */
@KernelTest
class ShowIT {

  private static final List<String> NOBODY =
      Stage.words("setpriv --reuid=65534 --regid=65534 --clear-groups");

  private Stage stage;

  @BeforeEach
  void open() {
    stage = new Stage();
    stage.lan.hush();
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private void request(String method, int times) {
    for (int i = 0; i < times; i++) {
      Shell.run(
              stage.lan.onClient(
                  "curl", "-sS", "-o", "/dev/null", "-X", method, "http://10.203.0.1/"))
          .succeeded();
    }
  }

  @Test
  void bpftoolShowAndAScrapeTellTheSame() {
    try (Nginx nginx = new Nginx(stage.lan)) {
      stage.exporter.load();
      // What is counted here is counted, and read by bpftool, while no process of ours is there.
      assertThat(processes()).isEmpty();
      request("GET", 3);
      request("PATCH", 2);
      nginx.await(5);
      Dump requests = Dump.of(stage.pin("eth0/request_map"));
      Dump packets = Dump.of(stage.pin("eth0/packet_map"));
      assertThat(processes()).isEmpty();

      assertThat(requests.sums()).hasToString("[0, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0]");
      Counts shown = stage.exporter.show();
      assertThat(shown.requests().values()).containsExactlyElementsOf(requests.first(10));
      assertThat(shown.packets().values()).containsExactlyElementsOf(packets.first(21));
      assertThat(packets.sums()).hasSize(64);
      assertThat(packets.sums().subList(21, 64)).containsOnly(0L);
      assertThat(shown.packets("request")).isEqualTo(5);
      assertThat(Counts.ofText(stage.exporter.run("show").succeeded().out(), "eth0"))
          .isEqualTo(shown);
      String scrape = stage.exporter.start("serve").scrape();
      assertThat(Counts.ofScrape(scrape, "eth0")).isEqualTo(shown);
      List<Long> unseen = Dump.of(stage.pin("eth0/unseen_map")).sums();
      assertThat(unseen).hasSize(16);
      for (UnseenProtocol protocol : UnseenProtocol.values()) {
        assertThat(scrape)
            .contains(
                "unseen_connections_total{protocol=\"%s\",interface=\"eth0\",} %d.0\n"
                    .formatted(protocol.label(), unseen.get(protocol.id())));
      }
    }
  }

  /** Command lines with this pin root. */
  private List<String> processes() {
    return ProcessHandle.allProcesses()
        .map(process -> process.info().commandLine().orElse(""))
        .filter(line -> line.contains(stage.exporter.pinRoot().toString() + " "))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"TERM,2s,2000", "INT,100ms,100"})
  void watchingRepeatsUntilItIsToldToEnd(String signal, String interval, long milliseconds)
      throws Exception {
    try (Nginx nginx = new Nginx(stage.lan)) {
      stage.exporter.load();
      Path out = Files.createTempFile("watch", ".json");
      long start = System.nanoTime();
      Process watch =
          new ProcessBuilder(
                  stage.lan.onServer(
                      Exporter.interruptible(
                          stage.exporter.withRoot("show", "--json", "--watch", interval))))
              .redirectOutput(out.toFile())
              .start();
      try {
        for (int gets = 0; gets <= 2; gets++) {
          String counted = "\"GET\":" + gets + ",";
          Shell.await("it shows " + counted, () -> read(out).contains(counted));
          request("GET", 1);
        }
        long taken = System.nanoTime() - start;
        int lines = read(out).split("\n", -1).length - 1;
        // A line at once, then one an interval.
        assertThat(lines).isBetween(3, 1 + (int) (taken / 1_000_000 / milliseconds));

        Shell.out("kill", "-" + signal, String.valueOf(watch.pid()));
        assertThat(watch.waitFor(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(watch.exitValue()).isZero();
        assertThat(watch.getErrorStream().readAllBytes()).isEmpty();
        ShowSchema schema = new ShowSchema();
        assertThat(read(out).lines()).allSatisfy(l -> assertThat(schema.violations(l)).isEmpty());
        assertThat(read(out).lines().map(line -> Counts.ofJson(line, "eth0").requests("GET")))
            .isSorted()
            .startsWith(0L)
            .contains(0L, 1L, 2L);
        nginx.await(3);
      } finally {
        watch.destroyForcibly();
        Files.delete(out);
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void servingEndsWith0AndLeavesThePins() {
    stage.exporter.load();
    for (String command : List.of("run", "serve")) {
      for (String signal : List.of("TERM", "INT")) {
        Exporter.Running running = stage.exporter.start(command, "--interface", "eth0");
        Shell.await("it is ready", () -> running.status("/-/ready") == 200);
        List<String> before = stage.traces();
        assertThat(before).as("root, capture, eighteen pins, hooks").hasSize(22);

        assertThat(running.signal(signal)).as("%s, %s", command, signal).isZero();
        assertThat(stage.traces()).isEqualTo(before);
        assertThat(running.log()).doesNotContain(" error ");
      }
    }
  }

  @Test
  void aFullStandardOutputIsAnError() {
    stage.exporter.load();
    List<String> full = List.of("sh", "-c", "exec timeout 20 \"$@\" > /dev/full", "sh");
    for (String what : List.of("show", "show --json", "show --watch 100ms", "doctor")) {
      String command = what + " --interface eth0 --pin-root " + stage.exporter.pinRoot();
      Shell.Result result = stage.runWithin(full, command.split(" ", -1));

      String object = what.equals("doctor") ? "checks" : "counts";
      assertThat(result.err())
          .matches(
              "\\S+ error print the %s: standard output cannot be written\n".formatted(object));
      assertThat(result.status()).as(what).isEqualTo(1);
    }
  }

  @Test
  void aPinRootThatCannotBeListedIsAnError() throws IOException {
    stage.exporter.load();
    Path root = stage.exporter.pinRoot();
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx------"));
    for (String json : List.of("--log.level=info", "--json", "--watch=100ms")) {
      Shell.Result result = stage.runWithin(NOBODY, "show", json, "--pin-root", root.toString());

      assertThat(result.err())
          .isEqualTo(
              "list %s: EACCES (13) Permission denied; needs root, or other permissions there\n"
                  .formatted(root));
      assertThat(result.out()).isEmpty();
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void aNamedInterfaceWithoutACaptureIsShownWithoutCounts() {
    stage.exporter.load();
    Shell.Result text = stage.exporter.run("show", "--interface", "nosuch,eth0");
    Shell.Result json = stage.exporter.run("show", "--interface", "nosuch", "--json");

    assertThat(text.out()).startsWith("eth0:\n  _OTHER ").endsWith("\nnosuch: cannot be read\n");
    assertThat(json.out()).isEqualTo("{\"captures\":[{\"interface\":\"nosuch\",\"up\":false}]}\n");
    for (Shell.Result result : List.of(text, json)) {
      assertThat(result.err())
          .matches("\\S+ warn  read %s: no capture there\n".formatted(stage.pin("nosuch")));
      assertThat(result.status()).isEqualTo(1);
    }
  }

  @Test
  void nothingCapturedIsNoErrorButSaid() {
    Shell.Result result = stage.exporter.run("show", "--json");

    assertThat(result.out()).isEqualTo("{\"captures\":[]}\n");
    assertThat(result.err())
        .matches(
            "\\S+ warn  no captures under %s; load makes them\n"
                .formatted(stage.exporter.pinRoot()));
    assertThat(result.status()).isZero();
  }

  /** The mount itself may hold pins of others. */
  @Test
  void theMountItselfCanBeThePinRoot() throws IOException {
    try (Mount mount = Mount.bpf("1777")) {
      Path root = mount.point();
      Path others = Files.createDirectory(root.resolve("others"));
      List<String> options = List.of("--interface", "eth0", "--pin-root", root.toString());
      try {
        run("load", options).succeeded();
        assertThat(root.resolve("eth0/request_map")).exists();
        assertThat(Dump.of(root.resolve("eth0/request_map")).sums()).hasSize(16);
        assertThat(Counts.ofText(run("show", options).succeeded().out(), "eth0").allRequests())
            .isZero();
      } finally {
        run("unload", options).succeeded();
      }
      assertThat(root.resolve("eth0")).doesNotExist();
      assertThat(others).exists();
      assertThat(Stage.words(Shell.out("stat", "-c", "%a", root.toString()).strip()))
          .containsExactly("1777");
    }
  }

  private Shell.Result run(String command, List<String> options) {
    List<String> line = new java.util.ArrayList<>(Exporter.command(command));
    line.addAll(options);
    return Shell.run(stage.lan.onServer(line));
  }
}
