package io.github.httpebpf.exporter.trace;

import io.github.httpebpf.exporter.metrics.UrlText;
import java.nio.charset.StandardCharsets;

/**
 * What others chose, such as octets that a client sent, as one word of a line on a terminal: as
 * {@link UrlText}, but blanks, and what turns the direction of text or is not to be seen, are
 * octets, too.
 */
public final class LineText {

  /** Behind what was cut. */
  static final String CUT = "…";

  private LineText() {}

  /** A name. */
  public static String of(String name) {
    return of(name.getBytes(StandardCharsets.UTF_8));
  }

  static String of(byte[] octets) {
    String text = UrlText.of(octets);
    return text.codePoints().allMatch(LineText::isPlain) ? text : escaped(text);
  }

  private static boolean isPlain(int character) {
    return switch (Character.getType(character)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.PRIVATE_USE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(
            each -> {
              if (isPlain(each)) {
                escaped.appendCodePoint(each);
              } else {
                for (byte octet : Character.toString(each).getBytes(StandardCharsets.UTF_8)) {
                  escaped.append("\\x%02x".formatted(octet));
                }
              }
            });
    return escaped.toString();
  }
}
