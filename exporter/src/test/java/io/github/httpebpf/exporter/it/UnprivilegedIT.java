package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Whoever has no capability reads what root reads, and changes nothing. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnprivilegedIT {

  private static final int REQUESTS = 7;

  /** Still user 0, and so the owner of the pins. */
  private static final List<String> POWERLESS =
      Stage.words("setpriv --bounding-set=-all --inh-caps=-all");

  private static final List<String> NOBODY =
      Stage.words(
          "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all");

  private static final String NEEDS = "; needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";
  private static final String EPERM = ": EPERM (1) Operation not permitted";
  private static final String CLOSED =
      ": EACCES (13) Permission denied; needs root, or other permissions there";

  private Stage stage;
  private Nginx nginx;

  /** A bpf file system that everybody may read. */
  private Mount open;

  /** One that is closed to others, as systemd mounts it. */
  private Mount closed;

  private Exporter tcx;
  private Exporter clsact;

  /** On the closed one. */
  private Exporter behind;

  /** The same pins, bound to where all may go. */
  private Exporter bound;

  private Mount binding;

  @BeforeAll
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
    open = Mount.bpf("0755");
    closed = Mount.bpf("0700");
    tcx = new Exporter(stage.lan, open.point().resolve("tcx"));
    clsact = new Exporter(stage.lan, open.point().resolve("clsact"));
    behind = new Exporter(stage.lan, closed.point().resolve("root"));
    tcx.load();
    clsact.load("--tc-backend", "clsact");
    behind.load();
    binding = Mount.bind(behind.pinRoot());
    bound = new Exporter(stage.lan, binding.point());
    for (int i = 0; i < REQUESTS; i++) {
      get();
    }
  }

  /** Who reads through a mount, first. */
  @AfterAll
  void close() {
    bound.end();
    binding.close();
    behind.close();
    closed.close();
    clsact.close();
    tcx.close();
    open.close();
    nginx.close();
    stage.close();
  }

  private void get() {
    Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
        .succeeded();
  }

  static Stream<List<String>> readers() {
    return Stream.of(POWERLESS, NOBODY);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void hasNoCapability(List<String> reader) {
    List<String> command =
        Stream.concat(reader.stream(), Stream.of("sh", "-c", "id -u; grep ^Cap /proc/self/status"))
            .toList();
    String user = reader.equals(NOBODY) ? "65534\n" : "0\n";
    String none = "\t0000000000000000\n";

    assertThat(Shell.run(stage.lan.onServer(command)).succeeded().out())
        .isEqualTo(
            user + "CapInh:" + none + "CapPrm:" + none + "CapEff:" + none + "CapBnd:" + none
                + "CapAmb:" + none);
  }

  /** Neighbour discovery may come between two reads: what is read around a third one is equal. */
  private static void assertShowsTheSame(Exporter root, Exporter exporter, List<String> reader) {
    Shell.await(
        "nothing arrives while three read",
        () -> {
          Counts before = root.show();
          Counts found =
              Counts.ofJson(
                  exporter.runWithin(reader, "show", "--json").succeeded().out(), Lan.INTERFACE);
          boolean quiet = before.equals(root.show());
          if (quiet) {
            assertThat(found).isEqualTo(before);
            assertThat(found.requests("GET")).isEqualTo(REQUESTS);
            assertThat(found.allRequests()).isEqualTo(REQUESTS);
          }
          return quiet;
        });
  }

  @ParameterizedTest
  @MethodSource("readers")
  void showsWhatRootIsShown(List<String> reader) {
    assertShowsTheSame(tcx, tcx, reader);
  }

  @ParameterizedTest
  @MethodSource("readers")
  void servesWhatRootServes(List<String> reader) {
    assertServesTheSame(tcx, tcx, reader);
  }

  private static void assertServesTheSame(Exporter root, Exporter exporter, List<String> reader) {
    Exporter.Running privileged = root.start("serve");
    Exporter.Running unprivileged = exporter.startWithin(reader, "serve");
    List<String> requests = series(unprivileged);

    assertThat(requests)
        .isEqualTo(series(privileged))
        .hasSize(11)
        .contains(
            "http_requests_total{method=\"GET\",interface=\"eth0\",} 7.0",
            "http_ebpf_exporter_up{interface=\"eth0\",} 1.0");
    assertThat(unprivileged.status("/-/ready")).isEqualTo(200);
    assertThat(unprivileged.log()).doesNotContain(" warn ");
    assertThat(unprivileged.terminate()).isZero();
    privileged.kill();
  }

  private static List<String> series(Exporter.Running running) {
    return running
        .scrape()
        .lines()
        .filter(line -> line.matches("http_(requests_total|ebpf_exporter_up)\\{.*"))
        .toList();
  }

  @Test
  void aClosedMountIsOneLine() {
    Shell.Result all = behind.runWithin(NOBODY, "show");
    assertThat(all.err()).isEqualTo("list " + behind.pinRoot() + CLOSED + "\n");
    assertThat(all.out()).isEmpty();
    assertThat(all.status()).isEqualTo(1);

    Shell.Result named = behind.runWithin(NOBODY, "show", "--interface", Lan.INTERFACE);
    assertThat(named.err())
        .hasLineCount(1)
        .endsWith(" warn  open %s/eth0/capture_info%s\n".formatted(behind.pinRoot(), CLOSED));
    assertThat(named.out()).isEqualTo("eth0: cannot be read\n");
    assertThat(named.status()).isEqualTo(1);
  }

  @Test
  void aClosedMountIsServedAsDown() {
    Exporter.Running running = behind.startWithin(NOBODY, "serve", "--interface", Lan.INTERFACE);
    for (int i = 0; i < 3; i++) {
      assertThat(series(running)).containsExactly("http_ebpf_exporter_up{interface=\"eth0\",} 0.0");
    }
    assertThat(running.status("/-/healthy")).isEqualTo(200);
    assertThat(running.status("/-/ready")).isEqualTo(503);
    assertThat(running.log().lines().filter(line -> line.contains(" warn ")))
        .singleElement()
        .asString()
        .endsWith("open %s/eth0/capture_info%s".formatted(behind.pinRoot(), CLOSED));
  }

  @Test
  void aBindMountOpensAClosedMount() {
    assertShowsTheSame(behind, bound, NOBODY);
    assertServesTheSame(behind, bound, NOBODY);
  }

  /** What is refused, to whom, and why; in the line, ROOT stands for the pin root. */
  record Refusal(boolean overClsact, List<String> user, String arguments, String line) {

    @Override
    public String toString() {
      return (user.equals(NOBODY) ? "nobody: " : "user 0: ")
          + arguments
          + (overClsact ? " (clsact)" : "");
    }
  }

  private List<String> traces() {
    List<String> traces = stage.traces();
    traces.addAll(Stage.pins(open.point()));
    return traces;
  }

  static Stream<Refusal> refusals() {
    String load = "load --interface eth0";
    String run = "run --interface eth0 --web.listen-address 127.0.0.1:0 --log.level error";
    String program = "load program http_counter" + EPERM + NEEDS;
    return Stream.of(
        new Refusal(false, POWERLESS, load, program),
        new Refusal(false, POWERLESS, run, program),
        new Refusal(true, POWERLESS, load, program),
        new Refusal(false, POWERLESS, "load --interface lo", program),
        new Refusal(false, NOBODY, load, "open ROOT/eth0/flow_map" + CLOSED),
        new Refusal(false, NOBODY, run, "open ROOT/eth0/flow_map" + CLOSED),
        new Refusal(false, NOBODY, "load --interface lo", "create directory ROOT/lo" + CLOSED),
        new Refusal(false, NOBODY, "unload", "open ROOT/eth0/link" + CLOSED),
        new Refusal(true, NOBODY, "unload", "detach (clsact) from eth0" + EPERM + NEEDS),
        new Refusal(true, POWERLESS, "unload", "detach (clsact) from eth0" + EPERM + NEEDS));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void isRefusedInOneLineAndChangesNothing(Refusal refusal) {
    Exporter exporter = refusal.overClsact() ? clsact : tcx;
    List<String> before = traces();
    String[] arguments = Stage.words(refusal.arguments()).toArray(String[]::new);
    Shell.Result result = exporter.runWithin(refusal.user(), arguments);

    assertThat(result.err())
        .isEqualTo(refusal.line().replace("ROOT", exporter.pinRoot().toString()) + "\n");
    assertThat(result.out()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
    assertThat(traces()).isEqualTo(before);
  }

  @Test
  void doctorTellsAUserWhatIsMissing() {
    Shell.Result result =
        tcx.runWithin(NOBODY, "doctor", "--interface", "lo", "--web.listen-address", ":80");

    assertThat(result.out().lines())
        .contains(
            "fail  capabilities: CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON missing; run as root; serve and"
                + " show need none",
            "fail  bpf file system: %s may not be written; run as root, or choose another --pin-root"
                .formatted(tcx.pinRoot()),
            "fail  program: load program http_counter" + EPERM + NEEDS,
            "fail  tc hook: list programs (tcx) of lo" + EPERM + NEEDS,
            "ok    interfaces: lo")
        .anyMatch(line -> line.startsWith("fail  listen address: "));
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
  }
}
