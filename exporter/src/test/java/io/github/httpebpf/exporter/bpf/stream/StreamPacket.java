package io.github.httpebpf.exporter.bpf.stream;

import java.nio.charset.StandardCharsets;

/**
 * A TCP segment as it passes the interface.
 *
 * @param toServer received from the client; otherwise sent by the server
 */
@SuppressWarnings("ArrayRecordComponent")
public record StreamPacket(boolean toServer, int sequence, int ack, int flags, byte[] data) {

  static final int FIN = 1;
  static final int SYN = 2;
  static final int RST = 4;
  static final int PUSH = 8;
  static final int ACK = 16;

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** The sequence number behind the last octet. */
  int end() {
    return sequence + data.length;
  }

  /** A line for people; numbers count from those that are given. */
  String describe(int clientStart, int serverStart) {
    StringBuilder line = new StringBuilder(toServer ? "> " : "< ");
    line.append(sequence - (toServer ? clientStart : serverStart));
    if (has(ACK)) {
      line.append(" ack ").append(ack - (toServer ? serverStart : clientStart));
    }
    line.append(has(SYN) ? " SYN" : "").append(has(FIN) ? " FIN" : "");
    line.append(has(RST) ? " RST" : "");
    if (data.length > 0) {
      line.append(' ').append(data.length).append(' ').append(printable());
    }
    return line.toString();
  }

  private String printable() {
    StringBuilder text = new StringBuilder("\"");
    String octets = new String(data, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < octets.length(); i++) {
      char c = octets.charAt(i);
      switch (c) {
        case '\r' -> text.append("\\r");
        case '\n' -> text.append("\\n");
        case '\t' -> text.append("\\t");
        case '"', '\\' -> text.append('\\').append(c);
        default -> text.append(c >= ' ' && c <= '~' ? "" + c : "\\x%02x".formatted((int) c));
      }
      if (i == 700 && octets.length() > 1000) {
        text.append("\" … \"");
        i = octets.length() - 201;
      }
    }
    return text.append('"').toString();
  }
}
