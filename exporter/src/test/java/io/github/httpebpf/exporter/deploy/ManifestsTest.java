package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.marcnuri.helm.LintResult;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Helm takes the chart, and Kubernetes would take what helm makes of it, for every feature. */
class ManifestsTest {

  private static final String POD =
      """
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: x}
      spec:
        selector: {matchLabels: {a: b}}
        template:
          spec:
            hostNetworks: true
            containers: [{name: x, port: 1, ports: [{containerPort: "http"}]}]
      """;

  private static final String MONITOR =
      """
      apiVersion: monitoring.coreos.com/v1
      kind: PodMonitor
      metadata: {name: x}
      spec:
        selector: {matchLabels: {a: b}}
        podMetricsEndpoints: [{port: 10435, paths: /metrics}]
      """;

  static Stream<Path> features() {
    return Chart.features().stream();
  }

  @Test
  void lint_finds_nothing_strictly() {
    LintResult result = Chart.lint();

    assertThat(result.getMessages()).containsExactly("[INFO] Chart.yaml: icon is recommended");
    assertThat(result.isFailed()).isFalse();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("features")
  void each_feature_has_only_fields_that_kubernetes_knows(Path values) {
    List<JsonNode> manifests = Chart.render(values);

    assertThat(manifests).extracting(each -> each.path("kind").asText()).contains("DaemonSet");
    assertThat(manifests).map(ManifestJudge::unknownField).allMatch(unknown -> unknown.isEmpty());
  }

  @Test
  void every_field_of_every_feature_has_its_type() {
    List<JsonNode> manifests = features().flatMap(values -> Chart.render(values).stream()).toList();

    assertThat(manifests).hasSizeGreaterThan(Chart.features().size());
    assertThat(ManifestJudge.faults(manifests)).isEmpty();
  }

  @Test
  void an_unknown_field_would_be_found() {
    assertThat(ManifestJudge.unknownField(Chart.parse(POD)))
        .hasValueSatisfying(
            reason ->
                assertThat(reason)
                    .startsWith(
                        "The field `hostNetworks` in the JSON string is not defined in the"
                            + " `V1PodSpec` properties"));
  }

  @Test
  void a_wrong_type_would_be_found() {
    assertThat(ManifestJudge.faults(List.of(Chart.parse(POD), Chart.parse(MONITOR))))
        .containsExactly(
            "DaemonSet x: /spec/template/spec/containers/0/ports/0/containerPort must be integer",
            "DaemonSet x: /spec/template/spec/hostNetworks is unknown",
            "DaemonSet x: /spec/template/spec/containers/0/port is unknown",
            "PodMonitor x: /spec/podMetricsEndpoints/0/port must be string",
            "PodMonitor x: /spec/podMetricsEndpoints/0/paths is unknown");
  }
}
