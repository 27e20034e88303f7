package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Lines are what nginx logs, each once; and a trace harms nobody, however it is read, or ends. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TraceIT {

  /** Any, but fixed. */
  private static final int SEED = 20_261_127;

  private static final Pattern LOST =
      Pattern.compile(
          "lost in all ([0-9]+) lines, and of ([0-9]+) others what became of the request"
              + "(?:, and up to ([0-9]+) lines that standard output did not take)?");
  private static final Pattern RATE = Pattern.compile("Requests/sec: *([0-9.]+)");
  private static final String METHODS = "GET,GET,HEAD,DELETE,OPTIONS,PATCH,PURGE";

  private ResponsesStage stage;

  @BeforeAll
  void open() {
    stage = new ResponsesStage();
  }

  @AfterAll
  void close() {
    stage.close();
  }

  /** A test that failed may have left lines. */
  @BeforeEach
  void forget() {
    stage.nginx.truncateLog();
  }

  private Path map(String directory) {
    return stage.exporter.pinRoot().resolve(directory).resolve("trace_map");
  }

  private List<String> command(String... arguments) {
    List<String> whole = new ArrayList<>(List.of("trace"));
    whole.addAll(List.of(arguments));
    return stage.lan.onServer(stage.exporter.withRoot(whole.toArray(String[]::new)));
  }

  private Tracing trace(String... arguments) {
    List<String> whole = new ArrayList<>(List.of(arguments));
    whole.addAll(List.of("--interface", Lan.INTERFACE));
    return new Tracing(command(whole.toArray(String[]::new)), map(Lan.INTERFACE), false);
  }

  private Shell.Result refused() {
    return Shell.run(command("--interface", Lan.INTERFACE));
  }

  private void get(String path) {
    String url = "http://" + Lan.SERVER_IPV4 + path;
    Shell.run(stage.lan.onClient("curl", "-sS", "-o", "/dev/null", url)).succeeded();
  }

  private static String prefixes() {
    List<String> all = new ArrayList<>();
    ResponsesStage.STATUSES.stream()
        .filter(status -> status != 444)
        .forEach(status -> all.add("/s" + status));
    all.add("/any");
    return String.join(",", all);
  }

  @Test
  void linesAreWhatNginxLogsInTheOrderOfEachConnection() {
    Instant before = Instant.now();
    try (Tracing tc = trace("--json");
        Tracing cgroup =
            new Tracing(command("--json", "--capture", "cgroup"), map("%cgroup"), false)) {
      int sent = stage.talk(80, SEED, prefixes(), METHODS, 4, 1000);
      sent += stage.talk(80, SEED + 1, "/up/dDELAY/s201,/up/dDELAY", "GET,POST,PUT", 1, 80);
      // Behind a request that nginx closes on, those of a pipeline may be lost.
      sent += stage.talk(80, SEED + 2, "/s200,/s444", METHODS, 1, 160);
      List<Logged> log = stage.log(80, sent);
      assertThat(log).anyMatch(each -> !each.answered());

      for (Tracing each : List.of(tc, cgroup)) {
        each.awaitLines(sent);
        assertThat(each.signal("INT")).isZero();
        assertThat(each.err()).isEmpty();
        assertIsWhatWasLogged(each.objects(), log, each == tc ? Lan.INTERFACE : "cgroup");
        assertTimes(each.objects(), before);
      }
      assertThat(Tracing.until(map(Lan.INTERFACE))).isZero();
      assertThat(Tracing.until(map("%cgroup"))).isZero();
    }
  }

  private static void assertIsWhatWasLogged(
      List<JsonNode> lines, List<Logged> log, String interfaceName) {
    Map<String, List<String>> logged = new LinkedHashMap<>();
    for (Logged each : log) {
      String end =
          each.answered()
              ? "%d %s".formatted(Integer.valueOf(each.code()), each.measured().get(2))
              : "null null";
      String line =
          "%s %s %s %s %s %s"
              .formatted(
                  interfaceName,
                  each.server(),
                  each.methodLabel(),
                  each.hostLabel(),
                  each.tracedPath(),
                  end);
      logged.computeIfAbsent(each.client(), client -> new ArrayList<>()).add(line);
    }
    Map<String, List<String>> traced = new LinkedHashMap<>();
    for (JsonNode each : lines) {
      String line =
          "%s %s:%s %s %s %s %s %s"
              .formatted(
                  each.path("interface").textValue(),
                  each.path("server").textValue(),
                  each.path("server_port"),
                  each.path("method").textValue(),
                  each.path("host").textValue(),
                  each.path("path").textValue(),
                  each.path("status"),
                  each.path("bytes"));
      String client = each.path("client").textValue() + ":" + each.path("client_port");
      traced.computeIfAbsent(client, name -> new ArrayList<>()).add(line);
    }
    assertThat(traced.keySet()).hasSizeGreaterThan(8);
    assertThat(traced.keySet()).isEqualTo(logged.keySet());
    logged.forEach((client, its) -> assertThat(traced.get(client)).as(client).isEqualTo(its));
  }

  private static void assertTimes(List<JsonNode> lines, Instant before) {
    for (JsonNode each : lines) {
      assertThat(Instant.parse(each.path("time").textValue())).isBetween(before, Instant.now());
      assertThat(each.path("duration_seconds").isNull()).isEqualTo(each.path("status").isNull());
      if (each.path("path").textValue().startsWith("/up/d")) {
        double waited =
            Integer.parseInt(each.path("path").textValue().replaceFirst("/up/d([0-9]+).*", "$1"))
                / 1000.0;
        assertThat(each.path("duration_seconds").doubleValue()).isBetween(waited, waited + 2);
      }
    }
  }

  @Test
  void filtersLeaveOthersOut() {
    try (Tracing trace =
        trace(
            "--method", "get", "--path", "/s4", "--status", "5xx,404", "--port", "80", "-n", "2")) {
      get("/s404/a?secret");
      get("/s403/b");
      get("/s503/c");
      get("/s404/d");
      Shell.run(
              stage.lan.onClient(
                  "curl", "-s", "-X", "PUT", "http://" + Lan.SERVER_IPV4 + "/s404/e"))
          .succeeded();
      stage.log(80, 5);

      assertThat(trace.await()).isZero();
      assertThat(trace.err()).isEmpty();
      assertThat(trace.lines()).hasSize(2);
      assertThat(trace.lines().getFirst())
          .matches(
              "[0-9-]{10}T[0-9:]{8}\\.[0-9]{6}Z eth0 10\\.203\\.0\\.2:[0-9]+ 10\\.203\\.0\\.1:80 GET"
                  + " 10\\.203\\.0\\.1 /s404/a 404 [0-9]+\\.[0-9]{3}ms [0-9]+");
      assertThat(trace.lines().getLast()).contains(" /s404/d 404 ");
    }
    assertThat(Tracing.until(map(Lan.INTERFACE))).isZero();
  }

  private double load() {
    String url = "http://" + Lan.SERVER_IPV4 + "/wrk";
    String out =
        Shell.run(stage.lan.onClient("wrk", "-t", "1", "-c", "8", "-d", "5s", url))
            .succeeded()
            .out();
    Matcher rate = RATE.matcher(out);
    assertThat(rate.find()).as(out).isTrue();
    return Double.parseDouble(rate.group(1));
  }

  private long requests() {
    return stage.read(Lan.INTERFACE).sum("http_requests_total");
  }

  /** As fast as without it in one of some rounds: others use the processors too, now and then. */
  @Test
  void aTraceThatNobodyReadsStopsNobody() {
    List<Double> parts = new ArrayList<>();
    do {
      double without = load();
      parts.add(loadUnread() / without);
    } while (parts.getLast() <= 0.6 && parts.size() < 5);
    assertThat(parts).as("of the requests/s without a trace").anyMatch(part -> part > 0.6);
  }

  private double loadUnread() {
    List<String> command = command("--interface", Lan.INTERFACE, "--buffer", "256KiB");
    double with;
    long counted;
    try (Tracing trace = new Tracing(command, map(Lan.INTERFACE), true)) {
      long before = requests();
      with = load();
      counted = requests() - before;
      Shell.await("it says so", () -> trace.err().contains("warn  lost "));
      assertThat(trace.err()).contains("standard output is read too slowly");
      assertThat(trace.signal("TERM")).isZero();

      Matcher lost = LOST.matcher(trace.err());
      assertThat(lost.find()).as(trace.err()).isTrue();
      long unprinted = lost.group(3) == null ? 0 : Long.parseLong(lost.group(3));
      long lines = trace.piped().size();
      assertThat(lines).isGreaterThan(100);
      assertThat(lines + Long.parseLong(lost.group(1)) + unprinted)
          .as(trace.err())
          .isEqualTo(counted);
      assertThat(trace.err().lines().count()).isBetween(2L, 12L);
    }
    stage.nginx.truncateLog();
    return with;
  }

  @Test
  void oneTraceAtATimeAndAKilledOneLeavesRoom() {
    try (Tracing first = trace()) {
      Shell.Result second = refused();
      assertThat(second.status()).isEqualTo(1);
      assertThat(second.err())
          .isEqualTo(
              "trace %s: another trace has it, and there is room for one; end that first%n"
                  .formatted(map(Lan.INTERFACE).getParent()));
      first.signal("KILL");
    }
    assertThat(Tracing.until(map(Lan.INTERFACE)))
        .isLessThanOrEqualTo(System.nanoTime() + Tracing.LEASE);
    Shell.await("nothing is traced any more", () -> !Tracing.isTraced(map(Lan.INTERFACE)));
    try (Tracing next = trace()) {
      next.signal("KILL");
    }
    assertThat(isThereARing()).isTrue();
    stage.exporter.load("--urls");
    assertThat(isThereARing()).isFalse();
    assertThat(Tracing.until(map(Lan.INTERFACE))).isZero();
    try (Tracing next = trace()) {
      stage.exporter.load("--urls");
      assertThat(isThereARing()).isTrue();
      next.signal("KILL");
    }
    try (Tracing next = trace("-n", "1")) {
      get("/s200/next");
      assertThat(next.await()).isZero();
      assertThat(next.lines()).singleElement().asString().contains(" /s200/next 200 ");
    }
    stage.log(80, 1);
  }

  private boolean isThereARing() {
    Path rings = map(Lan.INTERFACE).resolveSibling("trace_ring_map");
    List<String> lookup = Stage.words("bpftool map lookup pinned %s key 0 0 0 0".formatted(rings));
    return Shell.run(lookup).status() == 0;
  }

  @Test
  void itEndsWithItsReader() throws Exception {
    String command = String.join(" ", command("--interface", Lan.INTERFACE)) + " | head -n 1";
    List<Process> started = new ArrayList<>();
    try {
      long began = System.nanoTime();
      Process shell =
          new ProcessBuilder("bash", "-c", "set -o pipefail; " + command)
              .redirectErrorStream(true)
              .start();
      started.add(shell);
      Shell.await("it traces", () -> Tracing.isTracedSince(began, map(Lan.INTERFACE)));
      int sent = 0;
      while (shell.isAlive()) {
        get("/s200/" + sent);
        sent++;
        assertThat(sent).isLessThan(100);
        // It may take a moment to end.
        shell.waitFor(100, TimeUnit.MILLISECONDS);
      }
      assertThat(shell.exitValue()).isZero();
      assertThat(
              new String(
                  shell.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8))
          .matches("\\S+ eth0 .* /s200/0 200 .*\n");
      stage.log(80, sent);
    } finally {
      started.forEach(Process::destroyForcibly);
    }
    assertThat(Tracing.until(map(Lan.INTERFACE))).isZero();
  }

  @Test
  void whatWasLoadedBeforeSaysSo() throws Exception {
    Path root = stage.exporter.pinRoot().resolve(Lan.INTERFACE);
    Path aside = root.resolve("aside");
    Files.move(root.resolve("trace_ring_map"), aside);
    try {
      Shell.Result result = refused();
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err())
          .isEqualTo(
              "trace %s: loaded by a version that cannot be traced; load again%n".formatted(root));
      assertThat(Shell.run(command("--interface", "eth9")).err())
          .isEqualTo(
              "trace eth9: no capture in %s; load makes it%n".formatted(stage.exporter.pinRoot()));
    } finally {
      Files.move(aside, root.resolve("trace_ring_map"));
    }
  }

  @Test
  void unloadEndsIt() {
    try (Stage own = new Stage()) {
      own.lan.hush();
      own.exporter.load();
      List<String> command = own.lan.onServer(own.exporter.withRoot("trace"));
      try (Tracing trace = new Tracing(command, own.pin("eth0/trace_map"), false)) {
        own.exporter.run("unload").succeeded();
        assertThat(trace.await()).isEqualTo(1);
        assertThat(trace.err().lines())
            .satisfiesExactly(
                line ->
                    assertThat(line)
                        .endsWith(" warn  trace %s: unloaded meanwhile".formatted(own.pin("eth0"))),
                line ->
                    assertThat(line)
                        .endsWith(
                            " error trace %s: nothing is captured there any more"
                                .formatted(own.exporter.pinRoot())));
      }
      assertThat(own.traces()).isEmpty();
    }
  }

  @Test
  void itGoesOnWhereOthersCannotBeLookedFor() throws Exception {
    try (Stage own = new Stage()) {
      own.lan.hush();
      own.exporter.load();
      List<String> command = own.lan.onServer(own.exporter.withRoot("trace", "-n", "1"));
      try (Tracing trace = new Tracing(command, own.pin("eth0/trace_map"), false)) {
        Files.move(own.pin("eth0/unseen_map"), own.pin("%xdp"));
        String warning = "list %s: NotDirectoryException".formatted(own.pin("%xdp"));
        Shell.await("it says so", () -> trace.err().contains(warning) || !trace.alive());
        long said = System.nanoTime();
        Shell.await(
            "it goes on",
            () -> Tracing.isTracedSince(said, own.pin("eth0/trace_map")) || !trace.alive());
        assertThat(trace.alive()).as(trace.err()).isTrue();
        assertThat(trace.err().lines()).singleElement().asString().contains(" warn  ");
      } finally {
        Files.move(own.pin("%xdp"), own.pin("eth0/unseen_map"));
      }
    }
  }

  @Test
  void itNeedsMoreThanReaders() {
    List<String> command =
        new ArrayList<>(Stage.words("setpriv --reuid=65534 --regid=65534 --clear-groups"));
    command.addAll(stage.exporter.withRoot("trace"));
    Shell.Result result = Shell.run(stage.lan.onServer(command));

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .matches("open \\S+/trace_map: EACCES \\(13\\) Permission denied; needs root, or .*\n");
  }
}
