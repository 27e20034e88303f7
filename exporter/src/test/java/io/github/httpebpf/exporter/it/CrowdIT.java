package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Many clients at once, some of whom say nothing. */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrowdIT {

  private static final String REQUEST =
      "GET /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private Stage stage;
  private Exporter.Running running;

  @BeforeAll
  void open() {
    stage = new Stage();
    stage.exporter.load();
    running = stage.exporter.start("serve");
    scrape();
  }

  @AfterAll
  void close() {
    stage.close();
  }

  /** Each sends, and none reads before all have sent. */
  private List<Socket> connect(int count, String text) {
    int port = Integer.parseInt(String.valueOf(running.url()).replaceAll(".*:|/metrics", ""));
    return stage.server.call(
        () -> {
          List<Socket> sockets = new ArrayList<>();
          for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
            sockets.add(socket);
          }
          return sockets;
        });
  }

  private static String answer(Socket socket) throws IOException {
    try (socket) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String scrape() {
    try {
      return answer(connect(1, REQUEST).getFirst());
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void twoHundredScrapesAtOnceAreAllAnsweredInFull() throws IOException {
    for (Socket socket : connect(200, REQUEST)) {
      assertThat(answer(socket))
          .startsWith("HTTP/1.1 200 OK\r\n")
          .contains("http_ebpf_exporter_up{interface=\"eth0\",} 1.0\n")
          .contains("http_requests_total{method=\"PATCH\",interface=\"eth0\",} 0.0\n");
    }
  }

  /** In one of some rounds, each with new ones: others use the processors too, now and then. */
  @Test
  void silentAndHaltingClientsDoNotDelayAScrape() throws IOException {
    List<Duration> taken = new ArrayList<>();
    do {
      taken.add(scrapeAmongHalting());
    } while (taken.getLast().compareTo(AT_ONCE) >= 0 && taken.size() < 3);
    assertThat(taken.getLast()).as("of %s", taken).isLessThan(AT_ONCE);
  }

  private Duration scrapeAmongHalting() throws IOException {
    List<Socket> others = new ArrayList<>(connect(100, ""));
    others.addAll(connect(100, "GET /met"));
    long start = System.nanoTime();
    String answer = scrape();
    Duration taken = Duration.ofNanos(System.nanoTime() - start);
    for (Socket socket : others) {
      socket.close();
    }

    assertThat(answer).startsWith("HTTP/1.1 200 OK\r\n").contains("http_ebpf_exporter_up{");
    return taken;
  }
}
