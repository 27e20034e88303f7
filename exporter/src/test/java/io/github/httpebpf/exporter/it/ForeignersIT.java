package io.github.httpebpf.exporter.it;

import static io.github.httpebpf.exporter.it.Foreigner.NEXT;
import static io.github.httpebpf.exporter.it.Foreigner.PASS;
import static io.github.httpebpf.exporter.it.Neighbourhood.PACKETS;
import static io.github.httpebpf.exporter.it.Neighbourhood.REQUESTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.TcxLink.Direction;
import io.github.httpebpf.exporter.bpf.TcxLink.Place;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Other people's programs on our hooks run as they did, and ours counts among them. */
@KernelTest
class ForeignersIT {

  private static final int SOME = 300;

  private Neighbourhood others;
  private Stage stage;

  @BeforeEach
  void open() {
    others = new Neighbourhood();
    stage = others.stage;
  }

  @AfterEach
  void close() {
    others.close();
  }

  private Shell.Result load(String backend) {
    return stage
        .exporter
        .run("load", "--interface", Lan.INTERFACE, "--tc-backend", backend)
        .succeeded();
  }

  /** The messages of a load's warnings. */
  private static List<String> warnings(Shell.Result load) {
    return load.err()
        .lines()
        .filter(line -> line.contains(" warn "))
        .map(line -> line.replaceFirst("^.* warn +", ""))
        .toList();
  }

  /** What doctor says of the order on the hooks; it does not make it fail. */
  private List<String> order() {
    return stage
        .exporter
        .run("doctor", "--interface", Lan.INTERFACE)
        .succeeded()
        .out()
        .lines()
        .filter(line -> line.contains("order"))
        .toList();
  }

  private static String ahead(String foreigner) {
    return "eth0: %s is ahead of ours; what it does not pass on is not counted"
        .formatted(foreigner);
  }

  private static String tcx(Foreigner foreigner) {
    return "tcx program %s (foreigner)".formatted(foreigner.id());
  }

  private static long of(Map<String, Long> counts, String name) {
    return Objects.requireNonNull(counts.get(name), name);
  }

  @ParameterizedTest
  @CsvSource({"tcx,-1", "tcx,0", "clsact,-1"})
  void whoeverWasThereBeforeRunsOnAsBefore(String backend, int verdict) {
    // One of them has its pins where a capture of lo would be.
    Foreigner in = others.other("lo/theirs", verdict).tcx(Direction.INGRESS, Place.TAIL);
    others.other("others/in", PASS).filter("ingress prio 10");
    others.other("others/out/first", NEXT).tcx(Direction.EGRESS, Place.TAIL);
    others.other("others/out/second", PASS).filter("egress prio 1 handle 1");
    List<String> found = others.everything();
    assertTheyCount(others.increase(SOME), verdict);

    boolean first = backend.equals("tcx");
    List<String> expected = first ? List.of() : List.of(ahead(tcx(in)));
    assertThat(warnings(load(backend))).isEqualTo(expected);
    assertOursCounts(others.increase(SOME), SOME, verdict);
    assertThat(stage.server.hooked(Lan.INTERFACE).indexOf("tcx program " + in.id()))
        .isEqualTo(first ? 1 : 0);

    int[] sent = {0};
    Map<String, Long> increase =
        others.increase(
            () -> {
              try (Traffic traffic = new Traffic(stage.lan)) {
                load(backend);
                load(backend);
                sent[0] = traffic.stop();
                return sent[0];
              }
            });
    assertOursCounts(increase, sent[0], verdict);

    stage.exporter.run("unload").succeeded();
    assertThat(others.everything()).isEqualTo(found);
    assertTheyCount(others.increase(SOME), verdict);
  }

  private static void assertOursCounts(Map<String, Long> increase, int requests, int verdict) {
    assertThat(of(increase, REQUESTS)).isEqualTo(requests);
    assertThat(of(increase, "lo/theirs")).isEqualTo(of(increase, PACKETS));
    assertTheyCount(increase, verdict);
  }

