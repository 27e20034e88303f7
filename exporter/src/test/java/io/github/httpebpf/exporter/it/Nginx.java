package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * The real server, on port 80 of IPv4 and IPv6, whose limits are raised so that it reads, and logs,
 * all that it is sent. Its log holds one request line a request.
 */
final class Nginx implements AutoCloseable {

  /** Served as port 80 is. */
  static final int OTHER_PORT = 81;

  /** HTTP/2 without TLS. */
  static final int HTTP2_PORT = 82;

  private final UnaryOperator<List<String>> host;
  private final Path folder;
  private final Process process;

  Nginx(Lan lan) {
    this(lan::onServer);
  }

  /** On a host whose commands are made of others in that way. */
  Nginx(UnaryOperator<List<String>> host) {
    this(host, "$request", "location / { return 200 \"ok\\n\"; }");
  }

  /** What is logged of a request, and what is served, as nginx's configuration has it. */
  Nginx(UnaryOperator<List<String>> host, String logged, String locations) {
    this.host = host;
    try {
      folder = Files.createTempDirectory("nginx");
      Path config = folder.resolve("nginx.conf");
      Files.writeString(config, config(folder, logged, locations));
      process =
          new ProcessBuilder(
                  host.apply(List.of("nginx", "-p", folder.toString(), "-c", config.toString())))
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("out.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Shell.await("nginx answers", this::answers);
    // It answers first, and logs then.
    Shell.await("nginx has logged", () -> !log().isEmpty());
    truncateLog();
  }

  private static String config(Path folder, String logged, String locations) {
    return """
        daemon off;
        master_process off;
        pid %1$s/pid;
        error_log %1$s/error.log;
        events { worker_connections 4096; }
        http {
          log_format request '%4$s';
          access_log %1$s/access.log request;
          client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
          uwsgi_temp_path %1$s; scgi_temp_path %1$s;
          keepalive_requests 10000000;
          keepalive_timeout 600s;
          large_client_header_buffers 16 64k;
          client_max_body_size 0;
          server {
            listen 80 backlog=4096;
            listen [::]:80 backlog=4096;
            listen %2$d;
            listen %3$d http2;
            %5$s
          }
        }
        """
        .formatted(folder, OTHER_PORT, HTTP2_PORT, logged, locations);
  }

  private boolean answers() {
    // Over loopback, which the scenarios do not capture.
    List<String> command = List.of("curl", "-s", "-o", "/dev/null", "http://127.0.0.1/");
    return Shell.run(host.apply(command)).status() == 0;
  }

  /**
   * nginx answers first and logs then: it sleeps when it has done both. Its only process is the one
   * that was started here.
   */
  void awaitAllLogged() {
    Path stat = Path.of("/proc/" + process.pid() + "/stat");
    Shell.await("nginx has nothing to do", () -> read(stat).contains(" (nginx) S "));
  }

  long pid() {
    return process.pid();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was logged since {@link #truncateLog}: the server's truth. */
  List<String> log() {
    awaitAllLogged();
    try {
      return Files.readAllLines(
          folder.resolve("access.log"), java.nio.charset.StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until that many requests are logged since {@link #truncateLog}; not one more may be. */
  List<String> await(int requests) {
    Shell.await(requests + " requests are logged", () -> log().size() >= requests);
    assertThat(log()).hasSize(requests);
    return log();
  }

  void truncateLog() {
    awaitAllLogged();
    try {
      Files.write(folder.resolve("access.log"), new byte[0]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
