package io.github.httpebpf.exporter.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What values.schema.json keeps out, in helm's words. */
class SchemaTest {

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiterString = " | ",
      quoteCharacter = '`',
      textBlock =
          """
          unknown: 1                         | at '': additional properties 'unknown' not allowed
          shape: triple                      | at '/shape': value must be one of 'single', 'split'
          image: {registry: x}               | at '/image': additional properties 'registry' not allowed
          image: {repository: ""}            | at '/image/repository': '' does not match pattern '^[^\\\\s:@]+(:[0-9]+/[^\\\\s:@]+)?$'
          image: {digest: md5:0}             | at '/image/digest': 'md5:0' does not match pattern '^(sha256:[0-9a-f]{64})?$'
          image: {pullPolicy: Sometimes}     | at '/image/pullPolicy': value must be one of 'Always', 'IfNotPresent', 'Never'
          imagePullSecrets: [pull]           | at '/imagePullSecrets/0': got string, want object
          capture: tcx                       | at '/capture': value must be one of 'tc', 'xdp', 'cgroup'
          ports: [0]                         | at '/ports/0': minimum: got 0, want 1
          portLabels: "yes"                  | at '/portLabels': got string, want boolean
          cgroupRoot: /sys/fs/cgroup/../bpf  | at '/cgroupRoot': '/sys/fs/cgroup/../bpf' does not match pattern '^/sys/fs/cgroup(/[A-Za-z0-9_-][A-Za-z0-9_.-]*)*$'
          maxSeries: 0                       | at '/maxSeries': minimum: got 0, want 1
          urls: {maxSeries: 0}               | at '/urls/maxSeries': minimum: got 0, want 1
          urls: {routes: [users]}            | at '/urls/routes/0': 'users' does not match pattern '^/[^,\\\\s]*$'
          urls: {exclude: ["/a,/b"]}         | at '/urls/exclude/0': '/a,/b' does not match pattern '^/[^,\\\\s]*$'
          urls: {route: [/a]}                | at '/urls': additional properties 'route' not allowed
          interfaces: eth0                   | at '/interfaces': got string, want array
          interfaces: [eth0, eth0]           | at '/interfaces': items at 0 and 1 are equal
          interfaces: ["eth0,lo"]            | at '/interfaces/0': 'eth0,lo' does not match pattern '^[^/:,\\\\s]{1,15}$'
          interfaces: [sixteen-letters-]     | at '/interfaces/0': 'sixteen-letters-' does not match pattern '^[^/:,\\\\s]{1,15}$'
          tcBackend: xdp                     | at '/tcBackend': value must be one of 'auto', 'tcx', 'clsact'
          excludePorts: [http]               | at '/excludePorts/0': got string, want integer
          excludePorts: [0]                  | at '/excludePorts/0': minimum: got 0, want 1
          pinRoot: /var/lib/pins             | at '/pinRoot': '/var/lib/pins' does not match pattern '^/sys/fs/bpf(/[A-Za-z0-9_-]+)+$'
          pinRoot: /sys/fs/bpf               | at '/pinRoot': '/sys/fs/bpf' does not match pattern '^/sys/fs/bpf(/[A-Za-z0-9_-]+)+$'
          pinRoot: /sys/fs/bpf/v1.0          | at '/pinRoot': '/sys/fs/bpf/v1.0' does not match pattern '^/sys/fs/bpf(/[A-Za-z0-9_-]+)+$'
          port: "10435"                      | at '/port': got string, want integer
          port: 0                            | at '/port': minimum: got 0, want 1
          port: 65536                        | at '/port': maximum: got 65,536, want 65,535
          listenHost: "[::1]"                | at '/listenHost': '[::1]' does not match pattern '^[A-Za-z0-9.:-]*$'
          telemetryPath: metrics             | at '/telemetryPath': 'metrics' does not match pattern '^/[A-Za-z0-9._~/-]+$'
          log: {level: trace}                | at '/log/level': value must be one of 'debug', 'info', 'warn', 'error'
          log: {format: xml}                 | at '/log/format': value must be one of 'text', 'json'
          netns: [a/b]                       | at '/netns/0': 'a/b' does not match pattern '^([^/,\\\\s]{1,255}|/proc/self/ns/net)$'
          config: []                         | at '/config': got array, want object
          extraArgs: [unload]                | at '/extraArgs/0': 'unload' does not match pattern '^--'
          serve: {extraArgs: --x}            | at '/serve/extraArgs': got string, want array
          hostNetwork: "yes"                 | at '/hostNetwork': got string, want boolean
          resources: {limit: {}}             | at '/resources': additional properties 'limit' not allowed
          resources: {limits: {memory: big}} | at '/resources/limits/memory': 'big' does not match pattern '^[0-9.]+(m|k|Ki|M|Mi|G|Gi)?$'
          securityContext: {privileged: true} | at '/securityContext': additional properties 'privileged' not allowed
          securityContext: {capabilities: {add: [SYS_ADMIN]}} | at '/securityContext/capabilities/add/0': value must be one of 'BPF', 'NET_ADMIN', 'PERFMON', 'SYS_RESOURCE'
          serve: {securityContext: {capabilities: {add: [BPF]}}} | at '/serve/securityContext/capabilities': additional properties 'add' not allowed
          unload: {onstop: true}             | at '/unload': additional properties 'onstop' not allowed
          serviceAccount: {token: true}      | at '/serviceAccount': additional properties 'token' not allowed
          podLabels: {team: 1}               | at '/podLabels/team': got number, want string
          podSecurityContext: {fsGroup: -1}  | at '/podSecurityContext/fsGroup': minimum: got -1, want 0
          priorityClassName: High            | at '/priorityClassName': 'High' does not match pattern '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$'
          nodeSelector: {pool: true}         | at '/nodeSelector/pool': got boolean, want string
          tolerations: [{operator: Any}]     | at '/tolerations/0/operator': value must be one of 'Exists', 'Equal'
          affinity: {node: {}}               | at '/affinity': additional properties 'node' not allowed
          updateStrategy: {type: Recreate}   | at '/updateStrategy/type': value must be one of 'RollingUpdate', 'OnDelete'
          updateStrategy: {rollingUpdate: {maxSurge: 1}} | at '/updateStrategy/rollingUpdate': additional properties 'maxSurge' not allowed
          updateStrategy: {rollingUpdate: {maxUnavailable: 120%}} | at '/updateStrategy/rollingUpdate/maxUnavailable': '120%' does not match pattern '^[1-9][0-9]?%$|^100%$'
          terminationGracePeriodSeconds: -1  | at '/terminationGracePeriodSeconds': minimum: got -1, want 0
          livenessProbe: {periodSeconds: 0}  | at '/livenessProbe/periodSeconds': minimum: got 0, want 1
          readinessProbe: {path: /}          | at '/readinessProbe': additional properties 'path' not allowed
          service: {enabled: "true"}         | at '/service/enabled': got string, want boolean
          monitor: {kind: Probe}             | at '/monitor/kind': value must be one of 'PodMonitor', 'ServiceMonitor'
          monitor: {interval: 15}            | at '/monitor/interval': got number, want string
          monitor: {relabelings: [{action: add}]} | at '/monitor/relabelings/0/action': value must be one of 'replace', 'Replace', 'keep', 'Keep', 'drop', 'Drop', 'hashmod', 'HashMod', 'labelmap', 'LabelMap', 'labeldrop', 'LabelDrop', 'labelkeep', 'LabelKeep', 'lowercase', 'Lowercase', 'uppercase', 'Uppercase', 'keepequal', 'KeepEqual', 'dropequal', 'DropEqual'
          prometheusRule: {namespace: A_B}   | at '/prometheusRule/namespace': 'A_B' does not match pattern '^([a-z0-9]([a-z0-9-]*[a-z0-9])?)?$'
          dashboards: {labels: {board: 1}}   | at '/dashboards/labels/board': got number, want string
          networkPolicy: {from: [{cidr: 10.0.0.0/8}]} | at '/networkPolicy/from/0': additional properties 'cidr' not allowed
          """)
  void a_wrong_value_is_refused(String values, String reason) {
    assertThatThrownBy(() -> Chart.render(values))
        .hasMessage(
            """
            values don't meet the specifications of the schema(s) in the following chart(s):
            http-ebpf-exporter:
            - %s
            """,
            reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {pin-root: /a}               | pin-root
          {capture: cgroup}            | capture
          {netns: [web]}               | netns
          {web: {listen-address: \":1\"}} | listen-address
          {web: {telemetry-path: /m}}  | telemetry-path
          """)
  void what_the_pod_is_made_by_is_no_matter_of_the_configuration_file(String file, String key) {
    assertThatThrownBy(() -> Chart.render("config: " + file))
        .hasMessageContaining("\n- at '': invalid propertyName '" + key + "'\n");
    assertThat(Chart.render("config: {web: {enable-lifecycle: true}}")).isNotEmpty();
  }

  @Test
  void values_of_a_parent_chart_are_let_pass() {
    assertThat(Chart.render("global: {region: x}")).isNotEmpty();
  }

  @Test
  void no_object_of_the_schema_is_open_by_oversight() {
    assertClosed("", Chart.read(Chart.file("values.schema.json")));
  }

  private static void assertClosed(String path, JsonNode schema) {
    if (schema.path("properties").isObject()) {
      assertThat(schema.path("additionalProperties")).as(path).hasToString("false");
    }
    schema
        .properties()
        .forEach(child -> assertClosed(path + "/" + child.getKey(), child.getValue()));
    if (schema.isArray()) {
      schema.forEach(child -> assertClosed(path, child));
    }
  }
}
