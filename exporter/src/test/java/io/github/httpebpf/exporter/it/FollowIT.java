package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.TcxLink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interfaces that are named by a regular expression, and come and go while {@code run} runs. */
@KernelTest
class FollowIT {

  private static final int CROWD = 500;

  /** By tcx alone it takes twice that on a quiet machine; a busy one takes longer to make them. */
  private static final Duration AT_MOST = Duration.ofSeconds(6);

  private static final long FIRST_SECOND = 1000;

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

  private Exporter.Running run(String interfaces, String... more) {
    List<String> arguments = new ArrayList<>(List.of("run", "--interface", interfaces));
    arguments.addAll(List.of(more));
    return stage.exporter.start(arguments.toArray(String[]::new));
  }

  private static void pause(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean isAttached(String name) {
    return Files.exists(stage.pin(name + "/link"));
  }

  private void awaitAttached(String name) {
    Shell.await(name + " is attached to", () -> isAttached(name) && isWhole(stage.pin(name)));
  }

  /** By whatever backend. */
  private void awaitCaptured(int number) {
    Shell.await(
        number + " captures are whole",
        () ->
            IntStream.range(0, number)
                .mapToObj(i -> stage.pin("veth" + i))
                .allMatch(FollowIT::isWhole));
  }

  /** Loads set a directory's mode last. */
  private static boolean isWhole(Path pin) {
    try {
      return Files.exists(pin)
          && PosixFilePermissions.toString(Files.getPosixFilePermissions(pin)).equals("rwxr-xr-x");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By interface, of those that have any: a scrape as it is served. */
  private static Map<String, Long> gets(String scrape) {
    Map<String, Long> gets = new TreeMap<>();
    scrape
        .lines()
        .filter(line -> line.startsWith("http_requests_total{method=\"GET\","))
        .forEach(
            line ->
                gets.put(
                    line.replaceAll(".*interface=\"([^\"]+)\".*", "$1"),
                    (long) Double.parseDouble(line.replaceAll(".* ", ""))));
    gets.values().removeIf(count -> count == 0);
    return gets;
  }

  private static String sample(String scrape, String name) {
    return scrape.lines().filter(line -> line.startsWith(name + " ")).findFirst().orElse("");
  }

  private static long descriptors(Exporter.Running running) {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + running.handle().pid() + "/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the maps of shared programs, and of those of interfaces, in octets. */
  private long memory() {
    long sum = 0;
    for (String pin : Stage.pins(stage.exporter.pinRoot())) {
      if (pin.matches(".*_(map|maps|info)")) {
        sum +=
            Long.parseLong(
                Shell.out("bpftool", "map", "show", "pinned", pin)
                    .replaceAll("(?s).*memlock (\\d+)B.*", "$1"));
      }
    }
    return sum;
  }

  @Test
  void whatCannotBeCapturedIsCountedAsAFailureAndNeverShownAsACapture() {
    Exporter.Running running = run("late.*|eth0", "--tc-backend", "clsact");
    Shell.await("eth0 is captured", () -> running.scrape().contains("interface=\"eth0\""));
    Veths.addTaken(stage.lan, 0, CROWD / 10);
    StringBuilder scrapes = new StringBuilder();
    Shell.await(
        "both times have failed",
        () -> {
          String scrape = running.scrape();
          scrapes.append(scrape);
          return scrape.contains(
              "http_ebpf_exporter_attach_failures_total{reason=\"other\",} %d.0\n"
                  .formatted(2 * CROWD / 10));
        });
    assertThat(scrapes).doesNotContain("interface=\"late");
    assertThat(running.log()).contains("late0: has an ingress qdisc");
    assertThat(Stage.pins(stage.exporter.pinRoot())).noneMatch(pin -> pin.contains("late"));
  }

  @Test
  void aCrowdComesIsUsedAndGoesAndNoRequestIsLost() {
    Exporter.Running running = run("veth.*");
    veths.add(0, 1);
    pause(FIRST_SECOND);
    awaitCaptured(1);
    veths.get(0, 1);
    running.scrape();
    long descriptors = descriptors(running);

    long start = System.nanoTime();
    veths.add(1, CROWD);
    long made = System.nanoTime();
    pause(FIRST_SECOND);
    awaitCaptured(CROWD);
    assertThat(System.nanoTime() - made)
        .isLessThan(Math.max(AT_MOST.toNanos(), 4 * (made - start)));
    veths.get(0, CROWD);
    String scrape = running.scrape();
    Map<String, Long> gets = gets(scrape);
    assertThat(gets).hasSize(CROWD).containsEntry("veth0", 2L);
    assertThat(gets.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(CROWD + 1);
    assertThat(nginx.log()).hasSize(CROWD + 1);
    assertThat(sample(scrape, "http_ebpf_exporter_captures{capture=\"tc\",}")).endsWith(" 500.0");
    assertThat(scrape).doesNotContain("attach_failures_total{");

    veths.delete();
    Shell.await("they are let go", () -> !isAttached("veth0") && !isAttached("veth499"));
    assertThat(gets(running.scrape())).as("counts are kept").isEqualTo(gets);
    assertThat(running.scrape()).contains("http_ebpf_exporter_up{interface=\"veth7\",} 0.0");
    // While a follower looks, and while many are let go, it has some more.
    Shell.await("few descriptors", () -> descriptors(running) <= descriptors + 3);
    assertThat(running.terminate()).isZero();
    stage.exporter.run("unload").succeeded();
    assertThat(stage.exporter.pinRoot()).doesNotExist();
  }

  /** Behind their programs a filter might see nothing. */
  @Test
  void whereOthersUseTcxACrowdIsAttachedToByTcxToo() {
    run("veth.*").whileStopped(() -> veths.add(0, 100));
    awaitCaptured(100);
    assertThat(linked()).as("by tcx").isLessThan(100);
    stage.exporter.run("unload", "--interface", "veth[0-9]+").succeeded();
    veths.delete();
    Path other = Path.of(stage.exporter.pinRoot() + "-other");
    try (Foreigner foreigner = new Foreigner(stage, other, Foreigner.NEXT)) {
      foreigner.tcx(TcxLink.Direction.INGRESS, TcxLink.Place.TAIL);
      veths.add(0, 40);
      awaitCaptured(40);
      assertThat(linked()).as("by tcx").isEqualTo(40);
    }
  }

  private long linked() {
    return IntStream.range(0, CROWD).filter(i -> isAttached("veth" + i)).count();
  }

  @Test
  void whatIsSharedIsLoadedOnceAndEachInterfaceTakesLittle() {
    veths.add(0, 2);
    stage.exporter.run("load", "--interface", "veth.*").succeeded();
    long two = memory();
    veths.add(2, 12);
    stage.exporter.run("load", "--interface", "veth.*").succeeded();

    assertThat(two).isBetween(1L << 20, 32L << 20);
    assertThat((memory() - two) / 10).isBetween(100L, 16L << 10);
    assertThat(stage.server.hooked("veth0")).isEqualTo(stage.server.hooked("veth11")).hasSize(1);
    assertThat(Stage.modes(stage.pin("veth0")).keySet())
        .containsExactly(
            "answers_link",
            "capture_info",
            "exchange_map",
            "link",
            "packet_map",
            "request_map",
            "response_map",
            "unseen_map");
  }

  @Test
  void loadingAgainSwapsTheProgramAndKeepsCountsAndState() throws IOException {
    veths.add(0, 3);
    stage.exporter.run("load", "--interface", "veth.*").succeeded();
    veths.get(0, 3);
    List<String> before = stage.server.hooked("veth1");
    String state = mapId("%shared/flow_map");
    Exporter.Running running = run("veth.*");
    veths.get(0, 3);

    assertThat(gets(running.scrape())).isEqualTo(Map.of("veth0", 2L, "veth1", 2L, "veth2", 2L));
    assertThat(stage.server.hooked("veth1")).hasSize(1).isNotEqualTo(before);
    assertThat(mapId("%shared/flow_map")).isEqualTo(state);
    assertThat(running.log()).doesNotContain(" warn ");
  }

  private String mapId(String pin) {
    return Shell.out("bpftool", "map", "show", "pinned", stage.pin(pin).toString())
        .replaceAll("(?s):.*", "");
  }

  /** It has a program for itself; what others are called does not matter to it. */
  @Test
  void aNameWinsOverAnExpressionAndWhatIsExcludedIsLeftAlone() {
    veths.add(0, 4);
    Exporter.Running running = run("veth1,veth.*", "--interface-exclude", "veth[23],lo");
    awaitAttached("veth0");
    veths.add(4, 5);
    awaitAttached("veth4");
    veths.get(0, 5);

    assertThat(gets(running.scrape())).isEqualTo(Map.of("veth0", 1L, "veth1", 1L, "veth4", 1L));
    assertThat(stage.pin("veth1/program")).exists();
    assertThat(stage.pin("veth0/program")).doesNotExist();
    stage.exporter.run("unload", "--interface", "veth.*").succeeded();
    assertThat(stage.exporter.pinRoot()).doesNotExist();
  }

  @Test
  void aRenamedInterfaceKeepsItsCapture() {
    veths.add(0, 1);
    Exporter.Running running = run("veth.*");
    veths.get(0, 1);
    stage.onServer("ip link set veth0 name vethnew");
    veths.add(1, 2);
    awaitAttached("veth1");
    veths.get(0, 2);

    assertThat(gets(running.scrape())).isEqualTo(Map.of("veth0", 2L, "veth1", 1L));
    assertThat(running.scrape()).contains("http_ebpf_exporter_up{interface=\"veth0\",} 1.0");
    assertThat(stage.server.hooked("vethnew")).hasSize(1);
  }

  /** The second takes over the programs; both follow, and neither attaches what the other did. */
  @Test
  void twoRunsFollowTheSameInterfaces() {
    Exporter.Running first = run("veth.*");
    veths.add(0, 1);
    awaitAttached("veth0");
    Exporter.Running second = run("veth.*");
    veths.add(1, 3);
    awaitAttached("veth2");
    pause(FIRST_SECOND);
    veths.get(0, 3);

    Map<String, Long> once = Map.of("veth0", 1L, "veth1", 1L, "veth2", 1L);
    assertThat(gets(first.scrape())).isEqualTo(once);
    assertThat(gets(second.scrape())).isEqualTo(once);
    for (String each : once.keySet()) {
      assertThat(stage.server.hooked(each)).hasSize(1);
    }
    second.kill();
    veths.add(3, 4);
    awaitAttached("veth3");
    veths.get(3, 4);
    assertThat(gets(first.scrape())).containsEntry("veth3", 1L);
    assertThat(first.log()).doesNotContain(" warn ");
  }

  @Test
  void whatMatchesNothingIsRefusedByLoadAlone() {
    Shell.Result load = stage.exporter.run("load", "--interface", "veth.*");
    assertThat(load.err())
        .isEqualTo("attach to veth.*: no interface matches; interfaces here: eth0, lo\n");
    assertThat(load.status()).isEqualTo(1);
    assertThat(run("veth.*").log()).contains("no interface matches yet");
  }
}
