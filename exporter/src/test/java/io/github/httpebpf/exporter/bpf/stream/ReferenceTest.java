package io.github.httpebpf.exporter.bpf.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The reference by hand: whoever judges others has to be judged first. */
class ReferenceTest {

  private static final int START = -7;
  private static final String NEXT = "DELETE /next HTTP/1.1\r\n\r\n";

  private final Reference reference = new Reference();
  private int sent = START;
  private int answered;

  private void open() {
    take(true, START - 1, StreamPacket.SYN, "");
    take(false, -1, StreamPacket.SYN, "");
  }

  private void take(boolean toServer, int sequence, int flags, String text) {
    byte[] data = text.getBytes(ISO_8859_1);
    int ack = toServer ? answered : sent;
    reference.take(new StreamPacket(toServer, sequence, ack, flags, data));
  }

  private void client(String text) {
    take(true, sent, StreamPacket.ACK, text);
    sent += text.length();
  }

  private void server(String text) {
    take(false, answered, StreamPacket.ACK, text);
    answered += text.length();
  }

  private long count(HttpMethod method) {
    return reference.counts()[method.id()];
  }

  private long count() {
    return LongStream.of(reference.counts()).sum();
  }

  private static String text(String escaped) {
    return escaped.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t");
  }

  /** Whether the request that follows is counted, so that the first was read to its very end. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "GET / HTTP/1.1\\r\\n\\r\\n",
        "\\r\\n\\n\\rGET / HTTP/1.0\\n\\n",
        "GET * HTTP/1.12 x\\r\\nA: b\\r\\n\\n",
        "GET http://a/ HTTP/1.1\\r\\nContent-Lengthy: 5\\r\\n Content-Length: 7\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\ncontent-LENGTH:\\t 003 \\r\\n\\r\\nabc",
        "POST / HTTP/1.1\\r\\nContent-Length: 3\\r\\nContent-Length: 03\\r\\n\\r\\nabc",
        "POST / HTTP/1.1\\r\\nContent-Length : 3\\r\\n\\r\\n",
        "POST / HTTP/1.1\\r\\nTransfer-Encoding: gzip, CHUNKED\\r\\nContent-Length: x\\r\\n\\r\\n0\\r\\n\\r\\n",
        "POST / HTTP/1.1\\nTransfer-Encoding:chunked\\n\\n3;x\\nabc\\n00a\\r\\n0123456789\\r\\n0\\nT: x\\n\\n",
        "POST / HTTP/1.1\\r\\nTransfer-Encoding: gzip\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n0\\r\\n\\r\\n"
      })
  void readsToTheEnd(String first) {
    open();
    client(text(first));
    assertThat(count()).isEqualTo(1);
    client(NEXT);

    assertThat(count()).isEqualTo(2);
    assertThat(count(HttpMethod.DELETE)).isEqualTo(1);
    assertThat(reference.isUndetermined()).isFalse();
  }

  /** What is lost stays lost, until the client has acknowledged something. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "0 | GET foo\\r\\n\\r\\n",
        "0 | GET  / HTTP/1.1\\r\\n\\r\\n",
        "0 | GET / HTTP/2.0\\r\\n\\r\\n",
        "0 | GET *x HTTP/1.1\\r\\n\\r\\n",
        "0 | GET x HTTP/1.1\\r\\n\\r\\n",
        "0 | G(T / HTTP/1.1\\r\\n\\r\\n",
        "1 | GET / HTTP/1.1\\r\\nContent-Length: 3, 3\\r\\n\\r\\n",
        "1 | GET / HTTP/1.1\\r\\nContent-Length:\\r\\n\\r\\n",
        "1 | GET / HTTP/1.1\\r\\nContent-Length: 1234567890123456\\r\\n\\r\\n",
        "1 | GET / HTTP/1.1\\r\\nContent-Length: 3\\r\\nContent-Length: 4\\r\\n\\r\\nabc",
        "1 | GET / HTTP/1.1\\r\\nTransfer-Encoding: chunked, gzip\\r\\n\\r\\n",
        "1 | GET / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\nx",
        "1 | GET / HTTP/1.1\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n1\\r\\nabc"
      })
  void losesWhatCannotBeFollowed(int counted, String first) {
    open();
    client("HEAD / HTTP/1.1\r\n\r\n");
    client(text(first));
    client(NEXT);
    assertThat(count()).isEqualTo(1 + counted);

    server("HTTP/1.1 400 \r\n\r\n");
    client("not a request at all");
    client(NEXT + NEXT);
    assertThat(count(HttpMethod.DELETE)).isEqualTo(2);
    assertThat(reference.isUndetermined()).isFalse();
  }

  @Test
  void entersAtOnceWhatBeganAsSomethingElse() {
    open();
    client("not a request at all");
    client("nor \r\n");
    client(NEXT);
    assertThat(count()).isEqualTo(1);
  }

  @Test
  void waitsForHoles() {
    open();
    String all =
        "PUT / HTTP/1.1\r\nContent-Length: 60\r\n\r\n" + NEXT.repeat(3).substring(0, 60) + NEXT;
    int length = all.length();
    take(true, START + 10, StreamPacket.ACK, all.substring(10, 50));
    take(true, START + 90, StreamPacket.ACK, all.substring(90));
    assertThat(count()).isZero();
    take(true, START, StreamPacket.ACK, all.substring(0, 12));
    take(true, START + 30, StreamPacket.ACK, all.substring(30, length));
    take(true, START, StreamPacket.ACK, all);

    assertThat(count(HttpMethod.PUT)).isEqualTo(1);
    assertThat(count(HttpMethod.DELETE)).isEqualTo(1);
    assertThat(count()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET / HTTP/1.1\\r\\nUpgrade: x\\r\\n\\r\\n | HTTP/1.1 101 X\\r\\n\\r\\n | 2",
        "GET / HTTP/1.1\\r\\nUpgrade: x\\r\\n\\r\\n | HTTP/1.1 200 OK\\r\\n\\r\\n | 3",
        "GET / HTTP/1.1\\r\\nUpgrade: x\\r\\n\\r\\n | HTTP/1.1 100 C\\r\\n\\r\\nHTTP/1.1 426 U\\r\\n\\r\\n | 3",
        "GET / HTTP/1.1\\r\\nUpgrade: x\\r\\n\\r\\n | HTTP/1.1 100 C\\r\\n\\r\\n | 2",
        "CONNECT a:1 HTTP/1.1\\r\\nContent-Length: 9\\r\\n\\r\\n | HTTP/1.1 204 N\\r\\n\\r\\n | 2",
        "CONNECT a:1 HTTP/1.1\\r\\n\\r\\n | HTTP/1.1 403 N\\r\\nContent-Length: 3\\r\\n\\r\\n | 3"
      })
  void waitsForTheAnswer(String first, String answer, int counted) {
    open();
    client("HEAD / HTTP/1.1\r\n\r\n" + text(first) + NEXT);
    assertThat(count()).isEqualTo(2);
    server("HTTP/1.1 200 OK\r\nContent-Length: 300\r\n\r\n");
    client("");
    assertThat(count()).isEqualTo(2);
    server(text(answer));
    client("");

    assertThat(count()).isEqualTo(counted);
  }

  @Test
  void judgesLinesByTheirLength() {
    open();
    client("GET /" + "x".repeat(7987 - 1) + " HTTP/1.1\r\n\r\n");
    assertThat(count()).isEqualTo(1);
    client("GET /" + "x".repeat(7987) + " HTTP/1.1\r\n\r\n");
    assertThat(count()).isEqualTo(1);
    client("M".repeat(127) + " / HTTP/1.1\r\n\r\n");
    assertThat(count(HttpMethod.OTHER)).isEqualTo(1);
    client("M".repeat(128));
    server("x");
    client(NEXT);
    assertThat(count(HttpMethod.DELETE)).isEqualTo(1);
  }

  @Test
  void entersInTheMiddleAtARequest() {
    client("the rest of something /\r\n" + NEXT);
    client(NEXT);
    assertThat(count()).isZero();
    server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    client(NEXT);
    assertThat(count()).isEqualTo(1);
    client("CONNECT a:1 HTTP/1.1\r\n\r\n");
    server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n\r\n");
    client(NEXT);
    assertThat(count()).isEqualTo(2);
    assertThat(reference.isUndetermined()).isFalse();
  }

  /** The truth is known by construction where nothing is spoiled. */
  @Test
  void agreesWithWhatTheGeneratorMeant() {
    for (int number = 0; number < 3000; number++) {
      Dice dice = new Dice(99, number);
      Requests requests = new Requests(dice);
      List<Exchange> exchanges = new ArrayList<>();
      for (int i = dice.between(1, 6); i > 0; i--) {
        exchanges.add(requests.request(i == 1));
      }
      Expectation expectation =
          Expectation.of(
              new PacketStream(Endpoints.of(dice, number), new Wire(dice, exchanges).run(true)));

      long meant = exchanges.stream().filter(ReferenceTest::isShort).count();
      assertThat(LongStream.of(expectation.atEnd()).sum()).as("%d", number).isEqualTo(meant);
      assertThat(expectation.packets()).isEqualTo(expectation.stream().packets().size());
    }
  }

  private static boolean isShort(Exchange exchange) {
    String line = new String(exchange.octets(), ISO_8859_1).replaceAll("^[\r\n]+", "");
    return line.indexOf(" HTTP/1.") + 9 <= 8000;
  }

  @Test
  void streamsAreRepeatable() {
    for (int number = 0; number < 200; number++) {
      PacketStream one = PacketStream.make(5, number);
      PacketStream other = PacketStream.make(5, number);
      assertThat(one.describe()).isEqualTo(other.describe());
      assertThat(Arrays.equals(one.endpoints().client(), other.endpoints().client())).isTrue();
      assertThat(one.endpoints().clientPort()).isEqualTo(other.endpoints().clientPort());
    }
  }
}
