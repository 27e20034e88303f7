package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.bpf.CaptureReader;
import io.github.httpebpf.exporter.bpf.CaptureRemover;
import io.github.httpebpf.exporter.bpf.CaptureSelection;
import io.github.httpebpf.exporter.bpf.InterfaceChoice;
import io.github.httpebpf.exporter.bpf.PinRoot;
import io.github.httpebpf.exporter.metrics.HttpRequestsCollector;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A node of Kubernetes in small: pods whose veths are on a bridge of the node, each with a cgroup
 * as kubelet and containerd make it, and beyond an uplink a host outside. A web server on each.
 * Nothing of it is Kubernetes.
 */
final class SmallNode implements AutoCloseable {

  static final int PODS = 3;
  static final String BRIDGE = "br0";
  static final String UPLINK = "up0";

  private static final AtomicInteger COUNT = new AtomicInteger();

  final Host node;
  final Host outside;
  final List<Host> pods = new ArrayList<>();
  final Exporter exporter;

  private final String id = ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
  private final Path hierarchy = hierarchy();
  private final Path cgroup = hierarchy.resolve("it-" + id);
  private final List<Nginx> servers = new ArrayList<>();

  SmallNode() {
    node = host("node", cgroup.resolve("system.slice/nginx.service"), "10.204.0.1");
    outside = host("out", hierarchy, "10.205.0.2");
    // Beside the cgroup that is captured, or each scrape would be a request there.
    exporter = new Exporter(new Host(node.namespace(), hierarchy.toString(), "")::command);
    addUplink();
    ip(node, "link add " + BRIDGE + " type bridge");
    ip(node, "addr add 10.204.0.1/24 dev " + BRIDGE);
    ip(node, "link set " + BRIDGE + " up");
    for (int pod = 0; pod < PODS; pod++) {
      addPod(pod);
    }
    for (Host each : hosts()) {
      servers.add(new Nginx(each::command));
    }
  }

  /** Where the cgroups of version 2 are. */
  static Path hierarchy() {
    try {
      return Files.readAllLines(Path.of("/proc/self/mounts")).stream()
          .map(line -> line.split(" ", -1))
          .filter(fields -> fields[2].equals("cgroup2"))
          .map(fields -> Path.of(fields[1]))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Host host(String name, Path directory, String address) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Host host = new Host(name + "-" + id, directory.toString(), address);
    Shell.out("ip", "netns", "add", host.namespace());
    ip(host, "link set lo up");
    return host;
  }

  private void addUplink() {
    ip(
        node,
        "link add %s type veth peer name eth0 netns %s".formatted(UPLINK, outside.namespace()));
    ip(node, "addr add 10.205.0.1/24 dev " + UPLINK);
    ip(outside, "addr add 10.205.0.2/24 dev eth0");
    ip(node, "link set " + UPLINK + " up");
    ip(outside, "link set eth0 up");
    ip(outside, "route add default via 10.205.0.1");
    node.run("sysctl -qw net.ipv4.ip_forward=1");
  }

  private void addPod(int number) {
    Host pod = host("pod" + number, scope(cgroup, number), "10.204.0." + (number + 10));
    ip(
        node,
        "link add %s type veth peer name eth0 netns %s".formatted(veth(number), pod.namespace()));
    ip(node, "link set %s master %s".formatted(veth(number), BRIDGE));
    ip(node, "link set %s up".formatted(veth(number)));
    ip(pod, "addr add %s/24 dev eth0".formatted(pod.address()));
    ip(pod, "link set eth0 up");
    ip(pod, "route add default via 10.204.0.1");
    pods.add(pod);
  }

  /** A pod's cgroup on a node, as kubelet and containerd name it. */
  static Path scope(Path node, int pod) {
    String slice = "kubepods-besteffort-pod%s.slice".formatted(uid(pod).replace('-', '_'));
    return node.resolve("kubepods.slice/kubepods-besteffort.slice")
        .resolve(slice)
        .resolve("cri-containerd-%s.scope".formatted(containerId(pod)));
  }

  /** The node's end of a pod's veth pair. */
  static String veth(int pod) {
    return "veth" + pod;
  }

  static String uid(int pod) {
    return "0f1e2d3c-4b5a-6978-8796-00000000000" + pod;
  }

  static String containerId(int pod) {
    return "0123456789abcdef".repeat(3) + "fedcba987654321" + pod;
  }

  private static void ip(Host host, String arguments) {
    List<String> command = new ArrayList<>(List.of("ip", "-n", host.namespace()));
    command.addAll(Stage.words(arguments));
    Shell.run(command).succeeded();
  }

  /** The pods, the node, and the host outside. */
  List<Host> hosts() {
    return Stream.concat(pods.stream(), Stream.of(node, outside)).toList();
  }

  /** The cgroup that all are in but the host outside. */
  Path cgroup() {
    return cgroup;
  }

  /** A cgroup's path as the label has it. */
  String label(Host host) {
    return "/" + hierarchy.relativize(Path.of(host.cgroup()));
  }

  /** Waits until no server has anything to do. */
  void awaitIdle() {
    servers.forEach(Nginx::awaitAllLogged);
  }

  /** How many requests each of {@link #hosts} has logged since the last call. */
  List<Integer> logged() {
    return servers.stream()
        .map(
            server -> {
              int lines = server.log().size();
              server.truncateLog();
              return lines;
            })
        .toList();
  }

  /** Runs the exporter on the node, which must succeed; returns what it said. */
  String run(String arguments) {
    return exporter.run(Stage.words(arguments).toArray(String[]::new)).succeeded().err();
  }

  /** What a capture has counted, by its directory below the pin root. */
  Counts counts(String directory) {
    return Counts.pinned(exporter.pinRoot().resolve(directory));
  }

  /** The exposition of what is pinned, made in this process: it starts sooner. */
  String scrape() {
    CollectorRegistry registry = new CollectorRegistry();
    registry.register(new HttpRequestsCollector(new CaptureReader(root(), List.of())));
    StringWriter text = new StringWriter();
    try {
      TextFormat.write004(text, registry.metricFamilySamples());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static final CaptureSelection ALL =
      new CaptureSelection(new InterfaceChoice(List.of(), List.of()), Map.of());

  /** Ends all captures, and forgets what was logged. */
  void unload() {
    new CaptureRemover(root()).unload(ALL);
    logged();
  }

  private PinRoot root() {
    return new PinRoot(exporter.pinRoot());
  }

  @Override
  public void close() {
    servers.forEach(Nginx::close);
    exporter.close();
    for (Host each : hosts()) {
      Shell.run("ip", "netns", "del", each.namespace());
    }
    remove(cgroup);
  }

  /** A cgroup is left a moment after its last process. */
  static void remove(Path cgroup) {
    Shell.await(
        "cgroups are empty",
        () -> {
          try (Stream<Path> all = Files.walk(cgroup)) {
            all.filter(Files::isDirectory)
                .sorted(Comparator.reverseOrder())
                .forEach(each -> each.toFile().delete());
          } catch (IOException | UncheckedIOException e) {
            return Files.notExists(cgroup);
          }
          return Files.notExists(cgroup);
        });
  }
}
