package io.github.httpebpf.exporter;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /-/reload}: a POST reads the configuration file again, if that is allowed. */
final class ReloadPage implements HttpHandler {

  private final boolean enabled;
  private final Supplier<Optional<String>> reload;

  /**
   * Reloads nothing yet.
   *
   * @param reload may be called by several threads at once; returns one line if it failed
   */
  ReloadPage(boolean enabled, Supplier<Optional<String>> reload) {
    this.enabled = enabled;
    this.reload = reload;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      Reply.text(exchange, 405, "only POST");
    } else if (!enabled) {
      Reply.text(exchange, 403, "reloading over HTTP is off; --web.enable-lifecycle turns it on");
    } else {
      Optional<String> failure = reload.get();
      Reply.text(exchange, failure.isEmpty() ? 200 : 500, failure.orElse("reloaded"));
    }
  }
}
