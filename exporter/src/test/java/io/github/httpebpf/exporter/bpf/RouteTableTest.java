package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteTableTest {

  private static final Path SOURCES = Path.of(System.getProperty("httpebpf.root"), "native/src");

  /** The kernel's own hash, to be pasted into a function. */
  private static String mix() throws IOException {
    Matcher source =
        Pattern.compile("__always_inline (__u64 mix\\(.*?\\n}\\n)", Pattern.DOTALL)
            .matcher(Files.readString(SOURCES.resolve("url_scan.h")));
    assertThat(source.find()).isTrue();
    return source.group(1);
  }

  /** Texts of all lengths around words, as the kernel reads them: up to a word that is not full. */
  @Test
  void segmentsHashAsInTheKernel() throws IOException {
    List<String> texts = new ArrayList<>(List.of("", "a", "api", "ä", "水", "~!$&'()+;=:@"));
    for (int length = 7; length <= 26; length++) {
      texts.add("abcdefghijklmnopqrstuvwxyz".substring(0, length));
    }
    StringBuilder list = new StringBuilder();
    texts.forEach(text -> list.append('"').append(text).append("\", "));
    byte[] hashes =
        CSource.run(
            """
            %s
            const char *texts[] = {%s};
            for (unsigned i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
              unsigned long at = 0, length = strlen(texts[i]);
              __u64 hash = 0, word;
              for (; at <= length; at += 8) {
                word = 0;
                memcpy(&word, texts[i] + at, length - at < 8 ? length - at : 8);
                hash = mix(hash, word);
              }
              fwrite(&hash, sizeof(hash), 1, stdout);
            }
            """
                .formatted(mix(), list));
    ByteBuffer words = ByteBuffer.wrap(hashes).order(ByteOrder.nativeOrder());

    for (String text : texts) {
      int octets = text.getBytes(StandardCharsets.UTF_8).length;
      assertThat(new RouteTable(List.of("/{x}/" + text), List.of()).segments())
          .as(text)
          .isEqualTo(Map.of(new RouteTable.Segment(words.getLong(), 1, octets), 1L));
    }
    assertThat(words.hasRemaining()).isFalse();
  }

  @Test
  void bytesAreThoseOfTheKernelsStruct() throws IOException {
    byte[] table =
        CSource.run(
            """
            struct route_table t;
            memset(&t, 0, sizeof(t));
            t.all = 0x1f;
            t.excluded = 0x18;
            t.any[1] = 1;
            t.any[3] = 1;
            t.any[0] = 4;
            t.ends[4] = 1;
            t.tails[1] = 2;
            t.ends[2] = 4;
            t.ends[1] = 8;
            t.tails[0] = 16;
            const char *paths[] = {"/users/{name}/orders/{id}", "/static/*", "/{x}/ä", "/", "/*"};
            for (int i = 0; i < 5; i++) {
              t.lengths[i] = strlen(paths[i]);
              memcpy(t.paths[i], paths[i], strlen(paths[i]));
            }
            fwrite(&t, sizeof(t), 1, stdout);
            """);

    assertThat(
            new RouteTable(
                    List.of("/users/{name}/orders/{id}", "/static/*", "/{x}/ä"), List.of("/", "/*"))
                .encode())
        .isEqualTo(table);
  }

  @Test
  void noRoutesAreZeros() throws IOException {
    byte[] table = CSource.run("static struct route_table t; fwrite(&t, sizeof(t), 1, stdout);");
    assertThat(new RouteTable(List.of(), List.of()).encode()).isEqualTo(table);
    assertThat(new RouteTable(List.of(), List.of()).segments()).isEmpty();
  }

  @Test
  void aTextInOnePlaceIsOneSegmentOfAllRoutesThatHaveIt() {
    Map<RouteTable.Segment, Long> segments =
        new RouteTable(List.of("/a/x", "/a/*"), List.of("/{n}/a", "/a")).segments();

    Map<String, Long> byPlaceAndLength = new LinkedHashMap<>();
    segments.forEach((key, bits) -> byPlaceAndLength.merge(key.place() + "", bits, Long::sum));
    assertThat(byPlaceAndLength).isEqualTo(Map.of("0", 0b1011L, "1", 0b0101L));
    assertThat(segments).hasSize(3);
  }

  @Test
  void thereMayBeSixtyFourOfTwentyFourSegments() {
    String longest = "/a".repeat(24);
    List<String> routes = new ArrayList<>(Collections.nCopies(60, longest));
    RouteTable table = new RouteTable(routes, Collections.nCopies(4, "/" + "x".repeat(239)));

    ByteBuffer words = ByteBuffer.wrap(table.encode()).order(ByteOrder.nativeOrder());
    assertThat(words.getLong(0)).isEqualTo(-1);
    assertThat(words.getLong(8)).isEqualTo(0xfL << 60);
    assertThat(table.segments()).hasSize(25);

    routes.add(longest);
    assertThatThrownBy(() -> new RouteTable(routes, Collections.nCopies(4, "/")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("more than 64 routes");
  }

  @ParameterizedTest
  @CsvSource({
    "'',a path begins with /",
    "a/b,a path begins with /",
    "*,a path begins with /",
    "'/a b','a path has no blanks, no ? and no #'",
    "'/a\t','a path has no blanks, no ? and no #'",
    "/a\u007f,'a path has no blanks, no ? and no #'",
    "/a?b,'a path has no blanks, no ? and no #'",
    "/a#b,'a path has no blanks, no ? and no #'",
    "/a/*/b,'{name} stands for a whole segment, and * for all that follow'",
    "/a*,'{name} stands for a whole segment, and * for all that follow'",
    "/a/**,'{name} stands for a whole segment, and * for all that follow'",
    "/{},'{name} stands for a whole segment, and * for all that follow'",
    "/{a,'{name} stands for a whole segment, and * for all that follow'",
    "/a},'{name} stands for a whole segment, and * for all that follow'",
    "/{a}{b},'{name} stands for a whole segment, and * for all that follow'",
    "/v{a},'{name} stands for a whole segment, and * for all that follow'",
    "/{{a}},'{name} stands for a whole segment, and * for all that follow'"
  })
  void whatIsNoPatternIsRefused(String pattern, String why) {
    for (boolean excluded : new boolean[] {false, true}) {
      List<String> one = List.of(pattern);
      assertThatThrownBy(
              () -> new RouteTable(excluded ? List.of() : one, excluded ? one : List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("route '" + pattern + "': " + why);
    }
  }

  @Test
  void whatIsTooLongIsRefused() {
    String path = "/" + "ä".repeat(120);
    assertThatThrownBy(() -> new RouteTable(List.of(path), List.of()))
        .hasMessage("route '" + path + "': longer than 240 octets");
    String deep = "/a".repeat(25);
    assertThatThrownBy(() -> new RouteTable(List.of(deep), List.of()))
        .hasMessage("route '" + deep + "': more than 24 segments");
  }
}
