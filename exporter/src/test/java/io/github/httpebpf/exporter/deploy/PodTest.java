package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the containers run, and what of the node they are given. */
class PodTest {

  private static final String PIN_ROOT = "--pin-root=/run/bpf/http-ebpf-exporter";

  @Test
  void one_container_loads_and_serves() {
    JsonNode pod = pod("default");

    assertThat(pod.path("initContainers").isMissingNode()).isTrue();
    assertThat(arguments(pod.at("/containers/0")))
        .containsExactly(
            "run",
            PIN_ROOT,
            "--log.level=info",
            "--log.format=text",
            "--web.listen-address=:10435",
            "--web.telemetry-path=/metrics",
            "--tc-backend=auto",
            "--exclude-port=10435");
    assertThat(pod.at("/containers/0/volumeMounts"))
        .isEqualTo(Chart.parse("[{name: bpf, mountPath: /run/bpf}]"));
    assertThat(pod.path("volumes"))
        .isEqualTo(Chart.parse("[{name: bpf, hostPath: {path: /sys/fs/bpf, type: Directory}}]"));
  }

  @Test
  void split_the_server_is_given_the_pin_root_alone_and_only_to_read() {
    JsonNode pod = pod("split");

    assertThat(arguments(pod.at("/initContainers/0")))
        .containsExactly(
            "load",
            PIN_ROOT,
            "--log.level=info",
            "--log.format=text",
            "--tc-backend=auto",
            "--exclude-port=10435");
    assertThat(arguments(pod.at("/containers/0")))
        .containsExactly(
            "serve",
            PIN_ROOT,
            "--log.level=info",
            "--log.format=text",
            "--web.listen-address=:10435",
            "--web.telemetry-path=/metrics");
    assertThat(pod.at("/initContainers/0/volumeMounts"))
        .isEqualTo(Chart.parse("[{name: bpf, mountPath: /run/bpf}]"));
    assertThat(pod.at("/containers/0/volumeMounts"))
        .isEqualTo(
            Chart.parse(
                "[{name: pin-root, mountPath: /run/bpf/http-ebpf-exporter, readOnly: true}]"));
    assertThat(pod.path("volumes"))
        .isEqualTo(
            Chart.parse(
                """
                - {name: bpf, hostPath: {path: /sys/fs/bpf, type: Directory}}
                - {name: pin-root, hostPath: {path: /sys/fs/bpf/http-ebpf-exporter}}
                """));
  }

  @Test
  void every_value_of_the_capture_becomes_a_flag() {
    JsonNode pod = pod("capture");

    assertThat(arguments(pod.at("/containers/0")))
        .containsExactly(
            "run",
            "--pin-root=/run/bpf/team-a/http",
            "--log.level=warn",
            "--log.format=json",
            "--interface=eth0",
            "--interface=eth0.100",
            "--interface=bond0",
            "--web.listen-address=:10435",
            "--web.telemetry-path=/metrics",
            "--tc-backend=clsact",
            "--exclude-port=10250",
            "--exclude-port=10256");
  }

  @Test
  void urls_are_counted_if_asked_for_by_routes_in_their_order() {
    assertThat(arguments(pod("urls").at("/containers/0")))
        .containsSubsequence(
            "--tc-backend=auto",
            "--urls",
            "--urls.max-series=5000",
            "--urls.route=/users/{name}/orders/{id}",
            "--urls.route=/static/*",
            "--urls.exclude=/health");
    assertThat(arguments(pod("default").at("/containers/0")))
        .noneMatch(argument -> argument.startsWith("--urls"));
  }

  @Test
  void a_cgroup_capture_sees_the_nodes_cgroups_and_only_to_read() {
    JsonNode pod = pod("cgroup");
    JsonNode load = pod.at("/initContainers/0");
    JsonNode serve = pod.at("/containers/0");

    assertThat(arguments(load))
        .containsExactly(
            "load",
            PIN_ROOT,
            "--log.level=info",
            "--log.format=text",
            "--capture=cgroup",
            "--tc-backend=auto",
            "--exclude-port=10435",
            "--ports=80",
            "--ports=8080",
            "--port-labels",
            "--port-labels.max-series=1000",
            "--cgroup.labels",
            "--cgroup.max-series=1000");
    assertThat(arguments(serve)).contains("--capture=cgroup").doesNotContain("--ports=80");
    JsonNode mount = Chart.parse("{name: cgroup, mountPath: /run/cgroup, readOnly: true}");
    assertThat(load.path("volumeMounts").valueStream()).contains(mount);
    assertThat(serve.path("volumeMounts").valueStream()).contains(mount);
    assertThat(pod.path("volumes").valueStream())
        .contains(
            Chart.parse(
                "{name: cgroup, hostPath: {path: /sys/fs/cgroup/unified, type: Directory}}"));
  }

