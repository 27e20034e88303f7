package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client that wants the exporter to fall: neither series nor memory grow without bound, and what
 * is exposed can be read. {@code -Dhttpebpf.urls=1000000} has it send as many URLs.
 */
@KernelTest
class HostileUrlsIT {

  private static final int PORT = 8004;
  private static final int SERIES = 3000;
  private static final int URLS = Integer.getInteger("httpebpf.urls", 200_000);

  /** Enough that there is room for no more. */
  private static final String FIRST = "10000";

  private static final int HOSTS = 10_000;
  private static final int METHODS = 10_000;
  private static final String REQUESTS = "http_url_requests_total";
  private static final Pattern MEMORY = Pattern.compile("\"bytes_memlock\": ?(\\d+)");

  private Stage stage;
  private Process sink;
  private Exporter.Running exporter;

  @BeforeEach
  void open() throws IOException {
    stage = new Stage();
    sink =
        new ProcessBuilder(stage.lan.onServer(Wire.command(Hostile.SINK, "" + PORT)))
            .inheritIO()
            .start();
    exporter =
        stage.exporter.start(
            "run", "--interface", Lan.INTERFACE, "--urls", "--urls.max-series", "" + SERIES);
    Shell.await(
        "the sink listens", () -> stage.onServer("ss -Hltn sport = :" + PORT).contains(":" + PORT));
  }

  @AfterEach
  void close() {
    sink.destroy();
    stage.close();
  }

  private void play(String script, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = Lan.SERVER_IPV4;
    all[1] = "" + PORT;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    Shell.run(stage.lan.onClient(Wire.command(script, all))).succeeded();
  }

  @Test
  void nothingGrowsAndEverythingAddsUp() throws IOException {
    play(Hostile.STRANGE);
    Readings strange = assertAddsUp();
    assertThat(strange.series(REQUESTS)).isBetween(500, SERIES);
    assertThat(
            strange.sum(
                REQUESTS, labels -> labels.subList(1, 3).equals(List.of("_other", "_other"))))
        .isZero();
    assertCanBeRead();

    play(Hostile.FLOOD, "0", FIRST, "0", "0");
    assertCanBeRead();
    long memory = memory();
    long maps = maps();
    long start = System.nanoTime();
    play(Hostile.FLOOD, FIRST, "" + URLS, "" + HOSTS, "" + METHODS);

    Readings all = assertAddsUp().minus(strange);
    assertThat(all.sum("http_requests_total"))
        .isEqualTo(Long.parseLong(FIRST) + URLS + HOSTS + METHODS);
    assertThat(all.sum("http_responses_total")).isEqualTo(all.sum("http_requests_total"));
    assertThat(all.sum("http_url_responses_total")).isEqualTo(all.sum("http_requests_total"));
    assertCanBeRead();
    System.out.printf(
        "%d URLs in %d ms; resident %d kB, then %d kB; maps %d kB, then %d kB%n",
        URLS,
        (System.nanoTime() - start) / 1_000_000,
        memory >> 10,
        memory() >> 10,
        maps >> 10,
        maps() >> 10);
    // Another method is another entry of response_map.
    assertThat(maps()).isBetween(maps, maps + 4096);
    assertThat(memory()).isLessThan(memory * 5 / 4);
  }

  /** No more series than were asked for, the rest's beside; the same requests by URL as in all. */
  private Readings assertAddsUp() {
    Readings found = Readings.of(stage.exporter.pinRoot(), Lan.INTERFACE);
    assertThat(found.series(REQUESTS)).isLessThanOrEqualTo(SERIES + 10);
    assertThat(found.series("http_url_responses_total")).isLessThanOrEqualTo(SERIES + 10);
    Map<String, Long> byMethod = new HashMap<>();
    found
        .of("http_requests_total")
        .forEach((labels, count) -> byMethod.put(labels.getFirst(), count));
    assertThat(found.byFirst(REQUESTS)).isEqualTo(byMethod);
    assertThat(found.byFirst("http_url_responses_total"))
        .isEqualTo(found.byFirst("http_responses_total"));
    return found;
  }

  /** By promtool, and as often as makes the exporter need all that it needs. */
  private void assertCanBeRead() throws IOException {
    Path page = Files.createTempFile("metrics", ".txt");
    try {
      for (int i = 0; i < 20; i++) {
        stage.onServer("curl -sS --fail -o %s %s".formatted(page, exporter.url()));
      }
      Shell.Result check = Shell.run("sh", "-c", "promtool check metrics < " + page).succeeded();
      assertThat(check.out() + check.err()).isEmpty();
    } finally {
      Files.delete(page);
    }
  }

  /** That the exporter's process has. */
  private long memory() throws IOException {
    String status = Files.readString(Path.of("/proc/" + exporter.handle().pid() + "/status"));
    return 1024 * Long.parseLong(status.replaceAll("(?s).*VmRSS:\\s+(\\d+) kB.*", "$1"));
  }

  /** That the kernel has for what is pinned. */
  private long maps() {
    long sum = 0;
    for (String pin : Stage.pins(stage.pin(Lan.INTERFACE))) {
      if (pin.endsWith("_map")) {
        List<MatchResult> found =
            MEMORY
                .matcher(Shell.out("bpftool", "-j", "map", "show", "pinned", pin))
                .results()
                .toList();
        assertThat(found).as(pin).hasSize(1);
        sum += Long.parseLong(found.getFirst().group(1));
      }
    }
    return sum;
  }
}
