package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.CaptureKind;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.bpf.CaptureSpec;
import io.github.httpebpf.exporter.bpf.NetworkNamespace;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Where to count, which ports, and by what; nothing here reaches the kernel. */
class CaptureOptionsTest {

  private static final List<String> DEFAULT = List.of("eth0", "lo");

  /** The options of that class which a command has. */
  private static <T> T options(Class<T> type, String arguments) {
    CommandSpec command =
        Main.commandLine(new Main()).parseArgs(arguments.split(" ")).subcommand().commandSpec();
    return mixins(command)
        .map(CommandSpec::userObject)
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow();
  }

  private static Stream<CommandSpec> mixins(CommandSpec command) {
    return command.mixins().values().stream()
        .flatMap(mixin -> Stream.concat(Stream.of(mixin), mixins(mixin)));
  }

  private static List<String> names(String arguments) {
    CaptureSelection selection = options(CaptureOptions.class, arguments).selection();
    return selection.here().stream()
        .flatMap(netns -> selection.request(netns, () -> DEFAULT).all().stream())
        .map(CaptureSpec::name)
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "load,eth0 lo",
    "load --capture tc,eth0 lo",
    "load --capture tc --interface a,a",
    "'load --capture xdp --interface a,b',xdp:a xdp:b",
    "load --capture xdp,xdp:eth0 xdp:lo",
    "load --capture cgroup,cgroup",
    "load --capture cgroup --interface a,cgroup",
    "'load --capture cgroup,tc --interface a',cgroup a",
    "load --capture xdp --capture tc --interface a,xdp:a a",
    "'run --capture tc,tc --interface a',a",
    "'run --capture cgroup=/c,cgroup=/c/../c/',cgroup",
    "load --netns w,w/eth0 w/lo",
    "'load --netns w,/run/netns/v --netns /a/./b --interface a',w/a v/a /a/b/a",
    "load --netns /proc/self/ns/net --interface a,a",
    "load --netns w --capture tc --interface a,w/a"
  })
  void capturesAreMadeOfKindsAndInterfaces(String arguments, String names) {
    assertThat(String.join(" ", names(arguments))).isEqualTo(names);
  }

  @Test
  void thePathOfACgroupIsKept() {
    assertThat(
            options(CaptureOptions.class, "load --capture cgroup=/sys/fs/./cgroup/a=b/")
                .selection()
                .request(NetworkNamespace.OWN, List::of)
                .all())
        .containsExactly(new CaptureSpec(CaptureKind.CGROUP, "/sys/fs/cgroup/a=b"));
  }

  @ParameterizedTest
  @CsvSource({
    "show,'',''",
    "show --capture tc,'',TC",
    "show --capture xdp,'',XDP",
    "show --capture cgroup,cgroup,CGROUP",
    "'show --capture cgroup,xdp','',CGROUP XDP",
    "show --interface a,a,''",
    "show --netns w,'',''",
    "'show --netns w,v --interface a',w/a v/a,''",
    "'show --capture tc,xdp,cgroup --interface a',a xdp:a cgroup,CGROUP TC XDP"
  })
  void readersNameWhatTheyCanAndLookUpTheRest(String arguments, String names, String kinds) {
    CaptureOptions options = options(CaptureOptions.class, arguments);

    CaptureSelection selection = options.selection();
    List<String> named = List.copyOf(selection.among(List.of()));
    assertThat(String.join(" ", named)).isEqualTo(names);
    assertThat(
            String.join(
                " ", selection.places().keySet().stream().map(Enum::name).sorted().toList()))
        .isEqualTo(kinds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--capture tcx|--capture 'tcx': not one of tc, xdp, cgroup",
        "--capture TC|--capture 'TC': not one of tc, xdp, cgroup",
        "--capture tc,,xdp|--capture '': not one of tc, xdp, cgroup",
        "--capture cgroups=/a|--capture 'cgroups=/a': not one of tc, xdp, cgroup",
        "--capture tc=eth0|--capture 'tc=eth0': only cgroup takes a path",
        "--capture xdp=/a|--capture 'xdp=/a': only cgroup takes a path",
        "--capture cgroup=|--capture 'cgroup=': not an absolute path",
        "--capture cgroup=a/b|--capture 'cgroup=a/b': not an absolute path",
        "--capture cgroup=/a,cgroup=/b|--capture 'cgroup=/b': one cgroup only, which counts for"
            + " those below it too",
        "--capture cgroup --capture cgroup=/b|--capture 'cgroup=/b': one cgroup only, which counts"
            + " for those below it too",
        "--netns a/b|--netns 'a/b': neither the name of a network namespace nor an absolute path",
        "--netns ..|--netns '..': neither the name of a network namespace nor an absolute path",
        "--netns w,,v|--netns '': neither the name of a network namespace nor an absolute path",
        "--netns w --capture xdp|--netns: captures by tc alone; leave out --capture",
        "--netns w --capture tc,cgroup|--netns: captures by tc alone; leave out --capture",
        "--ports 0|--ports 0: not a port, 1 to 65535",
        "--ports 80,65536|--ports 65536: not a port, 1 to 65535",
        "--ports http|Invalid value for option '--ports' (PORT): 'http' is not an int",
        "--port-labels.max-series 0|--port-labels.max-series 0: not from 1 to 100000",
        "--cgroup.max-series 100001|--cgroup.max-series 100001: not from 1 to 100000",
        "--cgroup.max-series x|Invalid value for option '--cgroup.max-series': 'x' is not an int"
      })
  void aMistakeIsOneLineAndExitCode2(String arguments, String line) {
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine(new Main()).setErr(new PrintWriter(err)).setOut(new PrintWriter(err));

    assertThat(commandLine.execute(("load " + arguments).split(" "))).isEqualTo(2);
    assertThat(err)
        .hasToString(line + "; see http-ebpf-exporter load --help" + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve --ports 80", "show --port-labels", "unload --cgroup.labels"})
  void onlyWhoLoadsDecidesWhatIsCounted(String arguments) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = Main.commandLine(new Main()).setErr(new PrintWriter(err));

    assertThat(commandLine.execute(arguments.split(" "))).isEqualTo(2);
    assertThat(err.toString()).startsWith("Unknown option").hasLineCount(1);
  }

  @Test
  void withoutPortsAllAreCounted() {
    assertThat(options(PortOptions.class, "load").excluded()).isEmpty();
  }

  @Test
  void portsExcludeAllOthersAndAccumulate() {
    Set<Integer> excluded =
        options(PortOptions.class, "load --ports 80,65535 --ports 1 --exclude-port 80").excluded();

    // All at once: what takes each apart from the others takes minutes.
    Set<Integer> others = IntStream.rangeClosed(0, 65535).boxed().collect(Collectors.toSet());
    others.removeAll(Set.of(1, 80, 65535));
    others.add(80);
    assertThat(excluded.equals(others)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "load,0,0",
    "load --port-labels,200,0",
    "load --cgroup.labels,0,200",
    "load --port-labels.max-series 5,0,0",
    "load --port-labels --port-labels.max-series 5,5,0",
    "run --cgroup.labels --cgroup.max-series 100000 --port-labels,200,100000"
  })
  void seriesAreKeptOnlyIfTheyAreAskedFor(String arguments, int byPort, int byCgroup) {
    LabelOptions labels = options(LabelOptions.class, arguments);

    assertThat(labels.portSeries()).isEqualTo(byPort);
    assertThat(labels.cgroupSeries()).isEqualTo(byCgroup);
  }
}
