package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.PinRoot;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import java.util.List;
import java.util.Objects;

/** A {@link Stage} with a server, for captures of {@link Lan#INTERFACE} that may be half-made. */
final class Capturing implements AutoCloseable {

  private static final int REQUESTS = 3;

  final Stage stage = new Stage();
  private final Nginx nginx = new Nginx(stage.lan);

  /** The command line of a load by that backend. */
  static String[] load(String backend) {
    return Stage.words("load --interface eth0 --tc-backend " + backend).toArray(String[]::new);
  }

  /** All pins are there, each program is on its hook, once, and N requests are N counted. */
  void assertWhole(String backend) {
    boolean tcx = backend.equals("tcx");
    assertThat(Stage.modes(stage.pin(Lan.INTERFACE))).isEqualTo(Stage.captureModes(tcx));
    assertThat(stage.server.hooked(Lan.INTERFACE))
        .containsExactly(hooked(tcx, "http_counter", "eth0/program"));
    assertThat(stage.server.hookedAtEgress(Lan.INTERFACE))
        .containsExactly(hooked(tcx, "http_answers", "eth0/answers_program"));
    assertCounts();
  }

  private String hooked(boolean tcx, String name, String pin) {
    String program = Stage.programId(stage.pin(pin));
    return tcx
        ? "tcx program " + program
        : "bpf filter %s:[%s] at priority 1".formatted(name, program);
  }

  /** One request is one request, however often it was loaded. */
  void assertCounts() {
    long before = count();
    for (int i = 0; i < REQUESTS; i++) {
      Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
          .succeeded();
    }
    assertThat(count() - before).isEqualTo(REQUESTS);
  }

  /** Read in this process: it starts sooner. */
  private long count() {
    CaptureReader reader =
        new CaptureReader(new PinRoot(stage.exporter.pinRoot()), List.of(Lan.INTERFACE));
    CaptureCounts counts = Objects.requireNonNull(reader.read().getFirst().counts());
    return counts.requests().values().stream().mapToLong(Long::longValue).sum();
  }

  /** Neither pins nor programs; a link that nobody holds any more goes a moment later. */
  void assertNothingLeft() {
    assertThat(Stage.pins(stage.exporter.pinRoot())).isEmpty();
    Shell.await("hooks are empty: " + stage.traces(), () -> stage.traces().isEmpty());
  }

  @Override
  public void close() {
    nginx.close();
    stage.close();
  }
}
