package io.github.httpebpf.exporter.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Three servers with nginx and an exporter each, watched by one Prometheus; and their clients. The
 * second is a node whose pods are captured by their cgroups.
 */
final class Fleet implements AutoCloseable {

  private static final int SIZE = 3;

  /** Which one has pods, and how many. */
  private static final int NODE = 1;

  private static final int PODS = 3;
  private static final Path STATISTICS = Path.of("/proc/sys/kernel/bpf_stats_enabled");

  /** Two nodes of a cluster and, in a job of its own, one without the label. */
  private static final String CONFIG =
      """
      global: {scrape_interval: 1s, evaluation_interval: 1s}
      rule_files: [rules.yaml]
      scrape_configs:
        - job_name: http-ebpf-exporter
          static_configs:
            - {targets: ['10.203.0.1:10435'], labels: {cluster: east, instance: web-1}}
            - {targets: ['10.203.1.1:10435'], labels: {cluster: east, instance: web-2}}
        - job_name: edge
          static_configs:
            - {targets: ['10.203.2.1:10435'], labels: {instance: edge-1}}
        - job_name: prometheus # of others: nothing of it may show
          static_configs:
            - {targets: ['127.0.0.1:9090'], labels: {instance: prometheus}}
      """;

  /** Requests in waves, less to each further node; and what is no request that can be seen. */
  private static final String TRAFFIC =
      """
      for ((i = 0; ; i++)); do
        wave=$(((i % 200 < 100 ? i % 200 : 200 - i % 200) / 3))
        for node in 0 1 2; do
          url=http://10.203.$node.1/
          ab -q -k -c 2 -n $(((20 + 4 * wave + RANDOM % 30) / (node + 1))) $url
          ab -q -k -c 2 -n $(((8 + wave) / (node + 1))) -m POST $url
          ab -q -k -c 1 -n $((6 - node)) -i $url
          for method in PUT DELETE CONNECT OPTIONS TRACE PATCH PROPFIND; do
            (((i + ${#method}) % 7)) || ab -q -n $((4 - node)) -m $method $url
          done
          ((i % 4)) || curl -s -m 1 -k https://10.203.$node.1:80/
          ((i % 8)) || curl -s -m 1 --http2-prior-knowledge $url
          ((i % 3)) || head -c 2000 /dev/zero >/dev/udp/10.203.$node.1/9
          ab -q -k -c 1 -n $((4 + wave / 4)) http://10.203.$node.1:81/
          curl -s -H 'Host: shop.example' \
              ${url}orders/[$i-$((i + 30 + wave))] ${url}static/app-[1-$((9 + wave / 4))].js \
              ${url}account?[1-$((1 + (i % 9 < 3)))] ${url}legacy ${url}health ${url}gone
          curl -s -X POST -H 'Host: shop.example' \
              ${url}orders?[1-$((12 + wave / 3))] ${url}checkout?[1-$((2 + (i % 40 > 20) * wave / 4))]
        done
        for pod in 4 5; do
          ab -q -k -c 1 -n $(((wave + RANDOM % 20) / (pod - 3))) http://10.203.$pod.1/
        done
        sleep 0.2
      done >/dev/null 2>&1
      """;

  final List<Lan> lans = new ArrayList<>();
  final List<Exporter> exporters = new ArrayList<>();
  final List<Exporter.Running> running = new ArrayList<>();
  final Prometheus prometheus;
  private final List<Nginx> servers = new ArrayList<>();
  private final Path cgroup =
      SmallNode.hierarchy().resolve("fleet-" + ProcessHandle.current().pid());
  private final String statisticsBefore;
  private @Nullable Process traffic;

  Fleet() {
    statisticsBefore = statistics("1");
    for (int i = 0; i < SIZE; i++) {
      Lan lan = i == 0 ? new Lan() : new Lan(lans.getFirst(), i);
      lans.add(lan);
      servers.add(i == NODE ? pod(lan, 1) : shop(lan::onServer));
    }
    for (int i = 2; i <= PODS; i++) {
      Lan lan = new Lan(lans.getFirst(), SIZE - 1 + i);
      lans.add(lan);
      servers.add(pod(lan, i));
    }
    for (int i = 0; i < SIZE; i++) {
      Exporter exporter = new Exporter(lans.get(i));
      exporters.add(exporter);
      running.add(exporter.start(arguments(i)));
    }
    prometheus = new Prometheus(lans.getFirst(), CONFIG);
  }

  private Nginx pod(Lan lan, int number) {
    Path scope = SmallNode.scope(cgroup, number);
    try {
      Files.createDirectories(scope);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return shop(new Host(lan.serverName(), scope.toString(), lan.serverIpv4())::command);
  }

  private static Nginx shop(UnaryOperator<List<String>> host) {
    return new Nginx(host, "$request", Shop.LOCATIONS);
  }

  /** Where a pod's cgroup is, as the label has it. */
  String pod(int number) {
    return "/" + SmallNode.hierarchy().relativize(SmallNode.scope(cgroup, number));
  }

  private String[] arguments(int number) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--port-labels",
                "--exclude-port",
                "10435",
                "--web.listen-address",
                lans.get(number).serverIpv4() + ":10435"));
    arguments.addAll(Shop.OPTIONS);
    arguments.addAll(
        number == NODE
            ? List.of("--capture", "cgroup=" + cgroup, "--cgroup.labels")
            : List.of("--interface", Lan.INTERFACE + ",lo"));
    if (number == 0) {
      arguments.addAll(List.of("--interface", "late.*", "--tc-backend", "clsact"));
    }
    return arguments.toArray(String[]::new);
  }

  /**
   * Interfaces that come to the first node, {@code late} in their names, and cannot be captured.
   */
  void addTaken(int from, int to) {
    Veths.addTaken(lans.getFirst(), from, to);
  }

  void startTraffic() {
    try {
      traffic =
          new ProcessBuilder(lans.getFirst().onClient("bash", "-c", TRAFFIC))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Datagrams that are larger than the cable's packets, to the first node. */
  void sendFragments() {
    String datagrams =
        "for i in {1..100}; do dd if=/dev/zero bs=60000 count=1 >/dev/udp/10.203.0.1/9; done";
    Shell.run(lans.getFirst().onClient("bash", "-c", datagrams)).succeeded();
  }

  private void stopTraffic() {
    if (traffic != null) {
      traffic.descendants().forEach(ProcessHandle::destroy);
      traffic.destroyForcibly();
    }
  }

  /** Sets whether the kernel keeps statistics, and returns what was set. */
  private static String statistics(String value) {
    try {
      String before = Files.readString(STATISTICS).strip();
      Files.writeString(STATISTICS, value);
      return before;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    stopTraffic();
    prometheus.close();
    exporters.forEach(Exporter::close);
    servers.forEach(Nginx::close);
    lans.reversed().forEach(Lan::close);
    SmallNode.remove(cgroup);
    statistics(statisticsBefore);
  }
}
