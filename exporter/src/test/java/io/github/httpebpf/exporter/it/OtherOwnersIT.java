package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.HeldPrograms;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On cgroups and at XDP: whose programs live on, and that ours miss nothing and leave nothing. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtherOwnersIT {

  private static final String XDP = "xdp --interface up0";
  private static final int BATCH = 200;

  private SmallNode small;
  private volatile boolean stopping;

  @BeforeAll
  void open() {
    small = new SmallNode();
  }

  @AfterEach
  void unload() {
    small.exporter.end();
    small.unload();
    assertNothingLeft();
  }

  @AfterAll
  void close() {
    small.close();
  }

  private String cgroup() {
    return "cgroup=" + small.cgroup();
  }

  /** Ids of the programs on what the cgroup receives and sends. */
  private List<String> onCgroup() {
    return Shell.out("bpftool", "cgroup", "show", small.cgroup().toString())
        .lines()
        .skip(1)
        .map(line -> line.strip().split(" +", -1)[0])
        .toList();
  }

  private void assertNothingLeft() {
    assertThat(Stage.pins(small.exporter.pinRoot())).isEmpty();
    Shell.await("the cgroup has no programs", () -> onCgroup().isEmpty());
    Shell.await("nothing is at XDP", () -> !small.node.run("ip link show dev up0").contains("xdp"));
  }

  private void get(int requests) {
    small.outside.get(requests, small.pods.getFirst());
    // Servers close connections a moment later, and that is acknowledged.
    small.awaitIdle();
  }

  private Shell.Result load(String capture) {
    return small.exporter.run(Stage.words("load --capture " + capture).toArray(String[]::new));
  }

  private static void assertRefused(Shell.Result result, String line) {
    assertThat(result.err()).isEqualTo(line + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"xdpdrv", "xdpgeneric"})
  void whoeverIsAtXdpBeforeUsStays(String how) {
    try (OtherOwner other = OtherOwner.atXdp(small.node, "up0", how)) {
      Shell.Result load = load(XDP);
      assertThat(load.err())
          .hasLineCount(1)
          .startsWith("attach (xdp) to xdp:up0: E")
          .endsWith(
              "; another XDP program is there, which is not replaced; use --capture tc, or cgroup\n");
      assertThat(load.status()).isEqualTo(1);
      assertThat(Stage.pins(small.exporter.pinRoot())).isEmpty();
      get(9);
      assertThat(other.seen()).isGreaterThanOrEqualTo(9);
      assertThat(small.node.run("ip link show dev up0")).contains("prog/xdp id " + other.id());
    }
  }

  @Test
  void whoeverIsOnTheCgroupLivesOn() {
    try (OtherOwner before = OtherOwner.onCgroup(small.cgroup(), OtherOwner.PASS)) {
      load(cgroup()).succeeded();
      try (OtherOwner after = OtherOwner.onCgroup(small.cgroup(), OtherOwner.PASS)) {
        assertAllCount(before, after);
        String link = link();
        load(cgroup()).succeeded();
        // Swapped on it: a second link beside it would see packets too, for a moment.
        assertThat(link()).isEqualTo(link);
        assertAllCount(before, after);
        assertThat(onCgroup()).hasSize(4).contains(before.id(), after.id());

        small.run("unload");
        assertThat(onCgroup()).containsExactly(before.id(), after.id());
        long[] seen = {before.seen(), after.seen()};
        get(7);
        assertThat(before.seen() - seen[0])
            .isGreaterThanOrEqualTo(7)
            .isEqualTo(after.seen() - seen[1]);
      }
    }
  }

  /** The id of the link at ingress. */
  private String link() {
    String pin = small.exporter.pinRoot().resolve("%cgroup/link").toString();
    return Shell.out("bpftool", "link", "show", "pinned", pin).replaceAll("(?s):.*", "");
  }

  private void assertAllCount(OtherOwner before, OtherOwner after) {
    Counts counts = small.counts("%cgroup");
    long[] seen = {before.seen(), after.seen()};
    get(7);
    Counts more = small.counts("%cgroup").minus(counts);
    assertThat(more.allRequests()).isEqualTo(7);
    assertThat(List.of(before.seen() - seen[0], after.seen() - seen[1]))
        .containsOnly(more.allPackets());
  }

  /** A verdict of theirs does not keep a packet from being counted. */
  @Test
  void whatOthersDropIsSeenAllTheSame() {
    try (OtherOwner before = OtherOwner.onCgroup(small.cgroup(), OtherOwner.DROP)) {
      load(cgroup()).succeeded();
      String url = "http://" + small.pods.getFirst().address();
      List<String> command = List.of("curl", "-s", "--max-time", "0.2", url);
      assertThat(Shell.run(small.outside.command(command)).status()).isEqualTo(28);
      assertThat(before.seen()).isPositive();
      assertThat(small.counts("%cgroup").packets("no_payload")).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"%cgroup", "%xdp/up0"})
  void nothingIsMissedWhileRunIsKilledAndProgramsAreSwapped(String directory) {
    String capture = directory.equals("%cgroup") ? cgroup() : XDP;
    Path program = small.exporter.pinRoot().resolve(directory).resolve("program");
    try (HeldPrograms programs = new HeldPrograms()) {
      String[] run = Stage.words("run --capture " + capture).toArray(String[]::new);
      Exporter.Running first = small.exporter.start(run);
      programs.hold(program);
      stopping = false;
      CompletableFuture<Integer> traffic = CompletableFuture.supplyAsync(this::send, Shell.AT_ONCE);
      first.kill();
      small.exporter.start(run).kill();
      programs.hold(program);
      for (int i = 0; i < 2; i++) {
        load(capture).succeeded();
        programs.hold(program);
      }
      Shell.await("the last one runs", () -> programs.runs().getLast() > 0);
      stopping = true;
      int sent = traffic.join();

      assertThat(small.logged().getFirst()).isEqualTo(sent);
      Counts counts = small.counts(directory);
      assertThat(counts.requests("GET")).isEqualTo(counts.allRequests()).isEqualTo(sent);
      assertThat(programs.runs()).hasSize(4).allMatch(runs -> runs > 0);
      // What is no request goes on: hosts look for routers now and then.
      Shell.awaitHolds(
          () ->
              assertThat(programs.runs().stream().mapToLong(Long::longValue).sum())
                  .isEqualTo(small.counts(directory).allPackets()));
    }
  }

  private int send() {
    int sent = 0;
    while (!stopping) {
      get(BATCH);
      sent += BATCH;
    }
    return sent;
  }

  @Test
  void anotherCgroupIsRefusedOverALivingOne() {
    load(cgroup()).succeeded();
    List<String> before = onCgroup();
    Path pins = small.exporter.pinRoot().resolve("%cgroup");
    assertRefused(
        load("cgroup=" + small.node.cgroup()),
        "load %s: captures another cgroup; choose another --pin-root, or unload first"
            .formatted(pins));
    assertThat(onCgroup()).isEqualTo(before);
    get(5);
    assertThat(small.counts("%cgroup").allRequests()).isEqualTo(5);
  }

  @Test
  void whatIsNoCgroupIsRefused() {
    assertRefused(
        load("cgroup=" + small.cgroup() + "/none"),
        "attach to cgroup %s/none: ENOENT (2) No such file or directory".formatted(small.cgroup()));
    assertThat(load("cgroup=/proc").err())
        .hasLineCount(1)
        .startsWith("attach to cgroup /proc: not a cgroup of version 2; the hierarchy is at /");
  }

  @Test
  void doctorSaysWhichCaptureSuitsTheHost() {
    assertThat(small.exporter.run("doctor", "--web.listen-address", ":0").out())
        .contains(
            "ok    capture: cgroup: each request counts once, by the socket here that receives it;"
                + " tc or xdp for what is only forwarded\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cgroup", "xdp --interface up0"})
  void withoutPrivilegesItIsOneLine(String capture) {
    Shell.Result load =
        small.exporter.runWithin(
            Stage.words("setpriv --bounding-set=-all --inh-caps=-all"),
            Stage.words("load --capture " + capture).toArray(String[]::new));
    assertRefused(
        load,
        "load program http_counter: EPERM (1) Operation not permitted; needs root, or CAP_BPF,"
            + " CAP_NET_ADMIN and CAP_PERFMON");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%cgroup", "%xdp/up0"})
  void threeCapabilitiesAreEnough(String directory) {
    String capture = directory.equals("%cgroup") ? cgroup() : XDP;
    small
        .exporter
        .runWithin(
            Stage.words("setpriv --bounding-set=-all,+bpf,+net_admin,+perfmon --inh-caps=-all"),
            Stage.words("load --capture " + capture).toArray(String[]::new))
        .succeeded();
    get(5);
    assertThat(small.counts(directory).allRequests()).isEqualTo(5);
  }
}
