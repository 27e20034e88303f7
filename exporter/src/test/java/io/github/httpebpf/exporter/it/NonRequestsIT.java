package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is no request, or looks like none: under its result in the ledger, and each packet under
 * exactly one. Nothing but what a test sends is on the cable, so increases are exact.
 */
@KernelTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NonRequestsIT {

  private static final AtomicInteger PORT = new AtomicInteger(1024);

  private static final String GET = "GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n";

  private Stage stage;
  private Nginx nginx;
  private long received;
  private Counts before = new Counts(Map.of(), Map.of());

  @BeforeAll
  void open() {
    stage = new Stage();
    stage.lan.hush();
    nginx = new Nginx(stage.lan);
    stage.exporter.load();
  }

  @AfterAll
  void close() {
    nginx.close();
    stage.close();
  }

  @BeforeEach
  void remember() {
    nginx.truncateLog();
    received = received();
    before = Counts.pinned(stage.pin("eth0"));
    assertThat(received()).as("the cable is quiet").isEqualTo(received);
  }

  /** The interface's own counter is the referee of the ledger. */
  @AfterEach
  void everyPacketReceivedIsInTheLedger() {
    Shell.await("all has arrived", () -> received() - received == increase().allPackets());
    assertThat(increase().packets("truncated")).isZero();
    assertThat(increase().packets("malformed")).isZero();
  }

  private long received() {
    String link = Shell.out("ip", "-n", stage.lan.serverName(), "-s", "-j", "link", "show", "eth0");
    return Long.parseLong(
        link.replaceAll("(?s).*\"rx\":\\{\"bytes\":\\d+,\"packets\":(\\d+),.*", "$1"));
  }

  private Counts increase() {
    return Counts.pinned(stage.pin("eth0")).minus(before);
  }

  /** Runs a script on the client, to its end. */
  private void send(String script, String... arguments) {
    Shell.run(stage.lan.onClient(Wire.command(script, arguments))).succeeded();
  }

  private void curl(String... arguments) {
    Shell.run(
            stage.lan.onClient(
                Stream.concat(Stream.of("curl", "-sS", "-o", "/dev/null"), Stream.of(arguments))
                    .toArray(String[]::new)))
        .succeeded();
  }

  /** Segments, each in a packet of its own, and the results that they have. */
  record Talk(String what, List<String> segments, Map<String, Long> results) {

    @Override
    public String toString() {
      return what;
    }
  }

  private static Talk talk(String what, String result, String segment) {
    return new Talk(what, List.of(segment), Map.of(result, 1L));
  }

  static Stream<Talk> talks() {
    return Stream.of(
        talk("Redis", "not_http", "GET foo\\r\\n"),
        talk("Memcached", "not_http", "get foo\\r\\n"),
        talk("POP3", "not_http", "DELE 3\\r\\n"),
        talk("NNTP", "not_http", "POST\\r\\n"),
        talk("RTSP", "not_http", "OPTIONS rtsp://host/x RTSP/1.0\\r\\nCSeq: 1\\r\\n\\r\\n"),
        talk("SIP", "not_http", "OPTIONS sip:user@host SIP/2.0\\r\\nVia: a\\r\\n\\r\\n"),
        talk("HTTP/0.9", "not_http", "GET /\\r\\n"),
        talk("HTTP/2.0 spelt as HTTP/1", "not_http", "GET / HTTP/2.0\\r\\n\\r\\n"),
        talk("a response", "response", "HTTP/1.1 200 OK\\r\\n\\r\\n"),
        talk("an empty line alone", "line_incomplete", "\\r\\n"),
        talk("an empty line first", "request", "\\r\\n" + GET),
        talk("two empty lines first", "request", "\\r\\n\\r\\n" + GET),
        talk("a bare line feed first", "request", "\\n" + GET),
        talk("a space first", "not_http", " " + GET),
        talk("a method and no more", "line_incomplete", "GET"),
        talk("a target and no more", "line_incomplete", "GET /index"),
        new Talk(
            "a request line over two segments",
            List.of("GET / HT", "TP/1.1\\r\\nHost: a\\r\\n\\r\\n"),
            Map.of("line_incomplete", 1L, "request", 1L)),
        new Talk(
            "a head over two segments, but not its first line",
            List.of("GET / HTTP/1.1\\r\\nHo", "st: a\\r\\n\\r\\n"),
            Map.of("request", 1L, "head_continued", 1L)),
        new Talk("a request in a second segment", List.of(GET, GET), Map.of("request", 2L)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("talks")
  void eachSegmentHasItsResult(Talk talk) {
    send(
        Wire.TCP,
        Stream.concat(Stream.of(Lan.SERVER_IPV4, "80"), talk.segments().stream())
            .toArray(String[]::new));

    Counts increase = increase();
    long requests = talk.results().getOrDefault("request", 0L);
    assertThat(increase.withPayload()).isEqualTo(talk.results());
    assertThat(increase.requests("GET")).isEqualTo(requests);
    assertThat(increase.allRequests()).isEqualTo(requests);
    assertThat(increase.packets("no_payload")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aTlsHandshakeIsTls() {
    // To a server that has none: it gets one hello, in one packet.
    Shell.Result refused =
        Shell.run(stage.lan.onClient("openssl", "s_client", "-connect", "10.203.0.1:80"));

    assertThat(refused.status()).isEqualTo(1);
    assertThat(increase().withPayload()).containsEntry("tls", 1L);
    assertThat(increase().allRequests()).isZero();
  }

  @Test
  void requestsInsideOfTlsAreNotSeen() throws Exception {
    try (Tls tls = new Tls(stage.lan)) {
      Counts start = Counts.pinned(stage.pin("eth0"));
      curl("--fail", "-k", tls.url(), tls.url());

      // The hello, the end of the handshake, a request each, and the goodbye; some share a packet.
      Counts increase = Counts.pinned(stage.pin("eth0")).minus(start);
      assertThat(increase.packets("tls")).isBetween(4L, 10L);
      assertThat(increase.withPayload()).containsOnlyKeys("tls");
      assertThat(increase.allRequests()).isZero();
    }
  }

  @Test
  void http2IsCountedByConnection() {
    String url = "http://10.203.0.1:" + Nginx.HTTP2_PORT + "/";
    for (int connection = 1; connection <= 3; connection++) {
      curl("--fail", "--http2-prior-knowledge", url);
      assertThat(nginx.await(connection)).containsOnly("GET / HTTP/2.0");
      assertThat(increase().packets("http2")).isEqualTo(connection);
    }
    assertThat(increase().withPayload().keySet()).isSubsetOf("http2", "not_http");
    assertThat(increase().allRequests()).isZero();
  }

  /** The kernel moves the outermost tag, unless it is a 0x9100, out of the packet's octets. */
  @ParameterizedTest
  @CsvSource({
    "'',request",
    "8100,request",
    "88a8,request",
    "9100,request",
    "8100 8100,request",
    "88a8 8100,request",
    "9100 8100,request",
    "88a8 88a8,request",
    "8100 8100 8100,encapsulated",
    "88a8 8100 8100,encapsulated",
    "88a8 88a8 88a8,encapsulated",
    "9100 9100 9100,encapsulated",
    "88a8 8100 8100 8100,encapsulated"
  })
  void requestsUnderUpToTwoTagsCount(String tags, String result) {
    // A connection of its own, each time: below those ports that clients are given.
    String port = String.valueOf(PORT.incrementAndGet());
    send(Wire.TAGGED, stage.lan.serverEthernet(), tags, port, GET);

    boolean counts = result.equals("request");
    assertThat(increase().packets(result)).isEqualTo(1);
    assertThat(increase().requests("GET")).isEqualTo(counts ? 1 : 0);
    assertThat(increase().allPackets()).isEqualTo(1);
  }

  @Test
  void requestsToExcludedPortsAreNotCounted() {
    String other = "http://10.203.0.1:" + Nginx.OTHER_PORT + "/";
    stage.exporter.load("--exclude-port", Nginx.OTHER_PORT + ",9");
    try {
      curl("-X", "POST", other, other, "http://10.203.0.1/", other);

      nginx.await(4);
      assertThat(increase().packets("excluded")).isEqualTo(3);
      assertThat(increase().packets("request")).isEqualTo(1);
      assertThat(increase().requests("POST")).isEqualTo(1);
    } finally {
      stage.exporter.load();
    }
    curl("-X", "POST", other);
    assertThat(increase().packets("excluded")).isEqualTo(3);
    assertThat(increase().requests("POST")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({"1400,not_tcp,1", "1472,not_tcp,1", "1473,fragment,2", "4000,fragment,3"})
  void datagramsAreNotTcpAndTheirFragmentsNotJudged(int octets, String result, long packets) {
    send(Wire.UDP, Lan.SERVER_IPV4, "9", String.valueOf(octets));

    assertThat(increase().packets(result)).isEqualTo(packets);
    assertThat(increase().allPackets()).isEqualTo(packets);
  }

  @Test
  void theLedgerAddsUpUnderLoad() {
    Shell.run(stage.lan.onClient("ab", "-q", "-n", "2000", "-c", "4", "http://10.203.0.1/"))
        .succeeded();
    Shell.run(stage.lan.onClient("ab", "-q", "-k", "-n", "20000", "-c", "4", "http://10.203.0.1/"))
        .succeeded();
    send(Wire.UDP, Lan.SERVER_IPV4, "9", "4000");

    Shell.await("all has arrived", () -> received() - received == increase().allPackets());
    assertThat(increase().packets("request")).isEqualTo(22_000);
    assertThat(increase().packets("fragment")).isEqualTo(3);
    assertThat(increase().withPayload()).containsOnlyKeys("request", "fragment");
    assertThat(increase().allPackets()).isGreaterThan(22_000 + 3 * 2_000);
  }
}
