package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What cannot work is one line and an exit code, and leaves nothing behind. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {

  private static final List<String> POWERLESS = Stage.words("setpriv --bounding-set=-all");
  private static final List<String> NOBODY =
      Stage.words("setpriv --reuid=65534 --regid=65534 --clear-groups");

  /** Another user, but with capabilities. */
  private static final List<String> CAPABLE = nobodyWith("bpf,+net_admin,+perfmon");

  private static final List<String> WITHOUT_PERFMON = nobodyWith("bpf,+net_admin");

  private static final List<String> WITHOUT_LIBBPF =
      List.of(
          "unshare",
          "-m",
          "sh",
          "-ec",
          "library=$(ldconfig -p | sed -n 's/.*libbpf.so.1 .*=> //p' | head -1);"
              + " mount --bind /dev/null \"$(readlink -f \"$library\")\"; exec \"$@\"",
          "sh");

  private static final String NO_LIBBPF =
      "link libbpf.so.1: not found; install it: apt-get install libbpf1 (Debian 12, Ubuntu 24.04 or"
          + " later)";
  private static final String NEEDS = "; needs root, or CAP_BPF, CAP_NET_ADMIN and CAP_PERFMON";

  private Stage stage;
  private Path closed;

  private static List<String> nobodyWith(String capabilities) {
    return Stage.words(
        "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=+%1$s --ambient-caps=+%1$s"
            .formatted(capabilities));
  }

  @BeforeAll
  void open() throws IOException {
    stage = new Stage();
    // A bpf file system may be open to all, so one level down.
    closed = Path.of(stage.exporter.pinRoot() + "-closed");
    Files.createDirectory(closed);
    Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @AfterAll
  void close() throws IOException {
    stage.close();
    Files.delete(closed);
  }

  @AfterEach
  void unload() {
    stage.exporter.run("unload").succeeded();
  }

  /** In arguments and line, ROOT and CLOSED stand for pin roots. */
  record Refusal(String what, List<String> wrapper, String arguments, int status, String line) {

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Refusal> refusals() {
    List<String> asRoot = List.of();
    return Stream.of(
        new Refusal(
            "unknown flag",
            asRoot,
            "load --nope",
            2,
            "Unknown option: '--nope'; see http-ebpf-exporter load --help"),
        new Refusal(
            "no such interface",
            asRoot,
            "load --interface lo,eth9 --pin-root ROOT",
            1,
            "attach to eth9: no such interface; interfaces here: eth0, lo"),
        new Refusal(
            "root without capabilities",
            POWERLESS,
            "load --interface lo --pin-root ROOT",
            1,
            "load program http_counter: EPERM (1) Operation not permitted" + NEEDS),
        new Refusal(
            "another user",
            NOBODY,
            "load --interface lo --pin-root CLOSED",
            1,
            "create directory CLOSED: EACCES (13) Permission denied; needs root, or other"
                + " permissions there"),
        new Refusal(
            "pin root not writable",
            CAPABLE,
            "run --interface lo --web.listen-address 127.0.0.1:0 --log.level error"
                + " --pin-root CLOSED",
            1,
            "create directory CLOSED: EACCES (13) Permission denied; needs root, or other"
                + " permissions there"),
        new Refusal(
            "pin root not on a bpf file system",
            asRoot,
            "load --interface lo --pin-root /proc/http-ebpf-exporter",
            1,
            "pin root /proc/http-ebpf-exporter: not on a bpf file system but on proc; choose a"
                + " --pin-root below /sys/fs/bpf"),
        new Refusal(
            "pin root with a dot",
            asRoot,
            "load --interface lo --pin-root ROOT/a.b",
            2,
            "pin root ROOT/a.b: a bpf file system has no names with a dot; choose another"
                + " --pin-root; see http-ebpf-exporter load --help"),
        new Refusal(
            "no libbpf to load with",
            WITHOUT_LIBBPF,
            "load --interface lo --pin-root ROOT",
            1,
            NO_LIBBPF),
        new Refusal(
            "no libbpf to serve with",
            WITHOUT_LIBBPF,
            "serve --web.listen-address 127.0.0.1:0 --pin-root ROOT",
            1,
            NO_LIBBPF),
        new Refusal("no libbpf to unload with", WITHOUT_LIBBPF, "unload --pin-root ROOT", 0, ""));
  }

  private String resolve(String text) {
    return text.replace("ROOT", stage.exporter.pinRoot().toString())
        .replace("CLOSED", closed.resolve("root").toString());
  }

  private Shell.Result run(List<String> wrapper, String arguments) {
    return stage.runWithin(wrapper, Stage.words(resolve(arguments)).toArray(String[]::new));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusals")
  void isRefusedInOneLine(Refusal refusal) {
    List<String> before = stage.traces();
    Shell.Result result = run(refusal.wrapper(), refusal.arguments());

    String line = resolve(refusal.line());
    assertThat(result.err()).isEqualTo(line.isEmpty() ? "" : line + "\n");
    assertThat(result.status()).isEqualTo(refusal.status());
    assertThat(result.out()).isEmpty();
    assertThat(stage.traces()).isEqualTo(before);
    assertThat(closed).isEmptyDirectory();
  }

  @Test
  void theVerifiersLogFollowsTheLine() throws IOException {
    Path open = closed.resolve("open");
    Files.createDirectory(open);
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    List<String> before = stage.traces();
    Shell.Result result =
        run(WITHOUT_PERFMON, "load --interface lo --pin-root " + open.resolve("root"));

    List<String> lines = result.err().lines().toList();
    assertThat(lines.getFirst())
        .isEqualTo(
            "load program http_counter: EACCES (13) Permission denied; needs root, or CAP_PERFMON");
    assertThat(lines).anyMatch(line -> line.contains("prohibited"));
    assertThat(lines.getLast()).startsWith("processed ");
    assertThat(result.err()).doesNotContain("\tat ");
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEqualTo(before);
    assertThat(open).isEmptyDirectory();
    Files.delete(open);
  }

  @Test
  void aCaptureCannotBeReadWithoutLibbpf() {
    run(List.of(), "load --interface lo --pin-root ROOT").succeeded();
    Shell.Result show = run(WITHOUT_LIBBPF, "show --pin-root ROOT");
    Shell.Result unload = run(WITHOUT_LIBBPF, "unload --pin-root ROOT");

    assertThat(show.out()).isEqualTo("lo: cannot be read\n");
    assertThat(show.err()).hasLineCount(1).endsWith(" warn  " + NO_LIBBPF + "\n");
    assertThat(show.status()).isEqualTo(1);
    assertThat(unload.err()).isEqualTo(NO_LIBBPF + "\n");
    assertThat(unload.status()).isEqualTo(1);
    run(List.of(), "unload --pin-root ROOT").succeeded();
    assertThat(stage.traces()).isEmpty();
  }

  @Test
  void aPortInUseIsFoundBeforeAnythingIsLoaded() {
    Exporter.Running other = stage.exporter.start("serve");
    String address = String.valueOf(other.url()).replaceAll("http://|/metrics", "");
    Shell.Result result =
        run(List.of(), "run --interface lo --pin-root ROOT --web.listen-address " + address);

    assertThat(result.err())
        .isEqualTo(
            "listen on "
                + address
                + ": address already in use; choose another with --web.listen-address\n");
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEmpty();
    other.kill();
  }

  @Test
  void doctorSaysWhatIsMissing() {
    Shell.Result result =
        run(POWERLESS, "doctor --interface lo --pin-root ROOT --web.listen-address :0");

    assertThat(result.out().lines())
        .contains(
            "fail  capabilities: CAP_BPF, CAP_NET_ADMIN, CAP_PERFMON missing; run as root;"
                + " serve and show need none",
            "fail  program: load program http_counter: EPERM (1) Operation not permitted" + NEEDS,
            "fail  tc hook: list programs (tcx) of lo: EPERM (1) Operation not permitted" + NEEDS,
            "ok    interfaces: lo");
    assertThat(result.err()).isEmpty();
    assertThat(result.status()).isEqualTo(1);
    assertThat(stage.traces()).isEmpty();
  }
}
