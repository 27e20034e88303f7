package io.github.httpebpf.exporter.bpf.stream;

/** Reads octets one after the other; whoever meets a hole stops, and begins anew when it closes. */
final class OctetReader {

  /** Why reading ended before the message did. */
  static final class Stop extends Exception {
    private static final long serialVersionUID = 1;

    private final boolean lost;

    private Stop(boolean lost) {
      super(lost ? "lost" : "missing", null, false, false);
      this.lost = lost;
    }

    /** An octet that has to be read is not there yet. */
    static Stop missing() {
      return new Stop(false);
    }

    /** What was read cannot be followed. */
    static Stop lost() {
      return new Stop(true);
    }

    boolean isLost() {
      return lost;
    }
  }

  private final Octets octets;
  private long position;

  OctetReader(Octets octets, long position) {
    this.octets = octets;
    this.position = position;
  }

  long position() {
    return position;
  }

  int peek() throws Stop {
    if (!octets.has(position)) {
      throw Stop.missing();
    }
    return octets.at(position);
  }

  int next() throws Stop {
    int octet = peek();
    position++;
    return octet;
  }

  /** Passes over octets, whether they are there or not. */
  void skip(long count) {
    position += count;
  }

  /** Reads a line, whose end is LF or CRLF and does not belong to it. */
  String line() throws Stop {
    StringBuilder line = new StringBuilder();
    for (int octet = next(); octet != '\n'; octet = next()) {
      line.append((char) octet);
    }
    boolean carriageReturn = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
    return carriageReturn ? line.substring(0, line.length() - 1) : line.toString();
  }

  void skipLine() throws Stop {
    while (next() != '\n') {}
  }

  /** RFC 9112 section 7.1: chunks, the last one of size 0, and the trailer. */
  void skipChunks() throws Stop {
    long size = chunkSize();
    while (size > 0) {
      skip(size);
      int octet = next();
      if (octet != '\n' && (octet != '\r' || next() != '\n')) {
        throw Stop.lost();
      }
      size = chunkSize();
    }
    while (!line().isEmpty()) {}
  }

  /** 1 to 15 digits; extensions, and whatever else is on the line, do not matter. */
  private long chunkSize() throws Stop {
    long size = 0;
    int digits = 0;
    int octet = next();
    for (; Character.digit(octet, 16) >= 0 && octet < 0x80; octet = next()) {
      size = size * 16 + Character.digit(octet, 16);
      if (++digits > 15) {
        throw Stop.lost();
      }
    }
    if (digits == 0 || " \t;\r\n".indexOf(octet) < 0) {
      throw Stop.lost();
    }
    if (octet != '\n') {
      skipLine();
    }
    return size;
  }
}
