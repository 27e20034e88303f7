package io.github.httpebpf.exporter.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program tells, read. */
class TraceRecordTest {

  private static TraceRecord request(String host, String path, boolean cut) {
    byte[] octets = Records.requestOctets(1, 1, Records.octets(host), Records.octets(path));
    octets[TraceRecord.HOST_CUT_OFFSET] = (byte) (cut ? 1 : 0);
    octets[TraceRecord.PATH_CUT_OFFSET] = (byte) (cut ? 1 : 0);
    return TraceRecord.of(octets).orElseThrow();
  }

  @Test
  void aRequestHasAllItsFields() {
    byte[] octets =
        Records.with(
            Records.requestOctets(
                9, -1, Records.octets("A.Example:80\r"), Records.octets("/a%20b")),
            TraceRecord.METHOD_OFFSET,
            HttpMethod.PATCH.id());
    TraceRecord record = TraceRecord.of(octets).orElseThrow();

    assertThat(record.connection()).isEqualTo(9);
    assertThat(record.number()).isEqualTo(-1);
    assertThat(record.began()).isEqualTo(Records.BEGAN);
    assertThat(record.method()).isEqualTo(HttpMethod.PATCH);
    assertThat(record.client()).hasToString("192.0.2.7:51234");
    assertThat(record.server()).hasToString("10.0.0.1:8080");
    assertThat(record.host()).contains("a.example");
    assertThat(record.path()).contains("/a%20b");
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          EXAMPLE.org,        example.org
          a.example:8080,     a.example
          'a.example ',       a.example
          'a\tb',             a
          [FD00::1]:80,       [fd00::1]
          [fd00::1],          [fd00::1]
          [::1,               [::1
          '',                 ''
          :80,                ''
          'a\u00e9',          'a\\xe9'
          """)
  void hostsAreThoseOfLabels(String sent, String label) {
    assertThat(request(sent.replace("\\t", "\t"), "/", false).host()).contains(label);
  }

  @Test
  void whatWasCutSaysSo() {
    assertThat(request("a.example", "/long", true).path()).contains("/long…");
    assertThat(request("a.example", "/long", true).host()).contains("a.example…");
    assertThat(request("a.example:80", "/", true).host()).contains("a.example");
    assertThat(request("[fd00", "/", true).host()).contains("[fd00…");
  }

  @Test
  void whatIsNotKnownIsNothing() {
    byte[] octets = Records.requestOctets(1, 1, new byte[0], new byte[0]);
    octets[TraceRecord.UNKNOWN_OFFSET] = 1;
    TraceRecord record = TraceRecord.of(octets).orElseThrow();

    assertThat(record.host()).isEmpty();
    assertThat(record.path()).isEmpty();
  }

  /** Terminals obey control characters, show blanks as blanks, and may turn text around. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          /\u001b[2J,            /\\x1b[2J
          /\u0007\u007f,         /\\x07\\x7f
          /a\\b,                 /a\\x5cb
          /\u00c3\u00a9,         /é
          /\u00c3,               /\\xc3
          /\u00c2\u009b31m,      /\\xc2\\x9b31m
          /\u00e2\u0080\u00ae,   /\\xe2\\x80\\xae
          /\u00e2\u0080\u00a8,   /\\xe2\\x80\\xa8
          /\u00c2\u00a0,         /\\xc2\\xa0
          /\u00ed\u00a0\u0080,   /\\xed\\xa0\\x80
          '/a b',                /a\\x20b
          /\u00f0\u009f\u0098\u0080, /😀
          """)
  void hostileOctetsReachNoTerminal(String sent, String shown) {
    TraceRecord record = request(sent, sent, false);

    assertThat(record.path()).contains(shown.replace("\\\\", "\\"));
    assertThat(record.host().orElseThrow()).matches("[\\x21-\\x7e\\u00e9\\ud83d\\ude00]*");
  }

  @Test
  void otherKindsAndCutRecordsArePassedOver() {
    byte[] whole = Records.requestOctets(1, 1, Records.octets("a"), Records.octets("/"));

    assertThat(TraceRecord.of(whole)).isPresent();
    for (int length = 0; length < whole.length; length++) {
      assertThat(TraceRecord.of(Arrays.copyOf(whole, length))).as("%d", length).isEmpty();
    }
    for (int kind : new int[] {0, 5, 127, -1}) {
      assertThat(TraceRecord.of(Records.with(whole, TraceRecord.KIND_OFFSET, kind))).isEmpty();
    }
  }

  @Test
  void anyOctetsAreReadOrPassedOver() {
    Random random = new Random(20_261_126);
    for (int i = 0; i < 20_000; i++) {
      byte[] octets = new byte[random.nextInt(700)];
      random.nextBytes(octets);
      if (octets.length > TraceRecord.KIND_OFFSET) {
        octets[TraceRecord.KIND_OFFSET] = (byte) (1 + random.nextInt(4));
      }
      if (octets.length > TraceRecord.TEXT_OFFSET) {
        octets[TraceRecord.HOST_LENGTH_OFFSET + 1] = 0;
        octets[TraceRecord.PATH_LENGTH_OFFSET + 1] = 0;
      }
      Optional<TraceRecord> record = TraceRecord.of(octets);
      record.filter(TraceRecord::isRequest).ifPresent(TraceRecordTest::readAll);
    }
  }

  private static void readAll(TraceRecord record) {
    String all = record.host() + "" + record.path() + record.client() + record.server();
    assertThat(all.chars()).noneMatch(each -> each < ' ' || (each >= 0x7f && each < 0xa0));
    assertThat(record.method()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "0:0:0:0:0:0:0:1, ::1",
    "0:0:0:0:0:0:0:0, ::",
    "fd00:203:0:0:0:0:0:2, fd00:203::2",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
    "fe80:0:0:0:0:0:0:0, fe80::",
    "0:0:0:0:0:ffff:c000:207, ::ffff:c000:207",
    "0:0:0:0:0:0:c000:207, 192.0.2.7",
    "0:0:0:0:0:0:7f00:1, 127.0.0.1",
  })
  void addressesAreAsUsersWriteThem(String groups, String text) {
    byte[] address = new byte[16];
    String[] words = groups.split(":", -1);
    for (int i = 0; i < words.length; i++) {
      int group = Integer.parseInt(words[i], 16);
      address[2 * i] = (byte) (group >> 8);
      address[2 * i + 1] = (byte) group;
    }
    assertThat(AddressText.of(address)).isEqualTo(text);
    assertThat(new Endpoint(text, 80))
        .hasToString(text.contains(":") ? "[" + text + "]:80" : text + ":80");
  }
}
