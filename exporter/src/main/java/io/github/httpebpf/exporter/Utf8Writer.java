package io.github.httpebpf.exporter;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;

/**
 * Writes UTF-8. simpleclient writes labels character by character, each of which costs an {@link
 * java.io.OutputStreamWriter} an array and a lock. Not thread-safe.
 */
final class Utf8Writer extends Writer {

  private static final int ASCII = 0x80;

  private final OutputStream out;
  private final byte[] octets = new byte[8192];
  private int length;

  /** The first of two that are one character; 0: none is waiting. */
  private char high;

  /** Closes it. */
  Utf8Writer(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int character) throws IOException {
    if (character < ASCII && high == 0) {
      put((byte) character);
    } else {
      encode((char) character);
    }
  }

  @Override
  public void write(String text, int offset, int count) throws IOException {
    for (int i = offset; i < offset + count; i++) {
      write(text.charAt(i));
    }
  }

  @Override
  public void write(char[] text, int offset, int count) throws IOException {
    for (int i = offset; i < offset + count; i++) {
      write(text[i]);
    }
  }

  private void encode(char character) throws IOException {
    if (high == 0 && Character.isHighSurrogate(character)) {
      high = character;
      return;
    }
    String whole = high == 0 ? String.valueOf(character) : "" + high + character;
    high = 0;
    for (byte octet : whole.getBytes(StandardCharsets.UTF_8)) {
      put(octet);
    }
  }

  private void put(byte octet) throws IOException {
    if (length == octets.length) {
      drain();
    }
    octets[length++] = octet;
  }

  private void drain() throws IOException {
    out.write(octets, 0, length);
    length = 0;
  }

  @Override
  public void flush() throws IOException {
    drain();
    out.flush();
  }

  @Override
  public void close() throws IOException {
    drain();
    out.close();
  }
}
