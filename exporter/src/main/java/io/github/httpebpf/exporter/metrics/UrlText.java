package io.github.httpebpf.exporter.metrics;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * Octets that a client sent, as the text of a label: nothing is dropped, and no two are the same.
 */
public final class UrlText {

  private UrlText() {}

  /**
   * Reads UTF-8. What is none, what is not to be seen, and a backslash becomes {@code \x} and two
   * hexadecimal digits for each octet.
   */
  public static String of(byte[] octets) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(octets);
    CharBuffer out = CharBuffer.allocate(octets.length);
    StringBuilder text = new StringBuilder();
    while (true) {
      CoderResult result = decoder.decode(in, out, true);
      append(text, out.flip());
      out.clear();
      if (!result.isError()) {
        return text.toString();
      }
      for (int i = 0; i < result.length(); i++) {
        escape(text, in.get());
      }
      decoder.reset();
    }
  }

  private static void append(StringBuilder text, CharBuffer characters) {
    characters
        .codePoints()
        .forEach(
            each -> {
              if (each == '\\' || Character.getType(each) == Character.CONTROL) {
                for (byte octet : Character.toString(each).getBytes(StandardCharsets.UTF_8)) {
                  escape(text, octet);
                }
              } else {
                text.appendCodePoint(each);
              }
            });
  }

  private static void escape(StringBuilder text, byte octet) {
    text.append("\\x").append("%02x".formatted(octet));
  }
}
