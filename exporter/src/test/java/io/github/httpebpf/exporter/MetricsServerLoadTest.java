package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are many, slow or broken. */
@Timeout(60)
class MetricsServerLoadTest {

  private static final long SECOND = 1_000_000_000L;

  private final List<Socket> sockets = new ArrayList<>();
  private TestServer server;

  @BeforeEach
  void start() throws Exception {
    server = TestServer.start();
    // Class loading is not what is timed here.
    server.get("/metrics");
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    server.close();
  }

  @Test
  void twoHundredScrapesAtOnceAreAllAnswered() throws Exception {
    int scrapes = 200;
    CountDownLatch allConnected = new CountDownLatch(scrapes);
    Callable<String> scrape =
        () -> {
          try (Socket socket = server.connect()) {
            allConnected.countDown();
            allConnected.await();
            write(socket, "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n");
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
          }
        };
    try (ExecutorService clients = Executors.newFixedThreadPool(scrapes)) {
      List<Future<String>> answers = new ArrayList<>();
      for (int i = 0; i < scrapes; i++) {
        answers.add(clients.submit(scrape));
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get())
            .startsWith("HTTP/1.1 200 OK\r\n")
            .contains(TestServer.ONE_SAMPLE + "\n");
      }
    }
  }

  @Test
  void silentAndHalfSentRequestsDoNotHoldUpAScrape() throws Exception {
    for (int i = 0; i < 100; i++) {
      open();
      write(open(), "GET /metr");
    }
    long start = System.nanoTime();

    String answer = scrapeOnAConnectionOfItsOwn();

    assertThat(System.nanoTime() - start).isLessThan(SECOND);
    assertThat(answer).contains(TestServer.ONE_SAMPLE);
  }

  @Test
  void clientsThatDoNotReadTheirAnswersDoNotHoldUpOthers() throws Exception {
    String[] names = IntStream.range(0, 200).mapToObj(i -> "veth" + i).toArray(String[]::new);
    long start = System.nanoTime();
    try (TestServer large =
        TestServer.start(
            "/metrics", TestServer.registry(() -> TestServer.read(names)), () -> true)) {
      for (int i = 0; i < 4; i++) {
        Socket socket = large.connect();
        sockets.add(socket);
        // 300 kB each: together more than the kernel buffers.
        write(socket, "GET /metrics HTTP/1.1\r\n\r\n".repeat(60));
      }

      for (int i = 0; i < 20; i++) {
        assertThat(large.get("/metrics").body()).contains("interface=\"veth199\"");
      }

      assertThat(System.nanoTime() - start).isLessThan(15 * SECOND);
    }
  }

  @Test
  void halfSentRequestsBeyondTheThreadLimitAreClosedAfterSecondsAndLeaveNothing() throws Exception {
    long start = System.nanoTime();
    for (int i = 0; i < 300; i++) {
      write(open(), "GET /metr");
    }

    for (Socket socket : sockets) {
      assertThat(endsWithoutAnswer(socket)).isTrue();
    }

    assertThat(System.nanoTime() - start).isBetween(4 * SECOND, 15 * SECOND);
    assertThat(scrapeOnAConnectionOfItsOwn()).contains(TestServer.ONE_SAMPLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n\r\n",
        "GARBAGE\r\n\r\n",
        "GET /metrics\r\n\r\n",
        "GET nothing:at HTTP/1.1\r\n\r\n",
        "GET /%zz HTTP/1.1\r\n\r\n",
        "GET /metrics?name[]=%zz HTTP/1.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "GET /metrics HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003\r\n\r\n"
      })
  void garbageIsNotFatal(String octets) throws Exception {
    Socket socket = open();
    write(socket, octets);
    socket.shutdownOutput();
    String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);

    assertThat(answer).doesNotStartWith("HTTP/1.1 200 ");
    assertThat(server.get("/metrics").body()).contains(TestServer.ONE_SAMPLE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /metrics HTTP/1.1\r\nX: ", "GET /", "GET /metrics HTTP/1.1\r\n"})
  void headWithoutEndIsCutOff(String beginning) throws Exception {
    Socket socket = open();
    long start = System.nanoTime();
    write(socket, beginning);
    try {
      write(socket, "x".repeat(1 << 20));
    } catch (SocketException e) {
      // Cut off before all was sent.
    }

    assertThat(endsWithoutAnswer(socket)).isTrue();
    // For its size, not for its age.
    assertThat(System.nanoTime() - start).isLessThan(3 * SECOND);
    assertThat(server.get("/metrics").body()).contains(TestServer.ONE_SAMPLE);
  }

  /** A reset ends a connection as well. */
  private static boolean endsWithoutAnswer(Socket socket) throws IOException {
    try {
      return socket.getInputStream().read() == -1;
    } catch (SocketException e) {
      return true;
    }
  }

  /** One that was open before would be served before those that still wait to be accepted. */
  private String scrapeOnAConnectionOfItsOwn() throws IOException {
    return server.raw("GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n");
  }

  private Socket open() throws IOException {
    Socket socket = server.connect();
    sockets.add(socket);
    return socket;
  }

  private static void write(Socket socket, String octets) throws IOException {
    socket.getOutputStream().write(octets.getBytes(StandardCharsets.ISO_8859_1));
  }
}