  @Test
  void a_cluster_that_can_is_asked_to_make_what_is_mounted_below_read_only_too() {
    JsonNode daemonSet =
        Chart.only("DaemonSet", Chart.render(Chart.feature("cgroup"), "1.31.0-rc.0"));
    JsonNode mount =
        Chart.parse(
            "{name: cgroup, mountPath: /run/cgroup, readOnly: true, recursiveReadOnly: IfPossible}");

    assertThat(ManifestJudge.unknownField(daemonSet)).isEmpty();
    assertThat(ManifestJudge.faults(List.of(daemonSet))).isEmpty();
    for (String container : List.of("/initContainers/0", "/containers/0")) {
      assertThat(daemonSet.at("/spec/template/spec" + container + "/volumeMounts").valueStream())
          .contains(mount);
    }
  }

  @Test
  void an_xdp_capture_is_given_nothing_more() {
    JsonNode pod = pod("xdp");

    assertThat(arguments(pod.at("/containers/0"))).contains("--capture=xdp", "--interface=eth0");
    assertThat(pod.path("volumes")).isEqualTo(pod("default").path("volumes"));
  }

  @Test
  void who_captures_in_namespaces_of_the_node_sees_those_that_come_and_go() {
    JsonNode pod = pod("netns");
    JsonNode load = pod.at("/initContainers/0");
    JsonNode serve = pod.at("/containers/0");
    String[] flags = {"--netns=/proc/self/ns/net", "--netns=web", "--netns=db"};

    assertThat(arguments(load)).contains(flags);
    assertThat(arguments(serve)).contains(flags);
    assertThat(load.path("volumeMounts").valueStream())
        .contains(
            Chart.parse(
                "{name: netns, mountPath: /run/netns, mountPropagation: HostToContainer, readOnly: true}"));
    assertThat(serve.path("volumeMounts")).isEqualTo(pod("split").at("/containers/0/volumeMounts"));
    assertThat(pod.path("volumes").valueStream())
        .contains(Chart.parse("{name: netns, hostPath: {path: /run/netns, type: Directory}}"));
  }

  @Test
  void a_configuration_file_is_mounted_and_replaces_the_flags_that_it_has() {
    List<JsonNode> manifests = Chart.render(Chart.feature("config"));
    JsonNode template = Chart.only("DaemonSet", manifests).at("/spec/template");
    JsonNode load = template.at("/spec/initContainers/0");
    JsonNode serve = template.at("/spec/containers/0");
    String file = "--config.file=/etc/http-ebpf-exporter/config.yaml";

    assertThat(Chart.only("ConfigMap", manifests).at("/data/config.yaml").asText())
        .isEqualTo(
            """
            exclude-port:
            - 10435
            - 10250
            interface:
            - eth0
            - veth.*
            log:
              level: debug
            port-labels:
              enabled: true
              max-series: 100000
            web:
              enable-lifecycle: true
            """);
    assertThat(arguments(load))
        .containsExactly("load", PIN_ROOT, "--log.format=text", file, "--tc-backend=auto");
    assertThat(arguments(serve))
        .containsExactly(
            "serve",
            PIN_ROOT,
            "--log.format=text",
            file,
            "--web.listen-address=:10435",
            "--web.telemetry-path=/metrics");
    JsonNode mount =
        Chart.parse("{name: config, mountPath: /etc/http-ebpf-exporter, readOnly: true}");
    assertThat(load.path("volumeMounts").valueStream()).contains(mount);
    assertThat(serve.path("volumeMounts").valueStream()).contains(mount);
    assertThat(template.at("/spec/volumes").valueStream())
        .contains(Chart.parse("{name: config, configMap: {name: demo-http-ebpf-exporter-config}}"));
    assertThat(template.at("/metadata/annotations/checksum~1config").asText()).hasSize(64);
  }

