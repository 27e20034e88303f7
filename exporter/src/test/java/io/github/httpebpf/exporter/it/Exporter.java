package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The packed exporter on the server of a {@link Lan}, with a pin root of its own. */
final class Exporter implements AutoCloseable {

  /** The repository's top directory. */
  static final Path TOP = Path.of(System.getProperty("httpebpf.root"));

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Pattern URL = Pattern.compile("serving (http://\\S+)");

  private final UnaryOperator<List<String>> host;
  private final Path pinRoot;
  private final List<Running> running = new ArrayList<>();

  Exporter(Lan lan) {
    this(lan::onServer);
  }

  Exporter(Lan lan, Path pinRoot) {
    this(lan::onServer, pinRoot);
  }

  /** On a host whose commands are made of others in that way. */
  Exporter(UnaryOperator<List<String>> host) {
    this(
        host,
        Path.of("/sys/fs/bpf/it-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet()));
  }

  private Exporter(UnaryOperator<List<String>> host, Path pinRoot) {
    this.host = host;
    this.pinRoot = pinRoot;
  }

  Path pinRoot() {
    return pinRoot;
  }

  /** The command line of the launcher. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(TOP.resolve("bin/http-ebpf-exporter").toString());
    command.addAll(List.of(arguments));
    return command;
  }

  /** A command line with this pin root. */
  List<String> withRoot(String... arguments) {
    List<String> command = command(arguments);
    command.addAll(List.of("--pin-root", pinRoot.toString()));
    return command;
  }

  /**
   * A shell's background jobs ignore SIGINT, those of nohup SIGHUP, and whatever they start
   * inherits that.
   */
  static List<String> interruptible(List<String> command) {
    List<String> whole = new ArrayList<>(List.of("env", "--default-signal=INT,HUP"));
    whole.addAll(command);
    return whole;
  }

  /** Runs a command on the server, with this pin root; it may fail. */
  Shell.Result run(String... arguments) {
    return runWithin(List.of(), arguments);
  }

  /** Runs a command inside of another, such as {@code setpriv}. */
  Shell.Result runWithin(List<String> wrapper, String... arguments) {
    return Shell.run(host.apply(wrapped(wrapper, arguments)));
  }

  private List<String> wrapped(List<String> wrapper, String... arguments) {
    List<String> command = new ArrayList<>(wrapper);
    command.addAll(withRoot(arguments));
    return command;
  }

  /** Loads on the server's interface. */
  void load(String... more) {
    List<String> arguments = new ArrayList<>(List.of("load", "--interface", Lan.INTERFACE));
    arguments.addAll(List.of(more));
    run(arguments.toArray(String[]::new)).succeeded();
  }

  /** Counts of the server's interface, read by {@code show}. */
  Counts show() {
    return Counts.ofJson(
        run("show", "--json", "--interface", Lan.INTERFACE).succeeded().out(), Lan.INTERFACE);
  }

  /** Starts {@code serve} or {@code run} on the server, and returns when it serves. */
  Running start(String... arguments) {
    return startWithin(List.of(), arguments);
  }

  /** Starts it inside of another command that becomes it, such as {@code setpriv}. */
  Running startWithin(List<String> wrapper, String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    if (!command.contains("--web.listen-address")) {
      command.addAll(List.of("--web.listen-address", "127.0.0.1:0"));
    }
    Running process = begin(wrapper, command.toArray(String[]::new));
    Shell.await("it serves: " + command, () -> !process.alive() || process.url() != null);
    assertThat(process.url()).as(process.log()).isNotNull();
    return process;
  }

  /** Starts any command on the server, and does not wait for anything. */
  Running begin(List<String> wrapper, String... arguments) {
    Running process = new Running(host.apply(interruptible(wrapped(wrapper, arguments))));
    running.add(process);
    return process;
  }

  /** An exporter that was started, and perhaps serves. */
  final class Running {

    private final Process process;
    private final Path log;

    private Running(List<String> command) {
      try {
        log = Files.createTempFile("exporter", ".log");
        process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    boolean alive() {
      return process.isAlive();
    }

    ProcessHandle handle() {
      return process.toHandle();
    }

    String log() {
      try {
        return Files.readString(log);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Null until it serves. */
    @org.jspecify.annotations.Nullable
    String url() {
      Matcher matcher = URL.matcher(log());
      return matcher.find() ? matcher.group(1) : null;
    }

    /** An exposition, fetched on the server. */
    String scrape() {
      return Shell.run(
              host.apply(
                  List.of("curl", "-sS", "--fail", "--max-time", "20", String.valueOf(url()))))
          .succeeded()
          .out();
    }

    /** A page beside the metrics, such as {@code /-/ready}: its status code. */
    int status(String path) {
      String page = String.valueOf(url()).replaceFirst("/metrics$", path);
      return Integer.parseInt(
          Shell.run(
                  host.apply(List.of("curl", "-sS", "-o", "/dev/null", "-w", "%{http_code}", page)))
              .succeeded()
              .out());
    }

    /** Posts nothing to a page: its answer, and the status code after that. */
    String post(String path) {
      String page = String.valueOf(url()).replaceFirst("/metrics$", path);
      return Shell.run(host.apply(List.of("curl", "-sS", "-X", "POST", "-w", "%{http_code}", page)))
          .succeeded()
          .out();
    }

    /** SIGHUP, which does not end it. */
    void hangUp() {
      Shell.run("kill", "-HUP", String.valueOf(process.pid())).succeeded();
    }

    /** Likewise; returns what is logged then, whether it has reloaded or not. */
    String reload() {
      String before = log();
      hangUp();
      Shell.await(
          "it has reloaded, or not: " + before,
          () -> log().substring(before.length()).contains("reload"));
      return log().substring(before.length());
    }

    /** SIGTERM; returns the exit code. */
    int terminate() {
      return signal("TERM");
    }

    /** Any signal that ends it, unless it has ended by then; returns the exit code. */
    int signal(String name) {
      if (alive()) {
        Shell.run("kill", "-" + name, String.valueOf(process.pid()));
      }
      return await();
    }

    /** Does what comes all at once for it, however long it takes. */
    void whileStopped(Runnable action) {
      String number = String.valueOf(process.pid());
      Shell.out("kill", "-STOP", number);
      action.run();
      Shell.out("kill", "-CONT", number);
    }

    /** SIGKILL. */
    void kill() {
      process.destroyForcibly();
      await();
    }

    /** Waits no longer than that for its end. */
    void awaitEnd(Duration limit) {
      try {
        process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    /** Waits for its end; returns the exit code. */
    int await() {
      try {
        assertThat(process.waitFor(Shell.LIMIT.toSeconds(), TimeUnit.SECONDS))
            .as("ends: %s", log())
            .isTrue();
        return process.exitValue();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
  }

  /** Ends what runs. */
  void end() {
    running.stream().filter(Running::alive).forEach(Running::kill);
  }

  /** Ends what runs, and unloads, unless that was done. */
  @Override
  public void close() {
    end();
    if (Files.exists(pinRoot)) {
      run("unload").succeeded();
    }
  }
}
