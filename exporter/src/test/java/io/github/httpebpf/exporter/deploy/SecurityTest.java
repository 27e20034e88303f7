package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the pods may do, to the letter. */
class SecurityTest {

  private static final JsonNode LOADING =
      Chart.parse(
          """
          {
            "runAsUser": 0,
            "runAsGroup": 0,
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"], "add": ["BPF", "NET_ADMIN", "PERFMON"]},
            "seccompProfile": {"type": "RuntimeDefault"}
          }
          """);

  /**
   * RuntimeDefault allows the bpf system call only with CAP_BPF, which this container is not to
   * have.
   */
  private static final JsonNode SERVING =
      Chart.parse(
          """
          {
            "runAsNonRoot": true,
            "runAsUser": 65534,
            "runAsGroup": 65534,
            "allowPrivilegeEscalation": false,
            "readOnlyRootFilesystem": true,
            "capabilities": {"drop": ["ALL"]},
            "seccompProfile": {"type": "Unconfined"}
          }
          """);

  static Stream<Path> features() {
    return Chart.features().stream();
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "unload-single", "xdp"})
  void one_container_has_what_loading_needs(String feature) {
    JsonNode pod = pod(Chart.feature(feature));

    assertThat(names(pod)).containsExactly("exporter");
    assertThat(context(pod, "exporter")).isEqualTo(LOADING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"split", "arguments", "cgroup"})
  void the_split_server_has_no_capability(String feature) {
    JsonNode pod = pod(Chart.feature(feature));

    assertThat(names(pod)).containsExactly("load", "serve");
    assertThat(context(pod, "load")).isEqualTo(LOADING);
    assertThat(context(pod, "serve")).isEqualTo(SERVING);
  }

  @ParameterizedTest
  @ValueSource(strings = "netns")
  void only_who_loads_may_enter_namespaces(String feature) {
    JsonNode pod = pod(Chart.feature(feature));
    ObjectNode loading = LOADING.deepCopy();
    loading.withArray("/capabilities/add").add("SYS_ADMIN");

    assertThat(names(pod)).containsExactly("load", "serve");
    assertThat(context(pod, "load")).isEqualTo(loading);
    assertThat(context(pod, "serve")).isEqualTo(SERVING);
  }

  @ParameterizedTest
  @ValueSource(strings = "unload-split")
  void the_container_that_unloads_has_what_loading_needs(String feature) {
    JsonNode pod = pod(Chart.feature(feature));

    assertThat(names(pod)).containsExactly("load", "serve", "unload");
    assertThat(context(pod, "unload")).isEqualTo(LOADING);
    assertThat(context(pod, "serve")).isEqualTo(SERVING);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("features")
  void nobody_is_privileged_or_known_to_the_cluster(Path values) {
    List<JsonNode> manifests = Chart.render(values);
    JsonNode pod = pod(values);

    assertThat(manifests)
        .extracting(each -> each.path("kind").asText())
        .isSubsetOf(
            "DaemonSet",
            "ServiceAccount",
            "Service",
            "PodMonitor",
            "ServiceMonitor",
            "PrometheusRule",
            "ConfigMap",
            "NetworkPolicy");
    assertThat(pod.path("automountServiceAccountToken")).hasToString("false");
    assertThat(
            manifests.stream().filter(each -> each.path("kind").asText().equals("ServiceAccount")))
        .allMatch(
            account -> account.path("automountServiceAccountToken").toString().equals("false"));
    assertThat(manifests.toString())
        .doesNotContain("privileged", "hostPID", "hostIPC", "procMount");
    assertThat(manifests.toString().contains("SYS_ADMIN"))
        .isEqualTo(values.equals(Chart.feature("netns")));
    containers(pod)
        .forEach(
            container -> {
              JsonNode context = container.path("securityContext");
              assertThat(context.path("readOnlyRootFilesystem")).hasToString("true");
              assertThat(context.path("allowPrivilegeEscalation")).hasToString("false");
              assertThat(context.at("/capabilities/drop")).hasToString("[\"ALL\"]");
            });
  }

  private static JsonNode pod(Path values) {
    return Chart.only("DaemonSet", Chart.render(values)).at("/spec/template/spec");
  }

  private static Stream<JsonNode> containers(JsonNode pod) {
    return Stream.of("initContainers", "containers").flatMap(kind -> pod.path(kind).valueStream());
  }

  private static List<String> names(JsonNode pod) {
    return containers(pod).map(container -> container.path("name").asText()).toList();
  }

  private static JsonNode context(JsonNode pod, String name) {
    return containers(pod)
        .filter(container -> container.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow()
        .path("securityContext");
  }
}
