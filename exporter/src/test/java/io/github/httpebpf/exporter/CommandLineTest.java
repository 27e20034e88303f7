package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.trace.StatusPattern;
import io.github.httpebpf.exporter.trace.TraceFilter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Arguments in, exit code and one line out; nothing here reaches the kernel. */
class CommandLineTest {

  private final CommandLine commandLine = Main.commandLine(new Main());
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return commandLine.execute(arguments);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("mistakes")
  void aMistakeIsOneLineAndExitCode2(String arguments, String line) {
    int status = execute(arguments.split(" "));

    assertThat(err).hasToString(line + System.lineSeparator());
    assertThat(status).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
  }

  static Stream<Arguments> mistakes() {
    return Stream.of(
        mistake("--nope", "Unknown option: '--nope'", ""),
        mistake("load --nope", "Unknown option: '--nope'", "load"),
        mistake("serve --exclude-port 80", "Unknown options: '--exclude-port', '80'", "serve"),
        mistake("bogus", "Unmatched argument at index 0: 'bogus'", ""),
        mistake("unload eth0", "Unmatched argument at index 1: 'eth0'", "unload"),
        mistake(
            "show --watch 2",
            "Invalid value for option '--watch': '2' is not an interval such as 2s or 500ms",
            "show"),
        mistake(
            "show --watch", "Missing required parameter for option '--watch' (INTERVAL)", "show"),
        mistake(
            "serve --web.listen-address 80",
            "listen address '80': expected [HOST]:PORT, for example :10435, 127.0.0.1:10435 or"
                + " [::1]:10435",
            "serve"),
        mistake(
            "run --web.listen-address :65536",
            "listen address ':65536': ports end at 65535",
            "run"),
        mistake(
            "serve --web.telemetry-path metrics",
            "telemetry path 'metrics': expected a path like /metrics, of letters, digits and . _ ~"
                + " - /, and not below /-/",
            "serve"),
        mistake("load --interface a/b", "--interface 'a/b': not the name of an interface", "load"),
        mistake(
            "show --interface eth0,,lo", "--interface '': not the name of an interface", "show"),
        mistake(
            "load --interface a123456789012345",
            "--interface 'a123456789012345': not the name of an interface",
            "load"),
        mistake(
            "load --interface veth[",
            "--interface 'veth[': not a regular expression: Unclosed character class",
            "load"),
        mistake(
            "run --interface-exclude lo,(",
            "--interface-exclude '(': not a regular expression: Unclosed group",
            "run"),
        mistake(
            "run --interface-exclude lo,,a",
            "--interface-exclude '': not a regular expression: empty",
            "run"),
        mistake("load --interface ..", "--interface '..': not the name of an interface", "load"),
        mistake(
            "show --interface",
            "Missing required parameter for option '--interface' (NAME|REGEX)",
            "show"),
        mistake(
            "load --pin-root /sys/fs/bpf/a.b",
            "pin root /sys/fs/bpf/a.b: a bpf file system has no names with a dot; choose another"
                + " --pin-root",
            "load"),
        mistake("unload --pin-root bpf", "pin root bpf: not an absolute path", "unload"),
        mistake(
            "unload --pin-root /a --pin-root /b",
            "option '--pin-root' (DIR) should be specified only once",
            "unload"),
        mistake("load --exclude-port 0", "--exclude-port 0: not a port, 1 to 65535", "load"),
        mistake("run --exclude-port 65536", "--exclude-port 65536: not a port, 1 to 65535", "run"),
        mistake(
            "load --exclude-port http",
            "Invalid value for option '--exclude-port' (PORT): 'http' is not an int",
            "load"),
        mistake(
            "load --tc-backend xdp",
            "Invalid value for option '--tc-backend': expected one of [AUTO, TCX, CLSACT]"
                + " (case-insensitive) but was 'xdp'",
            "load"),
        mistake(
            "trace --method get,foo",
            "--method 'foo': not one of _OTHER, GET, HEAD, POST, PUT, DELETE, CONNECT, OPTIONS,"
                + " TRACE, PATCH",
            "trace"),
        mistake(
            "trace --status 404,50x", "--status '50x': not a status such as 404, or 5xx", "trace"),
        mistake("trace --port 0", "--port 0: not a port, 1 to 65535", "trace"),
        mistake("trace -n 0", "--lines 0: not 1 or more", "trace"),
        mistake(
            "trace --buffer 3MiB",
            "Invalid value for option '--buffer': '3MiB' is not a power of two from 64KiB to"
                + " 1024MiB, such as 512KiB or 4MiB",
            "trace"),
        mistake(
            "trace --buffer 4096",
            "Invalid value for option '--buffer': '4096' is not a power of two from 64KiB to"
                + " 1024MiB, such as 512KiB or 4MiB",
            "trace"),
        mistake(
            "doctor --log.level nonsense",
            "Invalid value for option '--log.level': expected one of [DEBUG, INFO, WARN, ERROR]"
                + " (case-insensitive) but was 'nonsense'",
            "doctor"));
  }

