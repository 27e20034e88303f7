package io.github.httpebpf.exporter.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.concurrent.Executors;

/**
 * The JDK's own server, in a process of its own: the status is in the path, which begins with
 * {@code /s} and three digits. Logs as {@link Logged} reads it, and answers then.
 */
final class JdkServer {

  private final OutputStream log;

  private JdkServer(OutputStream log) {
    this.log = log;
  }

  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    JdkServer server =
        new JdkServer(Files.newOutputStream(Path.of(arguments[1]), StandardOpenOption.APPEND));
    HttpServer http = HttpServer.create(new InetSocketAddress(port), 4096);
    http.createContext("/", server::answer);
    http.setExecutor(Executors.newCachedThreadPool());
    http.start();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String target = exchange.getRequestURI().toString();
    String host = Objects.requireNonNullElse(exchange.getRequestHeaders().getFirst("Host"), "");
    int code = target.matches("/s\\d{3}.*") ? Integer.parseInt(target.substring(2, 5)) : 200;
    String line = "%d %s %s %s\n".formatted(code, method, host, target);
    boolean bare = method.equals("HEAD") || code == 204 || code == 304;
    try (exchange) {
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
      synchronized (log) {
        log.write(line.getBytes(StandardCharsets.ISO_8859_1));
      }
      exchange.sendResponseHeaders(code, bare ? -1 : 3);
      if (!bare) {
        exchange.getResponseBody().write("ok\n".getBytes(StandardCharsets.US_ASCII));
      }
    }
  }
}
