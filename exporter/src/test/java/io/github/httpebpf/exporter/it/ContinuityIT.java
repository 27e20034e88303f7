package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.HeldPrograms;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Traffic goes on while exporters are killed and programs swapped: not one packet is missed. */
@KernelTest
class ContinuityIT {

  private static final int SWAPS = 10;

  private Stage stage;
  private Nginx nginx;
  private HeldPrograms programs;
  private long lastScraped;

  @BeforeEach
  void open() {
    stage = new Stage();
    nginx = new Nginx(stage.lan);
    programs = new HeldPrograms();
  }

  @AfterEach
  void close() {
    programs.close();
    nginx.close();
    stage.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcx", "clsact"})
  void everyRequestAndEveryPacketIsCountedOnce(String backend) {
    Exporter.Running run = run(backend);
    Exporter.Running serve;
    int sent;
    try (Traffic traffic = new Traffic(stage.lan)) {
      for (int i = 0; i < 2; i++) {
        run.kill();
        run = run(backend);
        assertCountsOn(run);
      }
      run.kill();
      serve = stage.exporter.start("serve");
      assertCountsOn(serve);
      serve.kill();
      serve = stage.exporter.start("serve");
      assertCountsOn(serve);
      assertThat(serve.terminate()).isZero();
      serve = stage.exporter.start("serve");
      for (int i = 0; i < SWAPS; i++) {
        stage.exporter.load("--tc-backend", backend);
        programs.hold(stage.pin("eth0/program"));
      }
      assertCountsOn(serve);
      sent = traffic.stop();
    }

    assertThat(nginx.log()).hasSize(sent);
    assertThat(scraped(serve)).isEqualTo(sent);
    assertThat(stage.exporter.show().allRequests()).isEqualTo(sent);
    assertThat(stage.server.hooked(Lan.INTERFACE)).hasSize(1);
    assertThat(stage.server.hookedAtEgress(Lan.INTERFACE)).hasSize(1);
    assertLedgerIsWhatTheKernelRan(3 + SWAPS);
  }

  private Exporter.Running run(String backend) {
    Exporter.Running run =
        stage.exporter.start("run", "--interface", Lan.INTERFACE, "--tc-backend", backend);
    programs.hold(stage.pin("eth0/program"));
    return run;
  }

  /** More than at the scrape before, whoever served that. */
  private void assertCountsOn(Exporter.Running running) {
    Shell.await("requests arrive", () -> scraped(running) > lastScraped);
    lastScraped = scraped(running);
  }

  private static long scraped(Exporter.Running running) {
    String series = "http_requests_total{method=\"GET\",interface=\"eth0\",} ";
    List<String> values =
        running
            .scrape()
            .lines()
            .filter(line -> line.startsWith(series))
            .map(line -> line.substring(series.length()))
            .toList();
    assertThat(values).hasSize(1);
    return (long) Double.parseDouble(values.getFirst());
  }

  /** Read at rest: a neighbour solicitation or the like may come at any time. */
  private void assertLedgerIsWhatTheKernelRan(int loads) {
    List<Long> runs = new ArrayList<>();
    Counts[] ledger = {stage.exporter.show()};
    Shell.await(
        "no packet arrives between two readings of the ledger",
        () -> {
          Counts before = ledger[0];
          runs.clear();
          runs.addAll(programs.runs());
          ledger[0] = stage.exporter.show();
          return ledger[0].equals(before);
        });
    assertThat(runs).as("each ran, under traffic").hasSize(loads).allMatch(count -> count > 0);
    assertThat(runs.stream().mapToLong(Long::longValue).sum())
        .as("runs of %s", runs)
        .isEqualTo(ledger[0].allPackets());
  }
}
