package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reloads that change the network namespaces that are captured in, from outside of them. */
@KernelTest
class ReloadNetnsIT {

  private static final int RELOADS = 4;

  @TempDir private Path folder;

  private Path file;
  private Lan first;
  private Lan second;
  private Nginx firstServer;
  private Nginx secondServer;
  private Exporter exporter;

  @BeforeEach
  void open() {
    file = folder.resolve("c.yaml");
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

  private void write(String more, Lan... namespaces) throws IOException {
    List<String> names = Stream.of(namespaces).map(Lan::serverName).toList();
    Files.writeString(file, "netns: %s\ninterface: ['e.*']\n%s".formatted(names, more));
  }

  private Exporter.Running start() {
    return exporter.start("run", "--config.file", file.toString());
  }

  private Path pin(Lan lan, String path) {
    return exporter.pinRoot().resolve("%netns").resolve(lan.serverName()).resolve(path);
  }

  private static void get(Lan lan) {
    Shell.run(lan.onClient("curl", "-sS", "-o", "/dev/null", "http://" + Lan.SERVER_IPV4))
        .succeeded();
  }

  /** Of the capture, whether it is served or not. */
  private long counted(Lan lan) {
    String show = exporter.run("show", "--json", "--netns", lan.serverName()).succeeded().out();
    return Counts.ofJson(show, lan.serverName() + "/eth0").allRequests();
  }

  /** Threads of a process that are in the namespace, and sockets by which one hears there. */
  private static long inside(Exporter.Running running, Lan lan) {
    String namespace = "/run/netns/" + lan.serverName();
    String inode = "net:[" + Shell.out("stat", "-L", "-c", "%i", namespace).strip() + "]";
    Path tasks = Path.of("/proc/" + running.handle().pid() + "/task");
    try (Stream<Path> threads = Files.list(tasks)) {
      return threads.filter(thread -> namespaceOf(thread).equals(inode)).count() + listeners(lan);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String namespaceOf(Path thread) {
    try {
      return Files.readSymbolicLink(thread.resolve("ns/net")).toString();
    } catch (IOException e) {
      return "it has ended";
    }
  }

  /** Netlink sockets that are in a group; with others, followers ask what is there at each look. */
  private static long listeners(Lan lan) {
    return Shell.run(lan.onServer("cat", "/proc/net/netlink"))
        .succeeded()
        .out()
        .lines()
        .skip(1)
        .filter(line -> Long.parseLong(line.split("\\s+", -1)[3], 16) != 0)
        .count();
  }

  /**
   * Threads that did one thing there end soon after it is done, and those that follow by and by.
   */
  private static void awaitFollowed(Exporter.Running running, Lan lan) {
    Shell.await("its thread, and its socket, alone", () -> inside(running, lan) == 2);
  }

  private static void awaitLeft(Exporter.Running running, Lan lan) {
    Shell.await("neither thread nor socket", () -> inside(running, lan) == 0);
  }

  private static long descriptors(Exporter.Running running) {
    try (Stream<Path> open = Files.list(Path.of("/proc/" + running.handle().pid() + "/fd"))) {
      return open.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aNamespaceThatIsDroppedIsLeftAndItsCapturesCountOn() throws IOException {
    write("", first);
    Exporter.Running run = start();
    try (Traffic toFirst = new Traffic(first)) {
      write("", second);
      assertThat(run.reload())
          .contains("changed: netns")
          .contains(first.serverName() + "/eth0 is captured still, but not served any more");
      assertThat(run.scrape())
          .contains(second.serverName() + "/eth0")
          .doesNotContain(first.serverName());
      awaitLeft(run, first);
      awaitFollowed(run, second);
      long descriptors = Long.MAX_VALUE;
      try (Traffic toSecond = new Traffic(second)) {
        for (int i = 0; i < RELOADS; i++) {
          write("exclude-port: [" + (9990 + i) + "]\n", i % 2 == 0 ? first : second);
          assertThat(run.reload()).contains("changed: exclude-port, netns");
          if (i == 1) {
            // By then the state of each is taken over, which is open once more.
            awaitLeft(run, first);
            descriptors = descriptors(run);
          }
        }
        int sent = toSecond.stop();
        assertThat(secondServer.log()).hasSize(sent);
        assertThat(counted(second)).isEqualTo(sent);
      }
      int sent = toFirst.stop();
      assertThat(firstServer.log()).hasSize(sent);
      assertThat(counted(first)).isEqualTo(sent);
      awaitLeft(run, first);
      awaitFollowed(run, second);
      long most = descriptors;
      Shell.await("as many descriptors as before", () -> descriptors(run) <= most);
    }
    second.addCable("eth1");
    Shell.await("it is followed", () -> Files.exists(pin(second, "eth1/link")));
    first.addCable("eth1");
    second.addCable("eth2");
    Shell.await("that too", () -> Files.exists(pin(second, "eth2/link")));
    assertThat(pin(first, "eth1")).doesNotExist();
    assertThat(run.terminate()).isZero();
  }

  /** The last of three refuses what the others have accepted. */
  @Test
  void whatFailsInOneNamespaceIsTakenBackInAll() throws IOException {
    Lan third = new Lan(first, 3);
    try {
      Shell.out("tc", "-n", third.serverName(), "qdisc", "add", "dev", "eth0", "ingress");
      write("tc-backend: clsact\n", first);
      Exporter.Running run = start();
      String program = Stage.programId(pin(first, "%shared/program"));
      get(first);
      write("tc-backend: clsact\nexclude-port: 80\n", second, third);
      assertThat(exporter.run("load", "--config.file", file.toString()).err())
          .contains("has an ingress qdisc");
      assertThat(pin(second, "")).doesNotExist();
      write("tc-backend: clsact\nexclude-port: 80\n", first, second, third);

      String log = run.reload();

      assertThat(log).contains("has an ingress qdisc").contains("; nothing was changed");
      assertThat(Stage.programId(pin(first, "%shared/program")))
          .as("it was swapped, and swapped back")
          .isNotEqualTo(program);
      get(first);
      assertThat(counted(first)).isEqualTo(2);
      assertThat(pin(second, "")).doesNotExist();
      assertThat(pin(third, "")).doesNotExist();
      assertThat(Shell.out("tc", "-n", second.serverName(), "filter", "show", "dev", "eth0"))
          .isEmpty();
      awaitLeft(run, second);
      awaitLeft(run, third);
      awaitFollowed(run, first);
      first.addCable("eth1");
      Shell.await("it follows still", () -> Files.exists(pin(first, "eth1/capture_info")));
      assertThat(run.terminate()).isZero();
    } finally {
      third.close();
    }
  }

  @Test
  void aNamespaceThatIsNotThereIsRefusedBeforeAnythingIsChanged() throws IOException {
    write("", first);
    Exporter.Running run = start();
    String program = Stage.programId(pin(first, "%shared/program"));
    Files.writeString(file, "netns: [%s, nowhere]\n".formatted(second.serverName()));

    assertThat(run.reload())
        .contains("reload: enter network namespace nowhere: ENOENT")
        .contains("; nothing was changed");
    Files.writeString(file, "netns: [%s]\ncapture: xdp\n".formatted(second.serverName()));
    assertThat(run.reload())
        .contains("--netns: captures by tc alone; leave out --capture; nothing was changed");

    assertThat(Stage.programId(pin(first, "%shared/program"))).isEqualTo(program);
    assertThat(pin(second, "")).doesNotExist();
    awaitFollowed(run, first);
    awaitLeft(run, second);
  }
}
