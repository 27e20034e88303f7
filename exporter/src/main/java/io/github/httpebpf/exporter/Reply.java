package io.github.httpebpf.exporter;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Complete responses, to GET and HEAD alike. */
final class Reply {

  private Reply() {}

  static void text(HttpExchange exchange, int status, String line) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/plain; charset=utf-8");
    send(exchange, status, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  static void html(HttpExchange exchange, String page) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/html; charset=utf-8");
    send(exchange, 200, page.getBytes(StandardCharsets.UTF_8));
  }

  static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    // Not exchange.close(): it hides a failed write from the server, which then keeps the dead
    // connection on its books.
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }
}
