package io.github.httpebpf.exporter.metrics;

import java.util.Locale;

/**
 * What connections carry that cannot be counted. Ids are those of {@code enum unseen_protocol} in
 * {@code http_counter.h}, which says what each of them means.
 */
public enum UnseenProtocol {
  TLS(0),
  HTTP2(1),
  QUIC(2),
  TUNNEL(3);

  private final int id;
  private final String label;

  UnseenProtocol(int id) {
    this.id = id;
    this.label = name().toLowerCase(Locale.ROOT);
  }

  /** The value of the label {@code protocol}. */
  public String label() {
    return label;
  }

  /** The key in {@code unseen_map}. */
  public int id() {
    return id;
  }

  /**
   * The label of a key in {@code unseen_map}: {@code unknown_ID} for an id that only a newer
   * program writes.
   *
   * @throws IllegalArgumentException if {@code id} is negative
   */
  public static String labelOf(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("not an unseen protocol's id: " + id);
    }
    for (UnseenProtocol protocol : values()) {
      if (protocol.id == id) {
        return protocol.label;
      }
    }
    return "unknown_" + id;
  }
}
