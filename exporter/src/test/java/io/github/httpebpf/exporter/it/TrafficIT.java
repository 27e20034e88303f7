package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What was sent = what the server logged = what was counted. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TrafficIT {

  private Lan lan;
  private Nginx nginx;
  private Exporter exporter;

  @BeforeAll
  void connect() {
    lan = new Lan();
    nginx = new Nginx(lan);
    exporter = new Exporter(lan);
    exporter.load();
  }

  @AfterAll
  void disconnect() {
    exporter.close();
    nginx.close();
    lan.close();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,GET",
    "HEAD,HEAD",
    "POST,POST",
    "PUT,PUT",
    "DELETE,DELETE",
    "CONNECT,CONNECT",
    "OPTIONS,OPTIONS",
    "TRACE,TRACE",
    "PATCH,PATCH",
    "PROPFIND,_OTHER"
  })
  void countsEachMethodUnderItsLabel(String method, String label) {
    Counts before = exporter.show();
    nginx.truncateLog();
    for (String address : List.of(Lan.SERVER_IPV4, "[" + Lan.SERVER_IPV6 + "]")) {
      for (int i = 0; i < 3; i++) {
        Shell.run(
            lan.onClient(
                "curl",
                "-sS",
                "-g",
                "--max-time",
                "10",
                "-o",
                "/dev/null",
                "-X",
                method,
                method.equals("HEAD") ? "--head" : "--http1.1",
                "http://" + address + "/path?query=1"));
      }
    }
    Counts after = exporter.show();
    assertThat(nginx.log()).hasSize(6).allMatch(line -> line.startsWith(method + " "));
    assertThat(after.requests(label) - before.requests(label)).isEqualTo(6);
    assertThat(after.allRequests() - before.allRequests()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(strings = {Lan.SERVER_IPV4, "[" + Lan.SERVER_IPV6 + "]"})
  void countsExactlyWhatIsSentOverKeptConnections(String address) {
    Counts before = exporter.show();
    nginx.truncateLog();
    int requests = 100_000;
    Shell.run(
            lan.onClient(
                "ab",
                "-q",
                "-k",
                "-n",
                String.valueOf(requests),
                "-c",
                "8",
                "http://" + address + "/"))
        .succeeded();
    assertThat(nginx.log()).hasSize(requests);
    assertThat(exporter.show().requests("GET") - before.requests("GET")).isEqualTo(requests);
  }

  @Test
  void countsWhatWrkMakesTheServerLog() {
    Counts before = exporter.show();
    nginx.truncateLog();
    Shell.run(
            lan.onClient(
                "wrk", "-t", "1", "-c", "8", "-d", "2s", "http://" + Lan.SERVER_IPV4 + "/"))
        .succeeded();
    // wrk cuts its last requests off; the server has logged those that arrived.
    long counted = exporter.show().requests("GET") - before.requests("GET");
    assertThat(counted).isPositive().isEqualTo(nginx.log().size());
  }
}
