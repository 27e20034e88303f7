package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.HeldPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A configuration file is applied again, whole or not at all, and no count is lost. */
@KernelTest
class ReloadIT {

  private static final int RELOADS = 4;
  private static final String PLAIN = "interface: eth0\nweb: {enable-lifecycle: true}\n";

  @TempDir private Path folder;

  private Path file;
  private Stage stage;
  private Nginx nginx;

  @BeforeEach
  void open() throws IOException {
    file = Files.writeString(folder.resolve("c.yaml"), PLAIN);
    stage = new Stage();
    nginx = new Nginx(stage.lan);
  }

  @AfterEach
  void close() {
    nginx.close();
    stage.close();
  }

  private Exporter.Running start(String command) {
    return stage.exporter.start(command, "--config.file", file.toString());
  }

  private void write(String yaml) throws IOException {
    Files.writeString(file, yaml);
  }

  private void get() {
    Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
        .succeeded();
  }

  private static long counted(Exporter.Running running, String name) {
    String series = "http_requests_total{method=\"GET\",interface=\"" + name + "\",} ";
    return running
        .scrape()
        .lines()
        .filter(line -> line.startsWith(series))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(series.length())))
        .findFirst()
        .orElse(-1);
  }

  private static void assertOutcome(Exporter.Running running, boolean successful) {
    assertThat(running.scrape())
        .contains(
            "http_ebpf_exporter_config_last_reload_successful " + (successful ? "1.0" : "0.0"))
        .containsPattern("config_last_reload_success_timestamp_seconds 1\\.[0-9]+E9");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void everyRequestIsCountedOnceAcrossReloads(String backend) throws IOException {
    write(PLAIN + "tc-backend: " + backend + "\n");
    try (HeldPrograms programs = new HeldPrograms()) {
      Exporter.Running run = start("run");
      programs.hold(stage.pin("eth0/program"));
      int sent;
      try (Traffic traffic = new Traffic(stage.lan)) {
        for (int i = 0; i < RELOADS; i++) {
          String more = i % 2 == 0 ? "ports: 80\nport-labels: true\n" : "exclude-port: [9999]\n";
          write(PLAIN + "tc-backend: " + backend + "\n" + more);
          if (i % 3 == 0) {
            assertThat(run.post("/-/reload")).isEqualTo("reloaded\n200");
          } else {
            assertThat(run.reload()).contains("info  reloaded " + file);
          }
          programs.hold(stage.pin("eth0/program"));
          write("interface: [eth0\n");
          assertThat(run.reload()).contains("error reload: " + file + ":2:1: no YAML: ");
        }
        Shell.await("the last one runs", () -> programs.runs().getLast() > 0);
        sent = traffic.stop();
      }

      assertThat(sent).isGreaterThan(1000);
      assertThat(nginx.log()).hasSize(sent);
      assertThat(counted(run, "eth0")).isEqualTo(sent);
      assertThat(stage.exporter.show().allRequests()).isEqualTo(sent);
      assertThat(programs.runs()).hasSize(1 + RELOADS).allMatch(runs -> runs > 0);
      assertThat(stage.server.hooked("eth0")).hasSize(1);
      assertOutcome(run, false);
      assertThat(run.terminate()).isZero();
    }
  }

  @Test
  void whatIsReadAgainHoldsAtOnce() throws IOException {
    Exporter.Running run = start("run");
    get();
    write(PLAIN + "exclude-port: 80\nlog: {level: debug}\n");

    assertThat(run.reload()).contains("reloaded " + file + "; changed: exclude-port, log.level");
    get();
    write(PLAIN);
    assertThat(run.reload()).contains("changed: exclude-port, log.level");
    get();

    assertThat(counted(run, "eth0")).isEqualTo(2);
    assertThat(run.scrape()).contains("packets_total{result=\"excluded\",interface=\"eth0\",} 1.0");
    assertOutcome(run, true);
  }

  @Test
  void aRefusalIsOneLineAndChangesNothing() throws IOException {
    Exporter.Running run = start("run");
    String program = Stage.programId(stage.pin("eth0/program"));

    assertRefused(run, "log:\n  level: loud\n", file + ":4:10: Invalid value for option");
    assertRefused(run, "exclude-port: [80, 0]\n", file + ":3:20: --exclude-port 0: not a port");
    assertRefused(
        run,
        "web: {enable-lifecycle: true, telemetry-path: /m}\n",
        file + ":3:1: web: is in line 2 already");
    write("interface: [eth0, eth9]\nexclude-port: 80\nweb: {enable-lifecycle: true}\n");
    assertRefused(run, "", "attach to eth9: no such interface; interfaces here: eth0, lo");
    write("interface: eth0\nexclude-port: 80\nweb: {enable-lifecycle: false}\n");
    assertRefused(run, "", file + ": web.enable-lifecycle has changed, and that needs a restart");
    Files.delete(file);
    assertThat(run.reload()).contains("reload: " + file + ": no such file");

    assertThat(Stage.programId(stage.pin("eth0/program"))).isEqualTo(program);
    get();
    assertThat(counted(run, "eth0")).isEqualTo(1);
    assertOutcome(run, false);
    write(PLAIN);
    assertThat(run.reload()).contains("changed: nothing");
    assertOutcome(run, true);
  }

  /** Of the file as it is, or of the plain one with more. */
  private void assertRefused(Exporter.Running run, String more, String line) throws IOException {
    if (!more.isEmpty()) {
      write(PLAIN + more);
    }
    String log = run.reload();
    assertThat(log.lines()).hasSize(1);
    assertThat(log).contains("error reload: " + line).contains("; nothing was changed");
    assertThat(run.post("/-/reload")).startsWith("reload: " + line).endsWith("\n500");
  }

  @Test
  void whatTheKernelRefusesHalfWayIsTakenBack() throws IOException {
    try (Exporter rival = new Exporter(stage.lan)) {
      rival.run("load", "--interface", "eth0", "--capture", "xdp").succeeded();
      Exporter.Running run = start("run");
      String program = Stage.programId(stage.pin("eth0/program"));
      write(PLAIN + "capture: [tc, xdp]\nexclude-port: 80\n");

      assertThat(run.reload()).contains("another XDP program is there");

      assertThat(Stage.programId(stage.pin("eth0/program")))
          .as("it was swapped, and swapped back")
          .isNotEqualTo(program);
      get();
      assertThat(counted(run, "eth0")).isEqualTo(1);
      assertThat(stage.pin("%xdp")).doesNotExist();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "serve"})
  void otherCapturesAreServed(String command) throws IOException {
    stage.exporter.run("load", "--interface", "eth0,lo").succeeded();
    Exporter.Running running = start(command);
    get();
    assertThat(counted(running, "eth0")).isEqualTo(1);
    assertThat(counted(running, "lo")).isEqualTo(-1);
    write(PLAIN.replace("eth0", "lo"));

    String log = running.reload();

    assertThat(log).contains("changed: interface");
    if (command.equals("run")) {
      assertThat(log).contains("eth0 is captured still, but not served any more; unload ends it");
    }
    assertThat(counted(running, "lo")).isNotNegative();
    assertThat(counted(running, "eth0")).isEqualTo(-1);
    assertThat(running.status("/-/ready")).isEqualTo(200);
    get();
    write(PLAIN);
    assertThat(running.reload()).contains("changed: interface");
    assertThat(counted(running, "eth0")).isEqualTo(2);
  }

  @Test
  void interfacesThatComeAreFollowedAsTheFileSays() throws IOException {
    try (Veths veths = new Veths(stage.lan)) {
      Exporter.Running run = start("run");
      veths.add(0, 1);
      write("interface: 'veth.*'\nweb: {enable-lifecycle: true}\n");
      assertThat(run.reload()).contains("capturing veth0");
      veths.add(1, 2);
      Shell.await("what came later", () -> run.log().contains("capturing veth1"));
      write("interface: 'veth[0-2]'\nexclude-port: 9999\nweb: {enable-lifecycle: true}\n");
      assertThat(run.reload()).contains("changed: exclude-port, interface");
      veths.add(2, 4);
      Shell.await("what came later still", () -> run.log().contains("capturing veth2"));

      assertThat(stage.pin("veth3")).doesNotExist();
      assertThat(run.terminate()).isZero();
    }
  }

  @Test
  void interfacesThatComeWhileItReloadsAreCapturedOnceEach() throws IOException {
    int each = 4;
    write("interface: 'veth{1,1}[0-9]+'\nweb: {enable-lifecycle: true}\n");
    try (Veths veths = new Veths(stage.lan)) {
      Exporter.Running run = start("run");
      for (int i = 0; i < RELOADS; i++) {
        int from = each * i;
        CompletableFuture<?> coming =
            CompletableFuture.runAsync(() -> veths.add(from, from + each), Shell.AT_ONCE);
        CompletableFuture<?> posted =
            CompletableFuture.runAsync(
                () -> assertThat(run.post("/-/reload")).isEqualTo("reloaded\n200"), Shell.AT_ONCE);
        run.hangUp();
        coming.join();
        posted.join();
      }
      int all = each * RELOADS;
      Shell.await("all", () -> counts(run) == all);

      veths.get(0, all);
      for (int i = 0; i < all; i++) {
        assertThat(counted(run, "veth" + i)).isEqualTo(1);
        assertThat(stage.server.hooked("veth" + i)).hasSize(1);
      }
      Shell.await(
          "each has reloaded", () -> run.log().split("info  reloaded", -1).length > 2 * RELOADS);
      assertThat(run.log()).doesNotContain("warn").doesNotContain("error");
      assertThat(run.terminate()).isZero();
    }
  }

  /** How many interfaces are captured whole. */
  private static long counts(Exporter.Running run) {
    return run.scrape().lines().filter(line -> line.matches(".*_up\\{interface=.* 1\\.0")).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "serve"})
  void withoutAFileAHangUpEndsNothing(String command) {
    Exporter.Running running = stage.exporter.start(command, "--interface", "eth0");

    assertThat(running.reload()).contains("warn  nothing to reload: there is no --config.file");
    assertThat(running.post("/-/reload"))
        .isEqualTo("reloading over HTTP is off; --web.enable-lifecycle turns it on\n403");
    assertThat(running.scrape()).doesNotContain("config_last_reload");
    assertThat(running.terminate()).isZero();
  }
}
