package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A {@link Lan} with three kinds of servers, in a cgroup of their own; tc and that cgroup are
 * captured, by URL. What nginx proxies goes to a server that is in neither.
 */
final class ResponsesStage implements AutoCloseable {

  static final int PYTHON_PORT = 8001;
  static final int JDK_PORT = 8002;

  /** The statuses that nginx answers, at {@code /sNNN}, of all classes; 444 is none. */
  static final List<Integer> STATUSES =
      List.of(200, 201, 204, 302, 304, 403, 404, 410, 429, 444, 502, 503, 599);

  private static final int UPSTREAM_PORT = 8003;
  private static final AtomicInteger COUNT = new AtomicInteger();

  final Lan lan = new Lan();
  final Exporter exporter;
  final Nginx nginx;

  private final Path cgroup =
      SmallNode.hierarchy()
          .resolve("it-responses-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet());
  private final Path folder;
  private final List<Process> servers = new ArrayList<>();

  ResponsesStage(String... options) {
    try {
      Files.createDirectories(cgroup);
      folder = Files.createTempDirectory("responses");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    exporter = new Exporter(lan);
    UnaryOperator<List<String>> host =
        new Host(lan.serverName(), cgroup.toString(), Lan.SERVER_IPV4)::command;
    nginx = new Nginx(host, Logged.NGINX, locations());
    start(host, PYTHON_PORT, "python3", "-c", Talk.SERVER);
    start(host, JDK_PORT, java(), "-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp", classes(), main());
    start(lan::onServer, UPSTREAM_PORT, "python3", "-c", Talk.SERVER);
    List<Integer> ports = List.of(PYTHON_PORT, JDK_PORT, UPSTREAM_PORT);
    ports.forEach(this::awaitAnswer);
    ports.forEach(port -> log(port, 1));
    List<String> load = new ArrayList<>(List.of("--capture", "tc,cgroup=" + cgroup, "--urls"));
    load.addAll(List.of(options));
    exporter.load(load.toArray(String[]::new));
  }

  private static String locations() {
    StringBuilder locations = new StringBuilder();
    for (int status : STATUSES) {
      String text = List.of(204, 302, 304, 444).contains(status) ? "" : "\"ok\\n\"";
      locations.append(
          "location /s%d { return %d %s; }\n"
              .formatted(status, status, status == 302 ? "/elsewhere" : text));
    }
    return locations
        + """
        location /up {
          proxy_pass http://127.0.0.1:%d;
          proxy_set_header Host $http_host;
        }
        location / { return 200 "ok\\n"; }
        """
            .formatted(UPSTREAM_PORT);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin/java").toString();
  }

  private static String classes() {
    return Path.of(JdkServer.class.getProtectionDomain().getCodeSource().getLocation().getPath())
        .toString();
  }

  private static String main() {
    return JdkServer.class.getName();
  }

  private void start(UnaryOperator<List<String>> host, int port, String... command) {
    List<String> whole = new ArrayList<>(List.of(command));
    whole.addAll(List.of(String.valueOf(port), logFile(port).toString()));
    try {
      Files.createFile(logFile(port));
      servers.add(
          new ProcessBuilder(host.apply(whole))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out-" + port).toFile())
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path logFile(int port) {
    return folder.resolve("log-" + port);
  }

  private void awaitAnswer(int port) {
    Shell.await(
        "port %d answers".formatted(port),
        () ->
            Shell.run(lan.onServer("curl", "-s", "http://127.0.0.1:%d/".formatted(port))).status()
                == 0);
  }

  /** What the server at that port has logged since the last call: so many requests. */
  List<Logged> log(int port, int requests) {
    List<String> lines;
    if (port == 80) {
      lines = nginx.await(requests);
      nginx.truncateLog();
    } else {
      try {
        lines = Files.readAllLines(logFile(port), StandardCharsets.ISO_8859_1);
        Files.write(logFile(port), new byte[0]);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    assertThat(lines.size()).isEqualTo(requests);
    return lines.stream().map(Logged::of).toList();
  }

  /** Has the random client talk to a port; returns how many requests it sent. */
  int talk(int port, int seed, String prefixes, String methods, int depth, int requests) {
    String sent =
        Shell.run(
                lan.onClient(
                    Wire.command(
                        Talk.CLIENT,
                        Lan.SERVER_IPV4,
                        "" + port,
                        "" + seed,
                        prefixes,
                        methods,
                        "" + depth,
                        "" + requests)))
            .succeeded()
            .out();
    return Integer.parseInt(sent.strip());
  }

  Readings read(String capture) {
    return Readings.of(exporter.pinRoot(), capture);
  }

  @Override
  public void close() {
    exporter.close();
    nginx.close();
    servers.forEach(Process::destroy);
    lan.close();
    SmallNode.remove(cgroup);
  }
}
