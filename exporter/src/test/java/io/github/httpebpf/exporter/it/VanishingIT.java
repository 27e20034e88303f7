package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interfaces and pins that go, and come back, under a running exporter. */
@KernelTest
class VanishingIT {

  private static final String REMOTE = "http://" + Lan.SERVER_IPV4 + "/";
  private static final String LOCAL = "http://127.0.0.1/";

  private Stage stage;
  private Nginx nginx;

  @BeforeEach
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
  }

  @AfterEach
  void close() {
    nginx.close();
    stage.close();
  }

  private void get(int times, boolean remote) {
    List<String> command = Stage.words("curl -sS -o /dev/null " + (remote ? REMOTE : LOCAL));
    for (int i = 0; i < times; i++) {
      Shell.run(
              remote
                  ? stage.lan.onClient(command.toArray(String[]::new))
                  : stage.lan.onServer(command))
          .succeeded();
    }
  }

  private static String gets(String interfaceName, int count) {
    return "http_requests_total{method=\"GET\",interface=\"%s\",} %d.0"
        .formatted(interfaceName, count);
  }

  private static String up(String interfaceName, int value) {
    return "http_ebpf_exporter_up{interface=\"%s\",} %d.0".formatted(interfaceName, value);
  }

  /** Scrapes go over loopback, and are requests themselves. */
  @Test
  void aDeletedInterfaceKeepsItsCountsAndGoesOnWhenItIsBack() {
    Exporter.Running running = stage.exporter.start("run", "--interface", Lan.INTERFACE + ",lo");
    Shell.await("it is loaded", () -> running.status("/-/ready") == 200);
    get(3, true);
    String scrape = running.scrape();
    assertThat(scrape.lines()).contains(up("eth0", 1), gets("eth0", 3), up("lo", 1));
    int local = localGets(scrape);

    stage.onServer("ip link del eth0");
    get(4, false);
    assertThat(running.scrape().lines())
        .contains(up("eth0", 0), gets("eth0", 3), up("lo", 1), gets("lo", local + 4 + 1));

    stage.lan.addCable(Lan.INTERFACE);
    stage.onServer("ip addr add 10.203.0.1/24 dev eth0");
    Shell.run(stage.lan.onClient("ip", "addr", "add", "10.203.0.2/24", "dev", "eth0")).succeeded();
    assertThat(running.scrape().lines()).as("another index").contains(up("eth0", 0));

    stage.exporter.load();
    get(2, true);
    assertThat(running.scrape().lines())
        .contains(up("eth0", 1), gets("eth0", 5), gets("lo", local + 4 + 3));
    assertThat(stage.server.hooked(Lan.INTERFACE)).hasSize(1);
    assertThat(stage.server.hookedAtEgress(Lan.INTERFACE)).hasSize(1);
  }

  private static int localGets(String scrape) {
    return scrape
        .lines()
        .filter(line -> line.startsWith(gets("lo", 0).replace("0.0", "")))
        .mapToInt(line -> (int) Double.parseDouble(line.replaceAll(".* ", "")))
        .sum();
  }

  @Test
  void anInterfaceWithADotIsPinnedWithoutOne() {
    stage.lan.addCable("a.100");
    Exporter.Running running = stage.exporter.start("run", "--interface", "a.100");
    Shell.await("it is loaded", () -> running.status("/-/ready") == 200);

    assertThat(stage.pin("a%2E100/request_map")).exists();
    assertThat(running.scrape().lines()).contains(up("a.100", 1), gets("a.100", 0));
    stage.exporter.run("unload", "--interface", "a.100").succeeded();
    assertThat(stage.exporter.pinRoot()).doesNotExist();
  }

  @Test
  void aRemovedPinTakesTheSeriesWithIt() throws IOException {
    stage.exporter.load();
    Exporter.Running running = stage.exporter.start("serve");
    get(1, true);
    assertThat(running.scrape().lines()).contains(up("eth0", 1), gets("eth0", 1));

    Files.delete(stage.pin("eth0/request_map"));
    assertThat(running.scrape())
        .contains(up("eth0", 0))
        .doesNotContain("http_requests_total{")
        .doesNotContain("packets_total{");

    Files.delete(stage.pin("eth0/capture_info"));
    assertThat(running.scrape()).contains(up("eth0", 0)).doesNotContain("http_requests_total{");
    assertThat(running.status("/-/ready")).isEqualTo(503);
    Shell.run("rm", "-r", stage.exporter.pinRoot().toString()).succeeded();
    assertThat(running.scrape()).contains(up("eth0", 0)).doesNotContain("http_requests_total{");
  }

  @Test
  void aReplacedPinIsNoticedOnce() throws IOException {
    stage.exporter.load();
    Exporter.Running running = stage.exporter.start("serve");
    get(2, true);
    assertThat(running.scrape().lines()).contains(gets("eth0", 2));

    Path pin = stage.pin("eth0/request_map");
    Path other = stage.pin("eth0/other");
    Shell.run(
            Stage.words(
                "bpftool map create %s type percpu_array key 4 value 8 entries 16 name other"
                    .formatted(other)))
        .succeeded();
    Files.move(other, pin, StandardCopyOption.ATOMIC_MOVE);
    for (int i = 0; i < 3; i++) {
      assertThat(running.scrape().lines()).contains(up("eth0", 1), gets("eth0", 0));
    }
    assertThat(running.log().lines().filter(line -> line.contains(" warn ")))
        .singleElement()
        .asString()
        .matches(
            ".* warn  \\Q%s\\E was replaced \\(map \\d+ by \\d+\\): its counts begin anew"
                .formatted(pin));
  }

  @Test
  void servingWaitsForACapture() {
    Exporter.Running running = stage.exporter.start("serve");
    assertThat(running.status("/-/healthy")).isEqualTo(200);
    assertThat(running.status("/-/ready")).isEqualTo(503);
    assertThat(running.scrape()).doesNotContain("http_requests_total{").contains("build_info{");

    stage.exporter.load();
    assertThat(running.status("/-/ready")).isEqualTo(200);
    assertThat(running.scrape().lines()).contains(up("eth0", 1), gets("eth0", 0));
  }
}
