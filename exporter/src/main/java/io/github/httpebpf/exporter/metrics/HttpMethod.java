package io.github.httpebpf.exporter.metrics;

/**
 * A request method as the kernel program tells them apart: RFC 9110 section 9.3, PATCH of RFC 5789,
 * and one for all the rest. Ids are those of {@code enum http_method} in {@code http_counter.h}.
 */
public enum HttpMethod {
  OTHER(0, "_OTHER"),
  GET(1, "GET"),
  HEAD(2, "HEAD"),
  POST(3, "POST"),
  PUT(4, "PUT"),
  DELETE(5, "DELETE"),
  CONNECT(6, "CONNECT"),
  OPTIONS(7, "OPTIONS"),
  TRACE(8, "TRACE"),
  PATCH(9, "PATCH");

  /** {@link #values} makes a copy each time. */
  private static final HttpMethod[] ALL = values();

  private final int id;
  private final String label;

  HttpMethod(int id, String label) {
    this.id = id;
    this.label = label;
  }

  /** The value of the label {@code method}; {@code _OTHER} is how OpenTelemetry names the rest. */
  public String label() {
    return label;
  }

  /** The key in {@code request_map}. */
  public int id() {
    return id;
  }

  /**
   * The method of a key in {@code request_map}. An id that only a newer program writes is a method
   * that this version has no name for, hence {@link #OTHER}.
   *
   * @throws IllegalArgumentException if {@code id} is negative
   */
  public static HttpMethod ofId(int id) {
    if (id < 0) {
      throw new IllegalArgumentException("not a method id: " + id);
    }
    for (HttpMethod method : ALL) {
      if (method.id == id) {
        return method;
      }
    }
    return OTHER;
  }
}
