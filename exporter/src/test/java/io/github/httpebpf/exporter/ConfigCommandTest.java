package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.httpebpf.exporter.config.ConfigException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** A configuration file says what flags say; nothing here reaches the kernel. */
class ConfigCommandTest {

  private static final Path DOC =
      Path.of(System.getProperty("httpebpf.root", ".."), "docs/configuration.md");

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int execute(String... arguments) {
    return Main.commandLine(new Main())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("c.yaml"), yaml);
  }

  /** The command's options, as flags and file make them. */
  private CommandSpec parse(String yaml, String... arguments) throws Exception {
    String[] whole = Arrays.copyOf(arguments, arguments.length + 1);
    whole[arguments.length] = "--config.file=" + write(yaml);
    Invocation called = Invocation.of(Main.commandLine(new Main()).parseArgs(whole));
    return called.parse(Main.commandLine(new Main())).subcommand().commandSpec();
  }

  private static Object value(CommandSpec command, String flag) {
    return command.findOption(flag).getValue();
  }

  private static String example() throws IOException {
    Matcher block = Pattern.compile("(?s)```yaml\n(.*?)```").matcher(Files.readString(DOC));
    assertThat(block.find()).isTrue();
    return block.group(1);
  }

  @Test
  void theExampleOfTheDocumentIsValidAndHasEveryKey() throws Exception {
    CommandLine program = Main.commandLine(new Main());
    Set<String> flags = new TreeSet<>();
    for (CommandLine command : program.getSubcommands().values()) {
      command.getCommandSpec().options().stream()
          .filter(OptionKeys::hasKey)
          .map(OptionSpec::longestName)
          .forEach(flags::add);
    }
    CheckedFile example = CheckedFile.read(write(example()));
    Set<String> inExample = new TreeSet<>();
    for (CommandLine command : program.getSubcommands().values()) {
      example
          .arguments(command, Set.of())
          .forEach(each -> inExample.add(each.replaceAll("=.*", "")));
    }

    assertThat(flags).contains("--interface", "--web.listen-address", "--watch");
    assertThat(inExample).isEqualTo(flags);
  }

  @Test
  void valuesGoThroughTheFlags() throws Exception {
    CommandSpec run = parse(example(), "run");

    assertThat(value(run, "--interface")).isEqualTo(List.of("eth0", "veth.*"));
    assertThat(value(run, "--ports")).isEqualTo(List.of(80, 8080));
    assertThat(value(run, "--exclude-port")).isEqualTo(List.of(10435));
    assertThat(value(run, "--port-labels")).isEqualTo(true);
    assertThat(value(run, "--log.level")).isEqualTo(Logging.Threshold.INFO);
    assertThat(value(run, "--web.listen-address")).isEqualTo(":10435");
  }

  @Test
  void aFlagWinsOverTheFile() throws Exception {
    String yaml = "interface: [a, b]\nport-labels: true\nlog: {level: debug}\nexclude-port: [1]\n";

    CommandSpec load =
        parse(yaml, "load", "--interface", "c", "--log.level=warn", "--port-labels=false");

    assertThat(value(load, "--interface")).isEqualTo(List.of("c"));
    assertThat(value(load, "--log.level")).isEqualTo(Logging.Threshold.WARN);
    assertThat(value(load, "--port-labels")).isEqualTo(false);
    assertThat(value(load, "--exclude-port")).isEqualTo(List.of(1));
  }

  @Test
  void aValueOfTheFileIsNotSplitAndOneOfTheCommandLineIs() throws Exception {
    String yaml = "interface: ['veth{1,2}', eth0]\ninterface-exclude: 'a{1,3}'\nnetns: [w]\n";

    CommandSpec load = parse(yaml, "load", "--netns", "a,b");

    assertThat(value(load, "--interface")).isEqualTo(List.of("veth{1,2}", "eth0"));
    assertThat(value(load, "--interface-exclude")).isEqualTo(List.of("a{1,3}"));
    assertThat(value(load, "--netns")).hasToString("[a, b]");
    assertThat(value(parse(yaml, "show", "--interface", "a,b"), "--interface"))
        .isEqualTo(List.of("a", "b"));
    assertThat(execute("config", "check", folder.resolve("c.yaml").toString())).isZero();
  }

  @Test
  void whatIsInNeitherHasItsDefault() throws Exception {
    CommandSpec run = parse("port-labels: false\n", "run");

    assertThat(value(run, "--port-labels")).isEqualTo(false);
    assertThat(value(run, "--web.listen-address")).isEqualTo(":10435");
    assertThat(value(run, "--port-labels.max-series")).isEqualTo(200);
  }

  @Test
  void keysOfOtherCommandsArePassedOver() throws Exception {
    CommandSpec show = parse("exclude-port: 80\nweb: {telemetry-path: /m}\njson: true\n", "show");

    assertThat(value(show, "--json")).isEqualTo(true);
    assertThatThrownBy(() -> parse("exclude-port: 0\n", "show"))
        .isExactlyInstanceOf(ConfigException.class)
        .hasMessageEndingWith(":1:15: --exclude-port 0: not a port, 1 to 65535");
  }

  @Test
  void aMistakeIsOneLineAndExitCode2() throws IOException {
    Path file = write("log:\n  level: loud\n");
    String line =
        file
            + ":2:10: Invalid value for option '--log.level': expected one of [DEBUG, INFO, WARN,"
            + " ERROR] (case-insensitive) but was 'loud'";

    for (String command :
        List.of("run", "load", "serve", "show", "top", "trace", "unload", "doctor")) {
      err.getBuffer().setLength(0);
      assertThat(execute(command, "--config.file", file.toString())).as(command).isEqualTo(2);
      assertThat(err).as(command).hasToString(line + System.lineSeparator());
    }
    err.getBuffer().setLength(0);
    assertThat(execute("config", "check", file.toString())).isEqualTo(2);
    assertThat(err).hasToString(line + System.lineSeparator());
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          capture: [cgroup=/a, cgroup=/b] | :1:10: --capture 'cgroup=/b': one cgroup only, which counts for those below it too
          capture: [tc, ebpf]             | :1:15: --capture 'ebpf': not one of tc, xdp, cgroup
          interface: [lo, a/b]            | :1:17: --interface 'a/b': not the name of an interface
          capture: 'tc,cgroup'            | :1:10: --capture 'tc,cgroup': not one of tc, xdp, cgroup
          pin-root: /a.b                  | :1:11: pin root /a.b: a bpf file system has no names with a dot; choose another --pin-root
          port-labels: {max-series: 0}    | :1:27: --port-labels.max-series 0: not from 1 to 100000
          watch: soon                     | :1:8: Invalid value for option '--watch': 'soon' is not an interval such as 2s or 500ms
          config: {file: a}               | :1:1: unknown key 'config'; there are buffer, capture, cgroup, exclude-port, host, interface, interface-exclude, interval, json, lines, log, method, netns, path, pin-root, port, port-labels, ports, status, tc-backend, urls, watch, web
          """)
  void whatTheFlagRefusesHasItsPlace(String yaml, String line) throws IOException {
    Path file = write(yaml);

    assertThat(execute("config", "check", file.toString())).isEqualTo(2);
    assertThat(err).hasToString(file + line + System.lineSeparator());
  }

  @Test
  void checkSaysWhatEachCommandTakes() throws IOException {
    Path file = write("interface: lo\nweb: {telemetry-path: /m}\nexclude-port: []\njson: true\n");

    assertThat(execute("config", "check", file.toString())).isZero();
    assertThat(out)
        .hasToString(
            file
                + ": valid, 4 keys; taken: run 3, load 2, serve 2, show 2, top 1, trace 2, unload 1, doctor 3"
                + System.lineSeparator());
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void helpIsGivenWhateverTheFile() {
    assertThat(execute("run", "--config.file", "/none", "--help")).isZero();
    assertThat(execute("config")).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "no command was given; see http-ebpf-exporter config --help" + System.lineSeparator());
  }

  @Test
  void whatNeedsARestartIsMarked() {
    CommandSpec run = Main.commandLine(new Main()).parseArgs("run").subcommand().commandSpec();
    List<String> restart =
        run.options().stream()
            .filter(Reload::needsRestart)
            .map(OptionSpec::longestName)
            .sorted()
            .toList();

    assertThat(restart)
        .containsExactly(
            "--pin-root", "--web.enable-lifecycle", "--web.listen-address", "--web.telemetry-path");
  }
}
