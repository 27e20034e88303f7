package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The version stands in pom.xml; files that others read it from must say the same. */
class PublishedVersionTest {

  private static final Path ROOT = Path.of(System.getProperty("httpebpf.root"));
  private static final Path CHART = ROOT.resolve("helm/http-ebpf-exporter/Chart.yaml");

  static boolean hasChart() {
    return Files.exists(CHART);
  }

  @Test
  void theProgramHasTheVersionOfTheBuild() throws IOException {
    assertThat(only("pom.xml", "    <revision>(.*)</revision>")).isEqualTo(Version.number());
  }

  @Test
  void theNewestEntryOfTheChangelogIsThisVersion() throws IOException {
    assertThat(versionsIn("CHANGELOG.md", "## \\[(\\d.*)] - .*")).startsWith(Version.number());
  }

  @Test
  @EnabledIf("hasChart")
  void theChartInstallsThisVersion() throws IOException {
    String chart = ROOT.relativize(CHART).toString();
    assertThat(only(chart, "appVersion: \"?([^\"]*)\"?")).isEqualTo(Version.number());
  }

  private static String only(String file, String line) throws IOException {
    List<String> versions = versionsIn(file, line);
    assertThat(versions).as("%s in %s", line, file).hasSize(1);
    return versions.getFirst();
  }

  /** What the group of {@code line} matches, in each whole line that it matches. */
  private static List<String> versionsIn(String file, String line) throws IOException {
    Pattern pattern = Pattern.compile(line);
    try (Stream<String> lines = Files.lines(ROOT.resolve(file))) {
      return lines
          .map(pattern::matcher)
          .filter(matcher -> matcher.matches())
          .map(matcher -> matcher.group(1))
          .toList();
    }
  }
}
