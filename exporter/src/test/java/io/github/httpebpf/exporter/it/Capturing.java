package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.PinRoot;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import java.util.ArrayList;
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

  /** All pins are there, one program is on the hook, and N requests are N counted. */
  void assertWhole(String backend) {
    boolean tcx = backend.equals("tcx");
    List<String> pins =
        new ArrayList<>(List.of("", "/capture_info", "/packet_map", "/program", "/request_map"));
    if (tcx) {
      pins.add(2, "/link");
    }
    String directory = stage.pin(Lan.INTERFACE).toString();
    assertThat(Stage.pins(stage.pin(Lan.INTERFACE)))
        .containsExactlyElementsOf(pins.stream().map(directory::concat).toList());
    String program = Stage.programId(stage.pin("eth0/program"));
    assertThat(stage.server.hooked(Lan.INTERFACE))
        .containsExactly(
            tcx
                ? "tcx program " + program
                : "bpf filter http_counter:[%s] at priority 1".formatted(program));
    assertCounts();
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
    Shell.await(
        "hooks are empty: " + stage.traces(), () -> stage.server.hooked(Lan.INTERFACE).isEmpty());
  }

  @Override
  public void close() {
    nginx.close();
    stage.close();
  }
}
