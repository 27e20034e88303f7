package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.TcxLink;
import io.github.httpebpf.exporter.bpf.TcxLink.Direction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.stream.Stream;

/** A {@link Stage} with a web server, on whose hooks and in whose pin root there are others. */
final class Neighbourhood implements AutoCloseable {

  /** Keys of {@link #increase}: ours, beside the others' names. */
  static final String REQUESTS = "our requests";

  static final String PACKETS = "our packets";

  final Stage stage = new Stage();
  private final Nginx nginx = new Nginx(stage.lan);
  private final Map<String, Foreigner> others = new LinkedHashMap<>();

  /** The pin root is there, and the qdisc. */
  Neighbourhood() {
    Shell.out("mkdir", stage.exporter.pinRoot().toString());
    stage.onServer("tc qdisc add dev eth0 clsact");
  }

  /** Loads another program; its pins are at that path below the pin root. */
  Foreigner other(String path, int verdict) {
    Foreigner other = new Foreigner(stage, stage.pin(path), verdict);
    others.put(path, other);
    return other;
  }

  /** Ends one of the others. */
  void leave(String path) {
    Objects.requireNonNull(others.remove(path), path).close();
  }

  /** What each has counted while so many requests were sent, all of which the server logged. */
  Map<String, Long> increase(int requests) {
    return increase(
        () -> {
          Shell.run(stage.lan.onClient(Traffic.ab(requests, Lan.SERVER_IPV4))).succeeded();
          return requests;
        });
  }

  /** Likewise, while something goes on that says how many requests it has sent. */
  Map<String, Long> increase(IntSupplier traffic) {
    Map<String, Long> before = countsAtRest();
    nginx.truncateLog();
    int sent = traffic.getAsInt();
    assertThat(nginx.log()).hasSize(sent);
    Map<String, Long> increase = countsAtRest();
    increase.replaceAll((name, count) -> count - before.getOrDefault(name, 0L));
    return increase;
  }

  /** Two readings of all are the same: no packet came between the first's end and the second. */
  private Map<String, Long> countsAtRest() {
    List<Map<String, Long>> readings = new ArrayList<>(List.of(counts()));
    Shell.await(
        "no packet arrives between two readings",
        () -> {
          readings.add(counts());
          return readings.removeFirst().equals(readings.getFirst());
        });
    return readings.getFirst();
  }

  private Map<String, Long> counts() {
    Map<String, Long> counts = new LinkedHashMap<>();
    if (Files.exists(stage.pin("eth0/capture_info"))) {
      counts.put(REQUESTS, Stage.sum(stage.pin("eth0/request_map")));
      counts.put(PACKETS, Stage.sum(stage.pin("eth0/packet_map")));
    }
    others.forEach((path, other) -> counts.put(path, other.seen()));
    return counts;
  }

  /** Runs a command that locks the pin root several times; all go on when all wait for it. */
  void atOnce(int times, Runnable command) {
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    String root = stage.exporter.pinRoot().toString();
    Process lock = start("flock", "--no-fork", root, "cat");
    try {
      Shell.await("the pin root is locked", () -> locks(": FLOCK") == 1);
      for (int i = 0; i < times; i++) {
        runs.add(CompletableFuture.runAsync(command, Shell.AT_ONCE));
      }
      Shell.await("all wait for it", () -> locks("-> FLOCK") == times);
    } finally {
      lock.destroy();
    }
    runs.forEach(CompletableFuture::join);
  }

  private static Process start(String... command) {
    try {
      return new ProcessBuilder(command).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Lines about the pin root that {@code /proc/locks} has; an arrow marks one that waits. */
  private long locks(String kind) {
    try {
      String inode = ":" + Files.getAttribute(stage.exporter.pinRoot(), "unix:ino") + " ";
      return Files.readAllLines(Path.of("/proc/locks")).stream()
          .filter(line -> line.contains(kind) && line.contains(inode))
          .count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All that is on the hooks of the interface, and in the pin root, as tc and ls show it. */
  List<String> everything() {
    List<String> everything = new ArrayList<>();
    for (String command :
        List.of(
            "tc qdisc show dev eth0",
            "tc filter show dev eth0 ingress",
            "tc filter show dev eth0 egress")) {
      stage.onServer(command).lines().forEach(everything::add);
    }
    for (Direction direction : Direction.values()) {
      TcxLink.programs(stage.server, Lan.INTERFACE, direction)
          .forEach(id -> everything.add("tcx " + direction + " " + id));
    }
    try (Stream<Path> pins = Files.walk(stage.exporter.pinRoot())) {
      for (Path pin : pins.sorted().toList()) {
        Map<String, Object> attributes = Files.readAttributes(pin, "unix:ino,mode,uid");
        everything.add(pin + " " + new TreeMap<>(attributes));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return everything;
  }

  /** Unloads, and removes what the others have left. */
  @Override
  public void close() {
    others.values().forEach(Foreigner::close);
    nginx.close();
    stage.close();
    if (Files.exists(stage.exporter.pinRoot())) {
      Shell.out("rm", "-r", stage.exporter.pinRoot().toString());
    }
  }
}
