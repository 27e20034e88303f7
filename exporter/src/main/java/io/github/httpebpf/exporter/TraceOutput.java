package io.github.httpebpf.exporter;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Standard output, by lines. They are written in pieces that a pipe takes whole or not at all, so
 * that it is known which of them a reader that stopped reading has got. One thread writes; any may
 * ask how much was written.
 */
final class TraceOutput {

  /** {@code PIPE_BUF} of {@code linux/limits.h}; no line is longer. */
  private static final int PIECE = 4096;

  private final OutputStream out;
  private final Charset charset;
  private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE);
  private int lines;
  private final AtomicLong written = new AtomicLong();

  /** Does not own the stream, which has no buffer. */
  TraceOutput(OutputStream out, Charset charset) {
    this.out = out;
    this.charset = charset;
  }

  /** Adds a line; those before it may be written. */
  void line(String text) throws IOException {
    byte[] octets = (text + "\n").getBytes(charset);
    if (piece.size() + octets.length > PIECE) {
      flush();
    }
    piece.writeBytes(octets);
    lines++;
  }

  /** Writes what has been added. */
  void flush() throws IOException {
    if (lines > 0) {
      out.write(piece.toByteArray());
      piece.reset();
      written.addAndGet(lines);
      lines = 0;
    }
  }

  /** How many lines were. */
  long written() {
    return written.get();
  }

  /**
   * Whether that standard output cannot be written means that its reader has gone, as head does.
   */
  static boolean isPipe() {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/1")).toString();
      return target.startsWith("pipe:") || target.startsWith("socket:");
    } catch (IOException e) {
      return false;
    }
  }
}
