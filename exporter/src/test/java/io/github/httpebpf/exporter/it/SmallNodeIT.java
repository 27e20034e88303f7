package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What each capture counts of the traffic of a node: the numbers of docs/captures.md. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmallNodeIT {

  /** A client from that port that sends a request in two pieces, the second when it is told. */
  private static final String IN_PIECES =
      """
      import socket, sys
      method, quickack = sys.argv[1], int(sys.argv[2])
      s = socket.socket()
      s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
      s.bind(("127.0.0.1", 40000))
      s.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, quickack)
      s.connect(("127.0.0.1", 80))
      s.sendall((method + " /a HT").encode())
      print("sent", flush=True)
      sys.stdin.readline()
      s.sendall(b"TP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\nContent-Length: 0\\r\\n\\r\\n")
      while s.recv(4096):
          pass
      """;

  private static final String SAME = " may count the same request each, since ";
  private static final String ONE = "; query one interface only";

  private SmallNode small;

  @BeforeAll
  void open() {
    small = new SmallNode();
  }

  @AfterEach
  void unload() {
    small.unload();
  }

  @AfterAll
  void close() {
    small.close();
  }

  private Host pod(int number) {
    return small.pods.get(number);
  }

  private void load(String more) {
    small.run("load --capture cgroup=" + small.cgroup() + " " + more);
  }

  private Counts cgroup() {
    return small.counts("%cgroup");
  }

  /** Samples of a metric, by their labels as they are written. */
  private static Map<String, Long> samples(String exposition, String metric) {
    Map<String, Long> samples = new TreeMap<>();
    Pattern.compile("^" + metric + "\\{(.*),\\} (\\S+)$", Pattern.MULTILINE)
        .matcher(exposition)
        .results()
        .forEach(each -> samples.put(each.group(1), (long) Double.parseDouble(each.group(2))));
    samples.values().removeIf(count -> count == 0);
    return samples;
  }

  private String ofPod(String method, int number) {
    return "method=\"%s\",cgroup=\"%s\",pod_uid=\"%s\",container_id=\"%s\""
        .formatted(
            method, small.label(pod(number)), SmallNode.uid(number), SmallNode.containerId(number));
  }

  @Test
  void aCgroupCountsEachRequestOnceByWhoReceivesIt() {
    load("--cgroup.labels");
    pod(0).get(20, pod(1));
    small.node.get(30, pod(0));
    small.outside.get(40, pod(2));
    pod(0).get(50, "127.0.0.1");
    pod(2).get(60, small.node);
    // Whoever receives it is in another cgroup.
    pod(1).get(70, small.outside);
    small.outside.get(80, "127.0.0.1");

    assertThat(small.logged()).containsExactly(80, 20, 40, 60, 150);
    String node =
        "method=\"GET\",cgroup=\"%s\",pod_uid=\"\",container_id=\"\""
            .formatted(small.label(small.node));
    Exporter.Running serve = small.exporter.start("serve");
    String scrape = serve.scrape();
    assertThat(serve.terminate()).isZero();
    assertThat(samples(scrape, "http_cgroup_requests_total"))
        .isEqualTo(
            Map.of(ofPod("GET", 0), 80L, ofPod("GET", 1), 20L, ofPod("GET", 2), 40L, node, 60L));
    assertThat(samples(scrape, "http_requests_total"))
        .isEqualTo(Map.of("method=\"GET\",interface=\"cgroup\"", 200L));
  }

  /** The state of a connection is the socket's, or before there is one, of cgroup and addresses. */
  @ParameterizedTest
  @ValueSource(ints = {1, 0})
  void podsWithTheSameAddressesAtOnceAreKeptApart(int quickack) throws Exception {
    load("--cgroup.labels");
    List<Process> clients = new ArrayList<>();
    for (int i = 0; i < SmallNode.PODS; i++) {
      String method = List.of("GET", "POST", "DELETE").get(i);
      List<String> command =
          pod(i).command(List.of("python3", "-c", IN_PIECES, method, "" + quickack));
      Process client =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      clients.add(client);
      assertThat(client.inputReader().readLine()).isEqualTo("sent");
    }
    for (Process client : clients.reversed()) {
      client.outputWriter().write("go\n");
      client.outputWriter().close();
      assertThat(client.waitFor()).isZero();
    }

    assertThat(small.logged()).containsExactly(1, 1, 1, 0, 0);
    assertThat(samples(small.scrape(), "http_cgroup_requests_total"))
        .isEqualTo(Map.of(ofPod("GET", 0), 1L, ofPod("POST", 1), 1L, ofPod("DELETE", 2), 1L));
  }

  @Test
  void whatHasNoRoomForASeriesIsTheRest() {
    load("--cgroup.labels --cgroup.max-series 3 --port-labels --port-labels.max-series 1");
    for (int i = 0; i < SmallNode.PODS; i++) {
      small.outside.get(10 * (i + 1), pod(i));
    }
    small.outside.get(7, small.node);
    for (int i = 0; i < 3; i++) {
      small.outside.run("curl -sS -o /dev/null -X POST http://" + pod(0).address() + ":81");
    }

    String scrape = small.scrape();
    String other = "method=\"%s\",cgroup=\"_other\",pod_uid=\"\",container_id=\"\"";
    Map<String, Long> byCgroup = samples(scrape, "http_cgroup_requests_total");
    assertThat(byCgroup)
        .isEqualTo(
            Map.of(
                ofPod("GET", 0), 10L,
                ofPod("GET", 1), 20L,
                ofPod("GET", 2), 30L,
                other.formatted("GET"), 7L,
                other.formatted("POST"), 3L));
    Map<String, Long> byPort = samples(scrape, "http_port_requests_total");
    assertThat(byPort)
        .isEqualTo(
            Map.of(
                "method=\"GET\",port=\"80\",interface=\"cgroup\"", 67L,
                "method=\"POST\",port=\"_other\",interface=\"cgroup\"", 3L));
    assertThat(cgroup().allRequests())
        .isEqualTo(sum(byCgroup))
        .isEqualTo(sum(byPort))
        .isEqualTo(70);
  }

  private static long sum(Map<String, Long> samples) {
    return samples.values().stream().mapToLong(Long::longValue).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--ports 81", "--exclude-port 80,82"})
  void portsThatAreNotAskedForAreInTheLedger(String ports) {
    load("--port-labels " + ports);
    pod(0).get(5, pod(1));
    pod(0).get(6, pod(1).address() + ":" + Nginx.OTHER_PORT);

    assertThat(samples(small.scrape(), "http_port_requests_total"))
        .isEqualTo(Map.of("method=\"GET\",port=\"81\",interface=\"cgroup\"", 6L));
    assertThat(cgroup().requests("GET")).isEqualTo(6);
    assertThat(cgroup().packets("excluded")).isGreaterThanOrEqualTo(5);
  }

  /** Only what comes in there counts at an interface; a pod's veth sees what the pod sends. */
  @Test
  void interfacesCountWhatPassesThem() {
    assertThat(
            warnings("load --capture tc,cgroup=%s --interface veth0,veth1,br0,up0", small.cgroup()))
        .containsExactly(
            "cgroup and br0, up0, veth0, veth1" + SAME + "sockets of this host receive there" + ONE,
            "br0 and veth0" + SAME + "one is a port of the other" + ONE,
            "br0 and veth1" + SAME + "one is a port of the other" + ONE);
    assertThat(warnings("load --capture xdp --interface veth0,up0%s", ""))
        .contains("veth0 and xdp:veth0" + SAME + "it is one interface" + ONE);

    assertThat(whoCounts(pod(0), pod(1))).containsExactly("veth0", "%xdp/veth0", "%cgroup");
    assertThat(whoCounts(small.node, pod(0))).containsExactly("%cgroup");
    assertThat(whoCounts(pod(0), small.node))
        .containsExactly("veth0", "br0", "%xdp/veth0", "%cgroup");
    assertThat(whoCounts(small.outside, pod(0))).containsExactly("up0", "%xdp/up0", "%cgroup");
    assertThat(whoCounts(pod(0), small.outside)).containsExactly("veth0", "br0", "%xdp/veth0");
    assertThat(whoCounts(pod(1), pod(1))).containsExactly("%cgroup");
  }

  private List<String> warnings(String command, Object cgroup) {
    return small
        .run(command.formatted(cgroup))
        .lines()
        .filter(line -> line.contains(" warn "))
        .map(line -> line.replaceFirst("^.* warn +", ""))
        .toList();
  }

  /** Each that counts, counts each request once. */
  private List<String> whoCounts(Host client, Host server) {
    List<String> captures =
        List.of("veth0", "veth1", "br0", "up0", "%xdp/veth0", "%xdp/up0", "%cgroup");
    Map<String, Long> before = new TreeMap<>();
    captures.forEach(each -> before.put(each, small.counts(each).allRequests()));
    client.get(11, server);
    List<String> counting = new ArrayList<>();
    for (String each : captures) {
      long count = small.counts(each).allRequests() - before.getOrDefault(each, 0L);
      assertThat(count).as(each).isIn(0L, 11L);
      if (count > 0) {
        counting.add(each);
      }
    }
    return counting;
  }
}
