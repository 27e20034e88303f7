package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Captures of interfaces in other network namespaces, of the same names and indexes there, by an
 * exporter that is in none of them.
 */
@KernelTest
class NetnsIT {

  private Lan first;
  private Lan second;
  private Nginx firstServer;
  private Nginx secondServer;
  private Exporter exporter;

  @BeforeEach
  void open() {
    first = new Lan();
    second = new Lan();
    firstServer = new Nginx(first);
    secondServer = new Nginx(second);
    exporter = new Exporter(command -> command);
  }

  @AfterEach
  void close() {
    exporter.close();
    secondServer.close();
    firstServer.close();
    second.close();
    first.close();
    assertThat(exporter.pinRoot()).as("unload leaves nothing").doesNotExist();
  }

  private String both() {
    return first.serverName() + "," + second.serverName();
  }

  private Path pin(Lan lan, String path) {
    return exporter.pinRoot().resolve("%netns").resolve(lan.serverName()).resolve(path);
  }

  private static void get(Lan lan, int times) {
    for (int i = 0; i < times; i++) {
      Shell.run(lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
          .succeeded();
    }
  }

  private static String label(Lan lan, String interfaceName) {
    return lan.serverName() + "/" + interfaceName;
  }

  /** GET requests by interface, of those that have any. */
  private static Map<String, Long> gets(String scrape) {
    Map<String, Long> gets = new TreeMap<>();
    scrape
        .lines()
        .filter(line -> line.startsWith("http_requests_total{method=\"GET\","))
        .filter(line -> !line.endsWith(" 0.0"))
        .forEach(
            line ->
                gets.put(
                    line.replaceAll(".*interface=\"([^\"]+)\".*", "$1"),
                    (long) Double.parseDouble(line.replaceAll(".* ", ""))));
    return gets;
  }

  private static String up(Lan lan, String interfaceName, int value) {
    return "http_ebpf_exporter_up{interface=\"%s\",} %d.0"
        .formatted(label(lan, interfaceName), value);
  }

  private static long descriptors(Exporter.Running running) {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + running.handle().pid() + "/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitWhole(Lan lan, String interfaceName) {
    Shell.await(
        interfaceName + " is captured", () -> Files.exists(pin(lan, interfaceName + "/link")));
  }

  @Test
  void interfacesOfOneNameAreToldApartByTheirNamespaces() {
    exporter.run("load", "--netns", both(), "--interface", Lan.INTERFACE).succeeded();
    get(first, 3);
    get(second, 2);

    String show = exporter.run("show", "--json").succeeded().out();
    assertThat(Counts.ofJson(show, label(first, "eth0")).requests().get("GET")).isEqualTo(3L);
    assertThat(Counts.ofJson(show, label(second, "eth0")).requests().get("GET")).isEqualTo(2L);
    assertThat(firstServer.log()).hasSize(3);
    assertThat(secondServer.log()).hasSize(2);
    assertThat(show).contains("\"up\":true").doesNotContain("\"up\":false");
    assertThat(pin(first, "eth0/request_map")).exists();
    exporter.run("load", "--netns", both(), "--interface", Lan.INTERFACE).succeeded();
    get(first, 1);
    show = exporter.run("show", "--json", "--netns", first.serverName()).succeeded().out();
    assertThat(Counts.ofJson(show, label(first, "eth0")).requests().get("GET")).isEqualTo(4L);
    assertThat(show).doesNotContain(second.serverName());

    exporter.run("unload", "--netns", first.serverName()).succeeded();
    assertThat(pin(first, "")).doesNotExist();
    get(second, 1);
    show = exporter.run("show", "--json").succeeded().out();
    assertThat(Counts.ofJson(show, label(second, "eth0")).requests().get("GET")).isEqualTo(3L);
  }

  @Test
  void interfacesThatComeInANamespaceAreFollowedUntilItGoes() {
    try (Veths firstVeths = new Veths(first);
        Veths secondVeths = new Veths(second)) {
      Exporter.Running running = exporter.start("run", "--netns", both(), "--interface", "veth.*");
      secondVeths.add(0, 1);
      awaitWhole(second, "veth0");
      long descriptors = descriptors(running);
      firstVeths.add(0, 2);
      awaitWhole(first, "veth0");
      awaitWhole(first, "veth1");
      firstVeths.get(0, 2);
      firstVeths.get(0, 1);
      secondVeths.get(0, 1);
      Map<String, Long> gets =
          Map.of(label(first, "veth0"), 2L, label(first, "veth1"), 1L, label(second, "veth0"), 1L);
      assertThat(gets(running.scrape())).isEqualTo(gets);
      assertThat(running.scrape()).contains(up(first, "veth1", 1), up(second, "veth0", 1));

      Shell.out("ip", "-n", first.serverName(), "link", "del", "veth1");
      Shell.await("it is let go", () -> !Files.exists(pin(first, "veth1/link")));
      assertThat(running.scrape()).contains(up(first, "veth1", 0), up(first, "veth0", 1));

      firstServer.close();
      Shell.out("ip", "netns", "del", first.serverName());
      Shell.await("its captures are let go", () -> !Files.exists(pin(first, "veth0/link")));
      // A cable ends with the last who is in the namespace: nothing here is any more.
      Shell.await(
          "it has gone", () -> !Shell.out("ip", "-n", first.clientName(), "link").contains("far0"));
      assertThat(gets(running.scrape())).as("counts are kept").isEqualTo(gets);
      assertThat(running.scrape()).contains(up(first, "veth0", 0), up(second, "veth0", 1));
      assertThat(running.log()).contains("network namespace " + first.serverName() + " has gone");
      secondVeths.add(1, 2);
      awaitWhole(second, "veth1");
      secondVeths.get(1, 2);
      assertThat(gets(running.scrape())).containsEntry(label(second, "veth1"), 1L);
      assertThat(descriptors(running)).isLessThanOrEqualTo(descriptors);
      assertThat(running.terminate()).isZero();
    }
  }

  @Test
  void aNamespaceThatCannotBeEnteredIsOneLineAndNothingIsLeft() {
    String pid = "/proc/" + ProcessHandle.current().pid();
    Map<String, String> lines = new TreeMap<>();
    lines.put(
        "nowhere",
        "enter network namespace nowhere: ENOENT (2) No such file or directory; there is no /var/run/netns/nowhere; ip netns lists those that have a name\n");
    lines.put(
        pid + "/ns/uts",
        "enter network namespace %1$s/ns/uts: EINVAL (22) Invalid argument; %1$s/ns/uts is no network namespace\n"
            .formatted(pid));
    lines.put(pid, "enter network namespace %1$s: %1$s is not one\n".formatted(pid));
    lines.forEach(
        (netns, line) -> {
          Shell.Result load =
              exporter.run(
                  "load", "--netns", first.serverName() + "," + netns, "--interface", "eth0");
          assertThat(load.err()).isEqualTo(line);
          assertThat(load.status()).isEqualTo(1);
          assertThat(exporter.pinRoot()).doesNotExist();
        });
    assertThat(exporter.run("load", "--netns", both(), "--interface", "no0").err())
        .isEqualTo(
            "attach to %s/no0: no such interface; interfaces there: eth0, lo\n"
                .formatted(first.serverName()));
  }

  @Test
  void byItsPathAndByClsactTooAndTheDoctorKnowsIt() {
    String path = "/proc/" + firstServer.pid() + "/ns/net";
    exporter
        .run("load", "--netns", path, "--interface", "e.*", "--tc-backend", "clsact")
        .succeeded();
    get(first, 2);

    String show = exporter.run("show", "--json").succeeded().out();
    assertThat(Counts.ofJson(show, path + "/eth0").requests().get("GET")).isEqualTo(2L);
    assertThat(
            Files.exists(
                exporter.pinRoot().resolve("%netns/" + path.replace("/", "%2F") + "/eth0")))
        .isTrue();
    Shell.Result doctor =
        exporter.run(
            "doctor", "--netns", path, "--interface", "e.*", "--web.listen-address", "127.0.0.1:0");
    assertThat(doctor.succeeded().out()).contains("ok    interfaces: " + path + "/eth0");
    Shell.out("tc", "-n", first.serverName(), "filter", "del", "dev", "eth0", "egress");
    assertThat(exporter.run("doctor", "--web.listen-address", "127.0.0.1:0").out())
        .contains(path + "/eth0: our program is not on the hook at egress any more");
    exporter.run("unload").succeeded();
    assertThat(
            Shell.out("tc", "-n", first.serverName(), "filter", "show", "dev", "eth0", "ingress"))
        .isEmpty();
  }

  /** Whoever may not enter judges by what is pinned; that the namespace has gone, all may see. */
  @Test
  void aReaderWithoutPrivilegesSeesWhetherTheNamespaceIsThere() {
    exporter.run("load", "--netns", both(), "--interface", "eth0").succeeded();
    firstServer.close();
    Shell.out("ip", "netns", "del", first.serverName());

    List<String> nobody =
        Stage.words(
            "setpriv --reuid nobody --regid nogroup --clear-groups --bounding-set=-all --no-new-privs");
    String show = exporter.runWithin(nobody, "show", "--json").succeeded().out();
    assertThat(show)
        .contains("\"interface\":\"%s\",\"up\":false".formatted(label(first, "eth0")))
        .contains("\"interface\":\"%s\",\"up\":true".formatted(label(second, "eth0")));
  }
}