  /** The filter sees what the tcx program passes on to it. */
  private static void assertTheyCount(Map<String, Long> increase, int verdict) {
    assertThat(of(increase, "lo/theirs")).isGreaterThanOrEqualTo(SOME);
    assertThat(of(increase, "others/in"))
        .isEqualTo(verdict == NEXT ? of(increase, "lo/theirs") : 0);
    assertThat(of(increase, "others/out/first"))
        .isGreaterThanOrEqualTo(SOME)
        .isEqualTo(of(increase, "others/out/second"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void whoeverComesLaterRunsBehindOurs(String backend) {
    List<String> found = others.everything();
    assertThat(warnings(load(backend))).isEmpty();
    boolean tcx = backend.equals("tcx");
    Foreigner next = others.other("later/next", NEXT);
    Foreigner last = others.other("later/last", PASS);
    if (tcx) {
      next.tcx(Direction.INGRESS, Place.TAIL);
      last.tcx(Direction.INGRESS, Place.TAIL);
    } else {
      next.filter("ingress prio 2");
      // Without a priority, as most do: the kernel chooses.
      last.filter("ingress");
    }
    for (int i = 0; i < 2; i++) {
      Map<String, Long> increase = others.increase(SOME);
      assertThat(of(increase, REQUESTS)).isEqualTo(SOME);
      assertThat(List.of(of(increase, "later/next"), of(increase, "later/last")))
          .containsOnly(of(increase, PACKETS));
      assertThat(order()).isEmpty();
      assertThat(warnings(load(backend))).isEmpty();
    }

    stage.exporter.run("unload").succeeded();
    Map<String, Long> increase = others.increase(SOME);
    assertThat(of(increase, "later/next"))
        .isGreaterThanOrEqualTo(SOME)
        .isEqualTo(of(increase, "later/last"));
    if (!tcx) {
      stage.onServer("tc filter del dev eth0 ingress");
    }
    others.leave("later/next");
    others.leave("later/last");
    Shell.out("rmdir", stage.pin("later").toString());
    assertThat(others.everything()).isEqualTo(found);
  }

  @ParameterizedTest
  @CsvSource({"tcx,tcx", "clsact,clsact", "clsact,tcx"})
  void whoeverPutsItselfAheadOfOursIsNamed(String backend, String theirs) {
    load(backend);
    assertThat(order()).isEmpty();
    Foreigner next = putAhead("ahead/next", NEXT, theirs);
    assertNamed(backend, theirs, next);
    Map<String, Long> increase = others.increase(SOME);
    assertThat(of(increase, REQUESTS)).isEqualTo(SOME);
    assertThat(of(increase, "ahead/next")).isEqualTo(of(increase, PACKETS));

    // What the warning says is so.
    Foreigner pass = putAhead("ahead/pass", PASS, theirs);
    assertNamed(backend, theirs, pass, next);
    increase = others.increase(SOME);
    assertThat(of(increase, "ahead/pass")).isGreaterThanOrEqualTo(SOME);
    assertThat(List.of(of(increase, PACKETS), of(increase, "ahead/next"))).containsOnly(0L);

    if (theirs.equals("clsact")) {
      for (String handle : List.of("0x7", "0x8")) {
        stage.onServer(
            "tc filter del dev eth0 ingress protocol all prio 1 handle %s bpf".formatted(handle));
      }
    }
    others.leave("ahead/pass");
    others.leave("ahead/next");
    assertThat(order()).isEmpty();
    assertThat(of(others.increase(SOME), REQUESTS)).isEqualTo(SOME);
  }

  /** At our filter's priority the one that was added last runs first. */
  private Foreigner putAhead(String name, int verdict, String hook) {
    Foreigner foreigner = others.other(name, verdict);
    return hook.equals("tcx")
        ? foreigner.tcx(Direction.INGRESS, Place.HEAD)
        : foreigner.filter("ingress prio 1 handle " + (verdict == NEXT ? 7 : 8));
  }

  private void assertNamed(String backend, String theirs, Foreigner... inOrder) {
    List<String> expected =
        Stream.of(inOrder)
            .map(
                each ->
                    theirs.equals("tcx") ? tcx(each) : "bpf filter program:[*fsobj] at priority 1")
            .map(ForeignersIT::ahead)
            .toList();
    assertThat(order())
        .containsExactlyElementsOf(expected.stream().map(line -> "warn  order: " + line).toList());
    assertThat(warnings(load(backend))).isEqualTo(expected);
  }

  @Test
  void aPriorityThatIsTakenIsLeftToItsOwner() {
    // At the handle that we use too.
    others.other("theirs", NEXT).filter("ingress prio 1 handle 0x48545450");
    List<String> found = others.everything();
    for (int i = 0; i < 2; i++) {
      assertThat(warnings(load("clsact")))
          .containsExactly(ahead("bpf filter program:[*fsobj] at priority 1"));
      assertThat(stage.server.hooked(Lan.INTERFACE))
          .containsExactly(
              "bpf filter program:[*fsobj] at priority 1",
              "bpf filter http_counter:[%s] at priority 2"
                  .formatted(Stage.programId(stage.pin("eth0/program"))));
      Map<String, Long> increase = others.increase(SOME);
      assertThat(of(increase, REQUESTS)).isEqualTo(SOME);
      assertThat(of(increase, "theirs")).isEqualTo(of(increase, PACKETS));
    }
    stage.exporter.run("unload").succeeded();
    assertThat(others.everything()).isEqualTo(found);
  }

  /** Not even one that is no bpf filter, beside which ours cannot be. */
  @Test
  void aPriorityThatIsTakenAtEgressIsLeftToItsOwner() {
    stage.onServer("tc filter add dev eth0 egress prio 1 protocol ip u32 match ip dst 192.0.2.1");
    List<String> found = others.everything();
    for (int i = 0; i < 2; i++) {
      assertThat(warnings(load("clsact"))).isEmpty();
      assertThat(stage.server.hooked(Lan.INTERFACE))
          .containsExactly(
              "bpf filter http_counter:[%s] at priority 1"
                  .formatted(Stage.programId(stage.pin("eth0/program"))));
      assertThat(stage.server.hookedAtEgress(Lan.INTERFACE))
          .containsExactly(
              // Its table, and its rule in it.
              "u32 filter at priority 1",
              "u32 filter at priority 1",
              "bpf filter http_answers:[%s] at priority 2"
                  .formatted(Stage.programId(stage.pin("eth0/answers_program"))));
      assertThat(of(others.increase(SOME), REQUESTS)).isEqualTo(SOME);
    }
    stage.exporter.run("unload").succeeded();
    assertThat(others.everything()).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void whoeverTakesOursOffEgressIsNoticed(String backend) throws IOException {
    load(backend);
    assertThat(order()).isEmpty();
    if (backend.equals("tcx")) {
      Files.delete(stage.pin("eth0/answers_link"));
    } else {
      stage.onServer("tc filter del dev eth0 egress");
    }
    Shell.await("it is off", () -> stage.server.hookedAtEgress(Lan.INTERFACE).isEmpty());
    assertThat(order())
        .containsExactly(
            "warn  order: eth0: our program is not on the hook at egress any more; load again");

    assertThat(warnings(load(backend))).isEmpty();
    assertThat(stage.server.hookedAtEgress(Lan.INTERFACE)).hasSize(1);
    assertThat(order()).isEmpty();
  }

  /** On it a filter for egress would run at ingress. */
  @Test
  void aQdiscWithoutEgressIsLeftToItsOwner() {
    stage.onServer("tc qdisc del dev eth0 clsact");
    stage.onServer("tc qdisc add dev eth0 ingress");
    others.other("theirs", NEXT).filter("ingress prio 5");
    List<String> found = others.everything();
    Shell.Result load =
        stage.exporter.run("load", "--interface", Lan.INTERFACE, "--tc-backend", "clsact");

    assertThat(load.err())
        .isEqualTo(
            "attach (clsact) to eth0: has an ingress qdisc, which cannot look at answers; its owner may replace it by clsact, which does what it does\n");
    assertThat(load.status()).isEqualTo(1);
    assertThat(others.everything()).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void loadsAtOnceCountEachPacketOnce(String backend) {
    others.other("theirs", PASS).filter("ingress");
    List<String> found = others.everything();
    for (int i = 0; i < 2; i++) {
      others.atOnce(2, () -> load(backend));
      Map<String, Long> increase = others.increase(SOME);
      assertThat(of(increase, REQUESTS)).isEqualTo(SOME);
      assertThat(of(increase, "theirs")).isEqualTo(of(increase, PACKETS));
      assertThat(stage.server.hooked(Lan.INTERFACE)).hasSize(2);
    }
    stage.exporter.run("unload").succeeded();
    assertThat(others.everything()).isEqualTo(found);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void unloadTakesOnlyTheDirectoriesThatLoadMade(String backend) {
    Shell.out("mkdir", stage.pin("empty").toString());
    List<String> found = others.everything();
    String[] where = {"--interface", Lan.INTERFACE, "--pin-root", stage.pin("empty/a/b") + ""};
    stage
        .runWithin(
            List.of(),
            Stream.concat(Stream.of("load", "--tc-backend", backend), Stream.of(where))
                .toArray(String[]::new))
        .succeeded();
    assertThat(stage.pin("empty/a/b/eth0/request_map")).exists();

    stage
        .runWithin(
            List.of(), Stream.concat(Stream.of("unload"), Stream.of(where)).toArray(String[]::new))
        .succeeded();
    assertThat(others.everything()).isEqualTo(found);
  }
}
