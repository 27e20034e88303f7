package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.BuildInfoCollector;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.CapturingCollector;
import io.github.httpebpf.exporter.metrics.CgroupName;
import io.github.httpebpf.exporter.metrics.Exchanges;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.PacketResult;
import io.github.httpebpf.exporter.metrics.ProgramRuns;
import io.github.httpebpf.exporter.metrics.ReloadCollector;
import io.github.httpebpf.exporter.metrics.Urls;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** What the documents say of flags, metrics and files is so. */
class DocsTest {

  private static final Path TOP = Path.of(System.getProperty("httpebpf.root", ".."));

  /** A link or an image, unless its target has a scheme; what follows # is within the file. */
  private static final Pattern LINK = Pattern.compile("\\]\\((?![a-z]+:)([^)#\\s]+)[^)]*\\)");

  private static String read(Path file) throws IOException {
    return Files.readString(TOP.resolve(file));
  }

  /** The rows of the README's table with that head, cells without blanks around. */
  private static List<List<String>> table(String head) throws IOException {
    List<List<String>> rows = new ArrayList<>();
    for (String line :
        read(Path.of("README.md")).split("\\Q" + head + "\\E\n", 2)[1].split("\n", -1)) {
      if (!line.startsWith("|")) {
        break;
      }
      String[] cells = line.replace("\\|", "\0").split("\\|", -1);
      rows.add(
          Arrays.stream(cells)
              .map(cell -> cell.strip().replace('\0', '|'))
              .toList()
              .subList(1, cells.length - 1));
    }
    assertThat(rows).as(head).hasSizeGreaterThan(2);
    return rows.subList(1, rows.size());
  }

  /** What stands in code marks. */
  private static List<String> codes(String cell) {
    return Pattern.compile("`([^`]+)`")
        .matcher(cell)
        .results()
        .map(match -> match.group(1))
        .toList();
  }

