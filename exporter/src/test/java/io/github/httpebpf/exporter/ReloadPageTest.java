package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code /-/reload} over HTTP. */
class ReloadPageTest {

  private final AtomicInteger reloads = new AtomicInteger();

  private Optional<String> reload() {
    return reloads.incrementAndGet() == 1 ? Optional.empty() : Optional.of("reload: a:1:1: no");
  }

  @Test
  void aPostReloadsOrSaysWhyNot() throws Exception {
    try (TestServer server = TestServer.start(new ReloadPage(true, this::reload))) {
      HttpResponse<String> done = server.send("POST", "/-/reload");
      assertThat(done.statusCode()).isEqualTo(200);
      assertThat(done.body()).isEqualTo("reloaded\n");

      HttpResponse<String> failed = server.send("POST", "/-/reload");
      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).isEqualTo("reload: a:1:1: no\n");
    }
  }

  @Test
  void withoutLifecycleItIsForbidden() throws Exception {
    try (TestServer server = TestServer.start(new ReloadPage(false, this::reload))) {
      HttpResponse<String> refused = server.send("POST", "/-/reload");

      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body())
          .isEqualTo("reloading over HTTP is off; --web.enable-lifecycle turns it on\n");
      assertThat(reloads).hasValue(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "HEAD"})
  void otherMethodsAreNotAllowed(String method) throws Exception {
    try (TestServer server = TestServer.start(new ReloadPage(true, this::reload))) {
      HttpResponse<String> refused = server.send(method, "/-/reload");

      assertThat(refused.statusCode()).isEqualTo(405);
      assertThat(refused.headers().allValues("Allow")).containsExactly("POST");
      assertThat(refused.body()).isEqualTo(method.equals("HEAD") ? "" : "only POST\n");
      assertThat(reloads).hasValue(0);
      assertThat(server.send("POST", "/metrics").statusCode()).isEqualTo(405);
    }
  }
}
