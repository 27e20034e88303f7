import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Executors;

/** The JDK's own server: reads each request to its end, logs its request line, answers. */
final class Server {

  private static final byte[] OK = "ok\n".getBytes(StandardCharsets.US_ASCII);

  private static OutputStream log;

  public static void main(String[] arguments) throws IOException {
    log = Files.newOutputStream(Path.of(arguments[1]), StandardOpenOption.APPEND);
    var server = HttpServer.create(new InetSocketAddress(Integer.parseInt(arguments[0])), 4096);
    server.createContext("/", Server::answer);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String line =
        exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + exchange.getProtocol() + "\n";
    synchronized (log) {
      log.write(line.getBytes(StandardCharsets.ISO_8859_1));
    }
    try (exchange) {
      exchange.getRequestBody().transferTo(OutputStream.nullOutputStream());
      boolean bare = exchange.getRequestMethod().equals("HEAD");
      exchange.sendResponseHeaders(200, bare ? -1 : OK.length);
      if (!bare) {
        exchange.getResponseBody().write(OK);
      }
    }
  }
}
