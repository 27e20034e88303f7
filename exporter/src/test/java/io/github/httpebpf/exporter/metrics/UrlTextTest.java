package io.github.httpebpf.exporter.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTextTest {

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/a b\"'{}<>", "/ä/ß", "/水…", "/\uD83D\uDE00", "/%ff?"})
  void whatCanBeReadIsKept(String text) {
    assertThat(UrlText.of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(text);
  }

  /** Control characters are in C0, DEL and C1; a sequence that is cut off is no character. */
  @ParameterizedTest
  @CsvSource({
    "2f00, /\\x00",
    "0a0d09, \\x0a\\x0d\\x09",
    "7f61, \\x7fa",
    "c285, \\xc2\\x85",
    "2fff2f, /\\xff/",
    "c3, \\xc3",
    "c361, \\xc3a",
    "c0af, \\xc0\\xaf",
    "e28061, \\xe2\\x80a",
    "eda080, \\xed\\xa0\\x80",
    "f4908080, \\xf4\\x90\\x80\\x80",
    "f09f98, \\xf0\\x9f\\x98",
    "c3e280a6, \\xc3…",
    "fffec3a4ff, \\xff\\xfeä\\xff",
    "615c62, a\\x5cb"
  })
  void whatCannotIsItsOctets(String octets, String text) {
    assertThat(UrlText.of(HexFormat.of().parseHex(octets))).isEqualTo(text);
  }

  /** Or two series would have the same labels, and a scraper take one of them only. */
  @Test
  void noTwoHaveTheSameText() {
    byte[] escaped = "/\\xff".getBytes(StandardCharsets.UTF_8);
    assertThat(UrlText.of(escaped)).isNotEqualTo(UrlText.of(new byte[] {'/', (byte) 0xff}));

    Set<String> texts = new HashSet<>();
    for (int octets = 0; octets < 1 << Short.SIZE; octets++) {
      texts.add(UrlText.of(new byte[] {(byte) (octets >> Byte.SIZE), (byte) octets}));
    }
    assertThat(texts.size()).isEqualTo(1 << Short.SIZE);
  }
}