  @Test
  void everyRelativeLinkPointsToAFile() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(TOP.resolve("README.md")));
    try (Stream<Path> docs = Files.walk(TOP.resolve("docs"))) {
      docs.filter(page -> page.toString().endsWith(".md")).forEach(pages::add);
    }
    List<String> broken = new ArrayList<>();
    int links = 0;
    for (Path page : pages) {
      for (var link : LINK.matcher(Files.readString(page)).results().toList()) {
        links++;
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          broken.add(TOP.relativize(page) + " -> " + link.group(1));
        }
      }
    }
    assertThat(broken).isEmpty();
    assertThat(links).isGreaterThan(4);
  }

  @Test
  void flagsAreThoseOfTheCommands() throws IOException {
    Map<String, Set<String>> inCode = new LinkedHashMap<>();
    Map<String, CommandLine> commands =
        new LinkedHashMap<>(Main.commandLine(new Main()).getSubcommands());
    // Has no flags of its own.
    commands.remove("config");
    commands.forEach(
        (name, command) ->
            longNames(command)
                .forEach(option -> inCode.computeIfAbsent(option, o -> new TreeSet<>()).add(name)));

    Map<String, Set<String>> inReadme = new LinkedHashMap<>();
    for (List<String> row : table("| flag | commands | default | meaning |")) {
      Set<String> cell =
          row.get(1).equals("all")
              ? new TreeSet<>(commands.keySet())
              : new TreeSet<>(codes(row.get(1)));
      codes(row.get(0)).forEach(flag -> inReadme.put(flag.replaceAll(" .*", ""), cell));
    }
    assertThat(inReadme).isEqualTo(inCode);
  }

  private static List<String> longNames(CommandLine command) {
    return command.getCommandSpec().options().stream().map(OptionSpec::longestName).toList();
  }

  @Test
  void defaultsAreThoseOfTheCommands() throws IOException {
    Map<String, String> inCode = new LinkedHashMap<>();
    Main.commandLine(new Main()).getSubcommands().values().stream()
        .flatMap(command -> command.getCommandSpec().options().stream())
        .filter(option -> option.defaultValue() != null)
        .forEach(option -> inCode.put(option.longestName(), "`" + option.defaultValue() + "`"));

    Map<String, String> inReadme = new LinkedHashMap<>();
    for (List<String> row : table("| flag | commands | default | meaning |")) {
      if (row.get(2).matches("`[^`]+`")) {
        inReadme.put(codes(row.get(0)).getFirst().replaceAll(" .*", ""), row.get(2));
      }
    }
    assertThat(inReadme).isEqualTo(inCode);
  }

  @Test
  void commandsAreThoseOfTheProgram() throws IOException {
    String readme = read(Path.of("README.md"));
    List<String> commands =
        Pattern.compile("(?m)^    http-ebpf-exporter (\\w+) ")
            .matcher(readme)
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(commands)
        .containsExactlyElementsOf(Main.commandLine(new Main()).getSubcommands().keySet());
  }

  private static Exchanges exchanges() {
    long[][] entries = new long[HttpMethod.values().length][20];
    entries[HttpMethod.GET.id()][0] = 1;
    return Exchanges.ofEntries(
        true, entries, List.of(new LabelledRequests(HttpMethod.GET, List.of("200"), 1)));
  }

  private static Urls urls() {
    return new Urls(
        1000,
        List.of(new Urls.Requests(HttpMethod.GET, new Urls.Url("a", "/"), 1, 1, 1)),
        List.of(new Urls.Responses(HttpMethod.GET, new Urls.Url("a", "/"), "200", 1)),
        true);
  }

  @Test
  void metricsAndTheirLabelsAreThoseOfAScrape() throws IOException {
    CollectorRegistry registry = new CollectorRegistry();
    CaptureCounts counts =
        CaptureCounts.ofEntries(new long[16], new long[64], new long[16], new ProgramRuns(1, 1))
            .with(
                List.of(new LabelledRequests(HttpMethod.GET, List.of("80"), 1)),
                List.of(new LabelledRequests(HttpMethod.GET, CgroupName.of("/a").labels(), 1)))
            .with(exchanges())
            .with(Optional.of(urls()));
    registry.register(
        new HttpRequestsCollector(() -> List.of(new CaptureSnapshot("eth0", true, counts))));
    CapturingCollector capturing = new CapturingCollector(() -> Map.of("tc", 1));
    capturing.failed("ENODEV");
    registry.register(capturing);
    registry.register(new ReloadCollector());
    registry.register(new BuildInfoCollector(Version.info()));
    DefaultExports.register(registry);
    Map<String, List<String>> inCode = new LinkedHashMap<>();
    for (Collector.MetricFamilySamples family : Collections.list(registry.metricFamilySamples())) {
      for (Sample sample : family.samples) {
        if (!sample.name.matches("(process|jvm)_.*")) {
          boolean simple =
              family.type != Collector.Type.HISTOGRAM && family.type != Collector.Type.SUMMARY;
          List<String> labels = new ArrayList<>(sample.labelNames);
          labels.remove("le");
          inCode.put(simple ? sample.name : family.name, labels);
        }
      }
    }

    Map<String, List<String>> inReadme = new LinkedHashMap<>();
    for (List<String> row : table("| metric | labels | meaning |")) {
      codes(row.get(0)).forEach(name -> inReadme.put(name, codes(row.get(1))));
    }
    assertThat(inReadme.remove("process_*")).isEmpty();
    assertThat(inReadme.remove("jvm_*")).isEmpty();
    assertThat(inReadme).isEqualTo(inCode);
  }

  @Test
  void resultsAreThoseOfTheLedger() throws IOException {
    List<String> inReadme =
        table("| result | the packet |").stream()
            .flatMap(row -> codes(row.get(0)).stream())
            .toList();
    assertThat(inReadme)
        .containsExactlyInAnyOrderElementsOf(
            Arrays.stream(PacketResult.values()).map(PacketResult::label).toList());
  }
}