  private static Arguments mistake(String arguments, String message, String command) {
    String help = command.isEmpty() ? "" : command + " ";
    return Arguments.of(arguments, message + "; see http-ebpf-exporter " + help + "--help");
  }

  @Test
  void aMissingCommandIsAMistake() {
    assertThat(execute()).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly("no command was given; see http-ebpf-exporter --help");
  }

  @Test
  void everyCommandTellsItsHelpAndVersion() {
    List<String> commands = new ArrayList<>(commandLine.getSubcommands().keySet());
    assertThat(commands)
        .containsExactly(
            "run", "load", "serve", "show", "top", "trace", "unload", "doctor", "config");
    for (String command : commands) {
      for (String option : List.of("--help", "-h", "--version", "-V")) {
        assertThat(execute(command, option)).as("%s %s", command, option).isZero();
      }
    }
    assertThat(execute("--help")).isZero();
    assertThat(execute("--version")).isZero();
    assertThat(execute("config", "check", "--help")).isZero();
    assertThat(out.toString())
        .contains("Usage: http-ebpf-exporter doctor")
        .contains("http-ebpf-exporter " + Version.number() + " (revision ");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void onlyTheCommandThatIsCalledIsLookedThrough() {
    assertThat(commands("load", "--help")).containsExactly("load");
    assertThat(commands("config", "check", "a")).containsExactly("config");
    Set<String> all = commandLine.getSubcommands().keySet();
    assertThat(commands()).isEqualTo(all);
    assertThat(commands("--help")).isEqualTo(all);
    assertThat(commands("lod")).isEqualTo(all);
  }

  private static Set<String> commands(String... arguments) {
    return Main.called(new Main(), arguments).getSubcommands().keySet();
  }

  @ParameterizedTest
  @ValueSource(strings = {"run", "load", "serve", "show", "top", "trace", "unload", "doctor"})
  void interfacesAccumulate(String command) {
    CommandSpec spec =
        parse(command, "--interface", "a,b.1", "--interface=c", "--interface", "d%e,a");

    assertThat(captures(spec).selection().among(List.of())).containsExactly("a", "b.1", "c", "d%e");
  }

  @Test
  void excludedPortsAccumulate() {
    CommandSpec spec = parse("load", "--exclude-port", "1,65535", "--exclude-port", "80");

    assertThat(spec.findOption("--exclude-port").<List<Integer>>getValue())
        .containsExactly(1, 65535, 80);
  }

  @ParameterizedTest
  @CsvSource({"64KiB,65536", "4MiB,4194304", "1024MiB,1073741824"})
  void aBufferIsAPowerOfTwo(String size, int octets) {
    CommandSpec spec = parse("trace", "--buffer", size);

    assertThat(spec.findOption("--buffer").<BufferSize>getValue())
        .isEqualTo(new BufferSize(octets));
  }

  @ParameterizedTest
  @ValueSource(strings = {"32KiB", "2048MiB", "4GiB", "4mib", "65KiB", "-4MiB", ""})
  void anythingElseIsNoBuffer(String size) {
    assertThatThrownBy(() -> parse("trace", "--buffer", size))
        .hasMessageContaining("is not a power of two from 64KiB to 1024MiB");
  }

  @Test
  void filtersAccumulate() {
    CommandSpec spec =
        parse(
            "trace",
            "--method",
            "get,PUT",
            "--method=_other",
            "--host",
            "A.example",
            "--path",
            "/a,b",
            "--path",
            "/c",
            "--status",
            "404,5xx",
            "--port",
            "80,81");
    TraceFilterOptions options =
        (TraceFilterOptions)
            spec.mixins().values().stream()
                .map(CommandSpec::userObject)
                .filter(TraceFilterOptions.class::isInstance)
                .findFirst()
                .orElseThrow();

    assertThat(options.filter())
        .isEqualTo(
            new TraceFilter(
                Set.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.OTHER),
                Set.of("a.example"),
                List.of("/a,b", "/c"),
                List.of(StatusPattern.of("404"), StatusPattern.of("5xx")),
                Set.of(80, 81)));
  }

  @Test
  void theDefaultPinRootIsTheDocumentedOne() {
    assertThat(captures(parse("show")).pinRoot().path())
        .hasToString("/sys/fs/bpf/http-ebpf-exporter");
  }

  private CommandSpec parse(String... arguments) {
    return commandLine.parseArgs(arguments).subcommand().commandSpec();
  }

  /** Of the command itself, or of the options that {@code load} shares with others. */
  private static CaptureOptions captures(CommandSpec command) {
    return command.mixins().values().stream()
        .flatMap(mixin -> Stream.concat(Stream.of(mixin), mixin.mixins().values().stream()))
        .map(CommandSpec::userObject)
        .filter(CaptureOptions.class::isInstance)
        .map(CaptureOptions.class::cast)
        .findFirst()
        .orElseThrow();
  }
}
