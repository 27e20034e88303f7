package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.HeldPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Loads over captures of other versions: what is published stays, what is state may begin anew. */
@KernelTest
class UpgradeIT {

  private static final List<String> STATE =
      List.of("block_map", "flow_map", "head_map", "opening_map", "pending_map", "port_map");

  private static final String UNSEEN = "http_ebpf_exporter_unseen_connections_total{";

  private Capturing capturing;
  private Stage stage;

  /** From before the first load on, or the kernel's own count would lack its first runs. */
  private HeldPrograms programs;

  @BeforeEach
  void open() {
    programs = new HeldPrograms();
    capturing = new Capturing();
    stage = capturing.stage;
  }

  @AfterEach
  void close() {
    programs.close();
    capturing.close();
  }

  /** Returns the pin of the program that counts. */
  private Path load(String backend) {
    stage.exporter.load("--tc-backend", backend);
    return stage.pin("eth0/program");
  }

  /** Leaves of a capture what the version before knew: one program, and the maps that count. */
  private void makeOld(String backend) throws IOException {
    for (String pin :
        List.of(
            "answers_program",
            "answers_link",
            "unseen_map",
            "response_map",
            "exchange_map",
            "trace_map",
            "trace_ring_map")) {
      Files.deleteIfExists(stage.pin("eth0/" + pin));
    }
    for (String pin : STATE) {
      Files.delete(stage.pin("eth0/" + pin));
    }
    if (backend.equals("clsact")) {
      stage.onServer("tc filter del dev eth0 egress");
    }
    Shell.await("nothing is at egress", () -> stage.server.hookedAtEgress(Lan.INTERFACE).isEmpty());
  }

  private static List<String> unseen(Exporter.Running running) {
    return running.scrape().lines().filter(line -> line.startsWith(UNSEEN)).toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void aCaptureOfTheVersionBeforeGetsWhatItLacksAndMissesNoPacket(String backend)
      throws IOException {
    programs.hold(load(backend));
    makeOld(backend);
    Exporter.Running serve = stage.exporter.start("serve");
    assertThat(unseen(serve)).isEmpty();
    assertThat(serve.scrape()).contains("http_ebpf_exporter_up{interface=\"eth0\",} 1.0");

    int sent;
    try (Traffic traffic = new Traffic(stage.lan)) {
      Shell.await("requests arrive", () -> stage.exporter.show().allRequests() > 0);
      programs.hold(load(backend));
      sent = traffic.stop();
    }
    Shell.await(
        "the ledger is at rest, and what the kernel ran",
        () ->
            stage.exporter.show().allPackets()
                == programs.runs().stream().mapToLong(Long::longValue).sum());

    assertThat(programs.runs()).hasSize(2).allMatch(runs -> runs > 0);
    assertThat(stage.exporter.show().allRequests()).isEqualTo(sent);
    capturing.assertWhole(backend);
    assertThat(unseen(serve))
        .containsExactlyElementsOf(
            List.of("tls", "http2", "quic", "tunnel").stream()
                .map(name -> UNSEEN + "protocol=\"" + name + "\",interface=\"eth0\",} 0.0")
                .toList());
  }

  private Map<String, String> ids(List<String> names) {
    Map<String, String> ids = new TreeMap<>();
    for (String name : names) {
      String pin = stage.pin("eth0/" + name).toString();
      ids.put(name, Shell.out("bpftool", "map", "show", "pinned", pin).replaceAll("(?s):.*", ""));
    }
    return ids;
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void stateThatFitsIsKept(String backend) {
    stage.exporter.load("--tc-backend", backend);
    Map<String, String> before = ids(STATE);
    Shell.Result load = stage.exporter.run(Capturing.load(backend)).succeeded();

    assertThat(load.err()).doesNotContain(" warn ");
    assertThat(ids(STATE)).isEqualTo(before);
    capturing.assertWhole(backend);
  }

  /** Taken over whole or not at all. */
  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void stateOfAnotherShapeBeginsAnewAndCountsStay(String backend) throws IOException {
    List<String> counts = List.of("packet_map", "request_map", "unseen_map");
    stage.exporter.load("--tc-backend", backend);
    capturing.assertCounts();
    long requests = stage.exporter.show().allRequests();
    Path other = stage.pin("eth0/other");
    Shell.out(
        Stage.words(
                "bpftool map create %s type lru_hash key 4 value 8 entries 16 name other"
                    .formatted(other))
            .toArray(String[]::new));
    Files.move(other, stage.pin("eth0/flow_map"), StandardCopyOption.ATOMIC_MOVE);
    Map<String, String> state = ids(STATE);
    Map<String, String> published = ids(counts);
    Shell.Result load = stage.exporter.run(Capturing.load(backend)).succeeded();

    assertThat(load.err().lines().filter(line -> line.contains(" warn ")))
        .singleElement()
        .asString()
        .endsWith(
            " warn  eth0: the state of connections is of another form, and begins anew; those under way resynchronise");
    assertThat(ids(STATE)).allSatisfy((name, id) -> assertThat(id).isNotEqualTo(state.get(name)));
    assertThat(ids(counts)).isEqualTo(published);
    assertThat(stage.exporter.show().allRequests()).isEqualTo(requests);
    capturing.assertWhole(backend);
    assertThat(stage.exporter.run(Capturing.load(backend)).err()).doesNotContain(" warn ");
  }

  /** Answers are swapped first; they go back if the counter cannot be swapped. */
  @Test
  void programsGoTogetherOrNotAtAll() throws IOException {
    stage.exporter.load();
    List<String> before = stage.traces();
    Path link = stage.pin("eth0/link");
    Path saved = stage.pin("saved");
    Files.move(link, saved);
    Shell.out(
        "bpftool",
        "map",
        "create",
        link.toString(),
        "type",
        "hash",
        "key",
        "4",
        "value",
        "8",
        "entries",
        "16",
        "name",
        "other");
    assertThat(stage.exporter.run("load", "--interface", Lan.INTERFACE).status()).isEqualTo(1);
    Files.move(saved, link, StandardCopyOption.ATOMIC_MOVE);

    assertThat(stage.traces()).isEqualTo(before);
    capturing.assertWhole("tcx");
  }
}