  @Test
  void more_arguments_go_to_the_container_they_are_for() {
    JsonNode pod = pod("arguments");

    assertThat(arguments(pod.at("/initContainers/0"))).endsWith("--interface=eth1");
    assertThat(arguments(pod.at("/containers/0"))).endsWith("--interface=eth2");
  }

  @Test
  void an_address_of_ones_own_is_listened_on_and_probed() {
    JsonNode container = pod("web").at("/containers/0");

    assertThat(arguments(container))
        .contains(
            "--web.listen-address=[::1]:9435",
            "--web.telemetry-path=/http/metrics",
            "--exclude-port=9435");
    assertThat(container.path("ports"))
        .isEqualTo(Chart.parse("[{name: metrics, containerPort: 9435, protocol: TCP}]"));
    assertThat(container.at("/livenessProbe/httpGet"))
        .isEqualTo(Chart.parse("{path: /-/healthy, port: metrics, host: '::1'}"));
    assertThat(container.at("/readinessProbe/httpGet"))
        .isEqualTo(Chart.parse("{path: /-/ready, port: metrics, host: '::1'}"));
  }

  @ParameterizedTest
  @CsvSource({"unload-single, 0, exporter", "unload-split, 1, unload"})
  void unload_on_stop_is_a_hook_of_a_container_that_may(String feature, int index, String name) {
    JsonNode container = pod(feature).path("containers").path(index);

    assertThat(container.path("name").asText()).isEqualTo(name);
    assertThat(container.at("/lifecycle/preStop/exec/command"))
        .isEqualTo(
            Chart.parse(
                "[http-ebpf-exporter, unload, %s, --log.level=info, --log.format=text]"
                    .formatted(PIN_ROOT)));
    assertThat(container.path("volumeMounts"))
        .isEqualTo(Chart.parse("[{name: bpf, mountPath: /run/bpf}]"));
  }

  @ParameterizedTest
  @CsvSource({"default", "split"})
  void nothing_is_unloaded_unless_asked_for(String feature) {
    assertThat(pod(feature).toString()).doesNotContain("unload", "preStop");
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "unload-split"})
  void kubectl_describe_shows_why_a_container_ended(String feature) {
    JsonNode pod = pod(feature);

    assertThat(
            Stream.of("initContainers", "containers").flatMap(kind -> pod.path(kind).valueStream()))
        .isNotEmpty()
        .allMatch(
            container ->
                container
                    .path("terminationMessagePolicy")
                    .asText()
                    .equals("FallbackToLogsOnError"));
  }

  @Test
  void it_runs_on_every_node_in_the_nodes_network() {
    JsonNode daemonSet = Chart.only("DaemonSet", Chart.render(Chart.feature("default")));

    assertThat(daemonSet.at("/spec/template/spec/hostNetwork")).hasToString("true");
    assertThat(daemonSet.at("/spec/template/spec/tolerations"))
        .isEqualTo(Chart.parse("[{operator: Exists}]"));
    assertThat(daemonSet.at("/spec/updateStrategy"))
        .isEqualTo(Chart.parse("{type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}"));
  }

  @Test
  void on_delete_leaves_the_rest_of_the_strategy_out() {
    JsonNode daemonSet = Chart.only("DaemonSet", Chart.render(Chart.feature("on-delete")));

    assertThat(daemonSet.at("/spec/updateStrategy")).isEqualTo(Chart.parse("{type: OnDelete}"));
  }

  @ParameterizedTest
  @CsvSource({
    "default, http-ebpf-exporter:VERSION",
    "image-tag, http-ebpf-exporter:1",
    "image, images.example:5000/team/http-ebpf-exporter@sha256:"
        + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
  })
  void the_image_is_the_digest_the_tag_or_the_charts_version(String feature, String image) {
    String version = Chart.read(Chart.file("Chart.yaml")).path("appVersion").asText();

    assertThat(pod(feature).at("/containers/0/image").asText())
        .isEqualTo(image.replace("VERSION", version));
  }

  private static JsonNode pod(String feature) {
    return Chart.only("DaemonSet", Chart.render(Chart.feature(feature))).at("/spec/template/spec");
  }

  private static List<String> arguments(JsonNode container) {
    return container.path("args").valueStream().map(JsonNode::asText).toList();
  }
}
