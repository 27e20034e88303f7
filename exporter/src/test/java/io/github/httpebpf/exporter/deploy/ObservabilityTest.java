package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart tells Prometheus, its operator and Grafana. */
class ObservabilityTest {

  /** Rules and dashboards go by the job, so it must not depend on the release's name. */
  private static final JsonNode TARGET_LABELS =
      Chart.parse(
          """
          - {targetLabel: job, replacement: http-ebpf-exporter}
          - {sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: node}
          """);

  private static final JsonNode SELECTED =
      Chart.parse("{app.kubernetes.io/name: http-ebpf-exporter, app.kubernetes.io/instance: demo}");

  @ParameterizedTest
  @CsvSource({
    "pod-monitor, PodMonitor, podMetricsEndpoints, web",
    "service-monitor, ServiceMonitor, endpoints, monitoring"
  })
  void a_monitor_selects_our_pods_and_names_their_job(
      String feature, String kind, String endpoints, String namespace) {
    List<JsonNode> manifests = Chart.render(Chart.feature(feature));
    JsonNode monitor = Chart.only(kind, manifests);
    JsonNode endpoint = monitor.at("/spec/" + endpoints + "/0");

    assertThat(monitor.at("/metadata/namespace").asText()).isEqualTo(namespace);
    assertThat(monitor.at("/spec/namespaceSelector")).isEqualTo(Chart.parse("{matchNames: [web]}"));
    assertThat(monitor.at("/spec/selector/matchLabels")).isEqualTo(SELECTED);
    assertThat(Chart.only("DaemonSet", manifests).at("/spec/selector/matchLabels"))
        .isEqualTo(SELECTED);
    assertThat(endpoint.path("port").asText()).isEqualTo("metrics");
    assertThat(endpoint.path("path").asText()).isEqualTo("/metrics");
    assertThat(endpoint.path("relabelings").valueStream().limit(2))
        .containsExactlyElementsOf(TARGET_LABELS);
  }

  @Test
  void a_service_monitor_brings_the_service_that_it_selects() {
    List<JsonNode> manifests = Chart.render(Chart.feature("service-monitor"));
    JsonNode service = Chart.only("Service", manifests);

    assertThat(service.path("spec"))
        .isEqualTo(
            Chart.parse(
                """
                clusterIP: None
                publishNotReadyAddresses: true
                selector: %s
                ports: [{name: metrics, port: 10435, targetPort: metrics, protocol: TCP}]
                """
                    .formatted(SELECTED)));
    assertThat(Chart.only("ServiceMonitor", manifests).at("/spec/endpoints/0"))
        .isEqualTo(
            Chart.parse(
                """
                port: metrics
                path: /metrics
                interval: 15s
                scrapeTimeout: 10s
                relabelings:
                - {targetLabel: job, replacement: http-ebpf-exporter}
                - {sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: node}
                - {sourceLabels: [__meta_kubernetes_pod_node_name], targetLabel: instance}
                metricRelabelings: [{sourceLabels: [__name__], regex: jvm_.*, action: drop}]
                """));
  }

  @Test
  void the_rules_are_those_of_the_rule_file() {
    JsonNode rule = Chart.only("PrometheusRule", Chart.render(Chart.feature("prometheus-rule")));

    assertThat(rule.path("spec")).isEqualTo(Chart.read(Chart.file("files/rules.yaml")));
    assertThat(rule.at("/metadata/labels/release").asText()).isEqualTo("prometheus");
  }

  @Test
  void the_dashboards_are_those_of_the_repository() throws IOException {
    JsonNode boards = Chart.only("ConfigMap", Chart.render(Chart.feature("dashboards")));

    assertThat(boards.path("data").propertyStream().map(board -> board.getKey()))
        .containsExactlyInAnyOrder(
            "http-ebpf-overview.json", "http-ebpf-health.json", "http-ebpf-urls.json");
    for (String board : List.of("overview", "health", "urls")) {
      assertThat(Chart.parse(boards.at("/data/http-ebpf-" + board + ".json").asText()))
          .isEqualTo(Chart.read(Chart.file("../../grafana/" + board + ".json")));
    }
    assertThat(boards.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("http");
    assertThat(boards.at("/metadata/annotations"))
        .isEqualTo(Chart.parse("grafana_folder: Network"));
  }

  @Test
  void the_network_policy_lets_scrapes_in_and_nothing_out() {
    JsonNode open = Chart.only("NetworkPolicy", Chart.render(Chart.feature("network-policy")));
    JsonNode narrow = Chart.only("NetworkPolicy", Chart.render(Chart.feature("pod-network")));

    assertThat(open.path("spec"))
        .isEqualTo(
            Chart.parse(
                """
                podSelector: {matchLabels: %s}
                policyTypes: [Ingress, Egress]
                ingress: [{ports: [{port: metrics, protocol: TCP}]}]
                egress: []
                """
                    .formatted(SELECTED)));
    assertThat(narrow.at("/spec/ingress/0/from"))
        .isEqualTo(
            Chart.parse(
                "[{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}]"));
  }

  @Test
  void nothing_of_it_is_there_by_default() {
    assertThat(Chart.render(Chart.feature("default")))
        .extracting(each -> each.path("kind").asText())
        .containsExactly("ServiceAccount", "DaemonSet");
  }

  @Test
  void the_packed_chart_has_the_rules_and_the_dashboards(@TempDir Path directory)
      throws IOException {
    Chart.pack(directory);

    try (Stream<Path> packed = Files.list(directory)) {
      assertThat(contents(packed.findFirst().orElseThrow()))
          .contains(
              "http-ebpf-exporter/files/rules.yaml",
              "http-ebpf-exporter/files/dashboards/overview.json",
              "http-ebpf-exporter/files/dashboards/health.json",
              "http-ebpf-exporter/files/dashboards/urls.json",
              "http-ebpf-exporter/values.schema.json",
              "http-ebpf-exporter/README.md")
          .noneMatch(name -> name.contains("/ci/") || name.contains("test"));
    }
  }

  private static List<String> contents(Path archive) throws IOException {
    Process tar = new ProcessBuilder("tar", "-tzf", archive.toString()).start();
    try (BufferedReader names = tar.inputReader()) {
      return names.lines().toList();
    }
  }
}
