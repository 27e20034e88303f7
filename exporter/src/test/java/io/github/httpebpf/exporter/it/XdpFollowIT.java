package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interfaces that are named by a regular expression, and come and go, captured at XDP. */
@KernelTest
class XdpFollowIT {

  private Stage stage;
  private Nginx nginx;
  private Veths veths;

  @BeforeEach
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
    veths = new Veths(stage.lan);
  }

  @AfterEach
  void close() {
    veths.close();
    nginx.close();
    stage.close();
    assertThat(stage.exporter.pinRoot()).as("unload leaves nothing").doesNotExist();
  }

  private Exporter.Running run() {
    return stage.exporter.start("run", "--capture", "xdp", "--interface", "veth.*");
  }

  private void awaitAttached(String name) {
    Shell.await(name + " is attached to", () -> Files.exists(stage.pin("%xdp/" + name + "/link")));
  }

  private boolean isHooked(String name) {
    return stage.onServer("ip link show " + name).contains("prog/xdp");
  }

  private static void assertCounted(Exporter.Running running, String name, int up, int gets) {
    assertThat(running.scrape())
        .contains("http_ebpf_exporter_up{interface=\"xdp:%s\",} %d.0\n".formatted(name, up))
        .contains(
            "http_requests_total{method=\"GET\",interface=\"xdp:%s\",} %d.0\n"
                .formatted(name, gets));
  }

  @Test
  void whatComesIsCountedAndWhatGoesKeepsItsCounts() {
    veths.add(0, 1);
    Exporter.Running running = run();
    assertThat(running.log()).contains("capturing xdp:veth0").doesNotContain("no interface");
    veths.add(1, 3);
    awaitAttached("veth1");
    awaitAttached("veth2");
    veths.get(0, 3);
    veths.get(0, 1);
    assertCounted(running, "veth0", 1, 2);
    assertCounted(running, "veth1", 1, 1);
    assertThat(nginx.log()).hasSize(4);
    assertThat(running.scrape())
        .contains("http_ebpf_exporter_captures{capture=\"xdp\",} 3.0")
        .contains("http_ebpf_exporter_captures{capture=\"tc\",} 0.0");
    // By tc nobody asked.
    assertThat(stage.pin("%shared")).doesNotExist();

    stage.onServer("ip link del veth1");
    Shell.await("it has gone", () -> running.scrape().contains("xdp:veth1\",} 0.0\n"));
    assertCounted(running, "veth1", 0, 1);
    assertCounted(running, "veth0", 1, 2);
    veths.add(1, 2);
    Shell.await("it is attached to anew", () -> isHooked("veth1"));
    veths.get(1, 2);
    Shell.await("it is up", () -> running.scrape().contains("_up{interface=\"xdp:veth1\",} 1.0\n"));
    assertCounted(running, "veth1", 1, 2);

    assertThat(running.terminate()).isZero();
    assertThat(isHooked("veth0")).isTrue();
    stage.exporter.run("unload", "--capture", "xdp", "--interface", "veth.*").succeeded();
    assertThat(List.of(isHooked("veth0"), isHooked("veth1"), isHooked("veth2")))
        .containsOnly(false);
    assertThat(stage.exporter.pinRoot()).doesNotExist();
  }

  /** One interface a step: each has its own program, which takes its time. */
  @Test
  void whatIsToldToEndDoesNotWaitForThoseThatWait() {
    Exporter.Running running = run();
    assertThat(running.log()).contains("no interface matches yet");
    running.whileStopped(() -> veths.add(0, 30));
    awaitAttached("veth0");
    assertThat(running.terminate()).isZero();
    assertThat(IntStream.range(0, 30).filter(i -> Files.exists(stage.pin("%xdp/veth" + i))).count())
        .isLessThan(15);
  }
}
