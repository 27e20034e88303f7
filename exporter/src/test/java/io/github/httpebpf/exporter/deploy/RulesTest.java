package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.httpebpf.exporter.it.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rules, and what docs/prometheus.md says of them, as promtool sees them. */
class RulesTest {

  private static final Path TOP = Path.of(System.getProperty("httpebpf.root"));
  private static final Path RULES = TOP.resolve("helm/http-ebpf-exporter/files/rules.yaml");
  private static final Path DOCS = TOP.resolve("docs/prometheus.md");
  private static final Pattern YAML = Pattern.compile("(?s)```yaml\n(.*?)```");

  private static Stream<JsonNode> rules() throws IOException {
    return Chart.parse(Files.readString(RULES))
        .path("groups")
        .valueStream()
        .flatMap(group -> group.path("rules").valueStream());
  }

  private static Stream<JsonNode> alerts() throws IOException {
    return rules().filter(rule -> rule.has("alert"));
  }

  @Test
  void promtoolAcceptsThem() {
    assertThat(Shell.out("promtool", "check", "rules", RULES.toString()))
        .contains("SUCCESS: 23 rules found");
  }

  @Test
  void eachAlertFiresAndDoesNotFireAsItsUnitTestSays() {
    String tests = TOP.resolve("exporter/src/test/promtool").toString();
    Shell.Result result =
        Shell.run(
            "promtool", "test", "rules", tests + "/rules.test.yaml", tests + "/days.test.yaml");
    assertThat(result.status()).as("%s%s", result.out(), result.err()).isZero();
  }

  @Test
  void eachAlertHasAUnitTestThatExpectsItAndOneThatDoesNot() throws IOException {
    List<JsonNode> tests =
        Chart.parse(
                Files.readString(TOP.resolve("exporter/src/test/promtool/rules.test.yaml"))
                    // An alias of a list that was expected before.
                    .replaceAll("exp_alerts: \\*\\w+", "exp_alerts: [{}]"))
            .path("tests")
            .valueStream()
            .flatMap(test -> test.path("alert_rule_test").valueStream())
            .toList();
    assertThat(alerts().map(alert -> alert.path("alert").asText()))
        .containsExactly(
            "HttpEbpfExporterAbsent",
            "HttpEbpfCaptureDown",
            "HttpEbpfPacketsNotJudged",
            "HttpEbpfAttachFailing",
            "HttpRequestsSilent",
            "HttpRequestRateAnomaly",
            "HttpErrorBudgetBurn",
            "HttpLatencyBudgetBurn")
        .allSatisfy(
            name ->
                assertThat(tests)
                    .filteredOn(test -> test.path("alertname").asText().equals(name))
                    .extracting(test -> test.path("exp_alerts").isEmpty())
                    .contains(true, false));
  }

  @Test
  void eachAlertSaysWhatIsWrongAndHasARunbook() throws IOException {
    List<String> anchors =
        Files.readAllLines(DOCS).stream()
            .filter(line -> line.startsWith("### "))
            .map(line -> line.substring(4).toLowerCase(Locale.ROOT))
            .toList();
    assertThat(alerts())
        .allSatisfy(
            alert -> {
              JsonNode annotations = alert.path("annotations");
              assertThat(annotations.path("summary").asText()).isNotBlank();
              assertThat(annotations.path("description").asText()).isNotBlank();
              String[] runbook = annotations.path("runbook").asText().split("#", -1);
              assertThat(runbook).hasSize(2).startsWith("docs/prometheus.md");
              assertThat(anchors).contains(runbook[1]);
            });
  }

  @Test
  void docsTellOfEachRecordingRule() throws IOException {
    String docs = Files.readString(DOCS);
    assertThat(rules().filter(rule -> rule.has("record")))
        .hasSize(15)
        .allSatisfy(rule -> assertThat(docs).contains("| `" + rule.path("record").asText() + "`"));
  }

  @Test
  void promtoolAcceptsEachScrapeConfigurationOfTheDocs(@TempDir Path folder) throws IOException {
    Files.copy(RULES, folder.resolve("rules.yaml"));
    List<String> examples =
        YAML.matcher(Files.readString(DOCS))
            .results()
            .map((MatchResult match) -> match.group(1))
            .toList();
    assertThat(examples).hasSize(4);
    for (String example : examples) {
      Path config = folder.resolve("prometheus.yml");
      // Debian builds its Prometheus without Kubernetes' discovery; all the rest is checked.
      Files.writeString(
          config,
          example.replace(
              "kubernetes_sd_configs:\n      - role: pod\n",
              "file_sd_configs:\n      - files: [pods.yaml]\n"));
      assertThat(Shell.out("promtool", "check", "config", config.toString()))
          .contains("SUCCESS: " + config + " is valid prometheus config file syntax");
    }
  }
}
