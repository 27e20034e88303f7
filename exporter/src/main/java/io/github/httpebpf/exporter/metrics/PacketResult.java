package io.github.httpebpf.exporter.metrics;

import java.util.Locale;

/**
 * What the kernel program made of a packet: every packet that it saw is under exactly one of these.
 * Ids are those of {@code enum packet_result} in {@code http_counter.h}, which says what each of
 * them means.
 */
public enum PacketResult {
  REQUEST(0),
  NO_PAYLOAD(1),
  NOT_HTTP(2),
  TLS(3),
  HTTP2(4),
  NOT_TCP(5),
  FRAGMENT(6),
  TRUNCATED(7),
  LINE_TOO_LONG(8),
  EXCLUDED(9),
  ENCAPSULATED(10),
  MALFORMED(11),
  LINE_INCOMPLETE(12),
  HEAD_CONTINUED(13),
  BODY(14),
  RETRANSMISSION(15),
  OUT_OF_ORDER(16),
  RESPONSE(17),
  TUNNEL(18),
  UNDECIDED(19),
  RESYNC(20);

  private final int id;
  private final String label;

  PacketResult(int id) {
    this.id = id;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  /** The value of the label {@code result}. */
  public String label() {
    return label;
  }

  /** The key in {@code packet_map}. */
  public int id() {
    return id;
  }

  /**
   * The label of a key in {@code packet_map}: {@code unknown_ID} for an id that only a newer
   * program writes, so that the sum over all results stays the number of runs.
   *
   * @throws IllegalArgumentException if {@code id} is negative
   */
  public static String labelOf(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("not a packet result id: " + id);
    }
    for (PacketResult result : values()) {
      if (result.id == id) {
        return result.label;
      }
    }
    return "unknown_" + id;
  }
}
