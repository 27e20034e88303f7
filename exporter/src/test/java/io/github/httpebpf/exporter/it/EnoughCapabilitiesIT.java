package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What loading needs, and that it needs no more: each capability alone makes the difference. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnoughCapabilitiesIT {

  private static final int REQUESTS = 5;

  private Stage stage;
  private Nginx nginx;

  /** A bpf file system where everybody may make a pin root. */
  private Mount open;

  private Exporter exporter;

  @BeforeAll
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
    open = Mount.bpf("0777");
    exporter = new Exporter(stage.lan, open.point().resolve("root"));
  }

  @AfterAll
  void close() {
    exporter.close();
    nginx.close();
    stage.close();
    open.close();
  }

  /** A new bpf file system is not quite empty. */
  private List<String> traces() {
    List<String> traces = stage.traces();
    traces.addAll(Stage.pins(open.point()));
    return traces;
  }

  /** Another user, with these capabilities alone. */
  private static List<String> nobodyWith(String capabilities) {
    return Stage.words(
        ("setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all,%1$s"
                + " --inh-caps=-all,%1$s --ambient-caps=-all,%1$s")
            .formatted(capabilities));
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void threeAreEnough(String backend) {
    List<String> capable = nobodyWith("+bpf,+net_admin,+perfmon");
    List<String> before = traces();
    String[] load = {"load", "--interface", Lan.INTERFACE, "--tc-backend", backend};
    exporter.runWithin(capable, load).succeeded();
    send();
    exporter.runWithin(capable, load).succeeded();
    send();

    assertThat(exporter.show().requests("GET")).isEqualTo(2 * REQUESTS);
    assertThat(stage.traces()).as("two programs").hasSize(2);
    exporter.runWithin(capable, "unload").succeeded();
    assertThat(traces()).isEqualTo(before);
  }

  private void send() {
    for (int i = 0; i < REQUESTS; i++) {
      Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
          .succeeded();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          +net_admin,+perfmon | EPERM (1) Operation not permitted; needs root, or CAP_BPF
          +bpf,+perfmon       | EPERM (1) Operation not permitted; needs root, or CAP_NET_ADMIN
          +bpf,+net_admin     | EACCES (13) Permission denied; needs root, or CAP_PERFMON
          +perfmon            | EPERM (1) Operation not permitted; needs root, or CAP_BPF and CAP_NET_ADMIN
          """)
  void theOneThatIsMissingIsNamed(String capabilities, String reason) {
    List<String> before = traces();
    for (String backend : List.of("tcx", "clsact")) {
      Shell.Result result =
          exporter.runWithin(
              nobodyWith(capabilities),
              "load",
              "--interface",
              Lan.INTERFACE,
              "--tc-backend",
              backend);

      List<String> lines = result.err().lines().toList();
      assertThat(lines.getFirst()).isEqualTo("load program http_counter: " + reason);
      // What follows is the verifier's log, if it was asked at all.
      assertThat(lines.size() == 1 || lines.getLast().startsWith("processed ")).isTrue();
      assertThat(lines.size() > 1).isEqualTo(reason.startsWith("EACCES"));
      assertThat(result.status()).isEqualTo(1);
      assertThat(traces()).isEqualTo(before);
    }
  }

  /** The kernel lets the owner of a link's pin detach it. */
  @Test
  void whoLoadedUnloadsTcxWithoutCapabilities() {
    List<String> before = traces();
    exporter
        .runWithin(
            nobodyWith("+bpf,+net_admin,+perfmon"),
            "load",
            "--interface",
            Lan.INTERFACE,
            "--tc-backend",
            "tcx")
        .succeeded();
    Shell.Result result =
        exporter.runWithin(
            Stage.words(
                "setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all --inh-caps=-all"),
            "unload");

    assertThat(result.err()).endsWith(" info  unloaded eth0\n").hasLineCount(1);
    assertThat(result.status()).isZero();
    assertThat(traces()).isEqualTo(before);
  }
}
