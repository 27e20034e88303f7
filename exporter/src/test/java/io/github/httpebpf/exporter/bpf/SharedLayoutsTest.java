package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.Exchanges;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Java and the kernel program agree on sizes and offsets: the compiler tells the header's. */
class SharedLayoutsTest {

  private static List<Integer> numbers(String... expressions) throws IOException {
    byte[] output =
        CSource.run(
            "int numbers[] = {%s}; fwrite(numbers, sizeof(numbers), 1, stdout);"
                .formatted(String.join(", ", expressions)));
    ByteBuffer words = ByteBuffer.wrap(output).order(ByteOrder.nativeOrder());
    List<Integer> numbers = new ArrayList<>();
    while (words.hasRemaining()) {
      numbers.add(words.getInt());
    }
    return numbers;
  }

  @Test
  void outcomes() throws IOException {
    assertThat(
            numbers(
                "DURATION_BUCKETS",
                "__builtin_offsetof(struct exchange_counts, nanoseconds)",
                "__builtin_offsetof(struct exchange_counts, unanswered)",
                "__builtin_offsetof(struct exchange_counts, request_octets)",
                "__builtin_offsetof(struct exchange_counts, response_octets)",
                "sizeof(struct exchange_counts)",
                "EXCHANGE_MAP_ENTRIES",
                "RESPONSE_MAP_ENTRIES"))
        .containsExactly(
            Exchanges.BOUNDS.size() + 1,
            15 * Long.BYTES,
            16 * Long.BYTES,
            17 * Long.BYTES,
            18 * Long.BYTES,
            MapShape.EXCHANGES.valueSize(),
            MapShape.EXCHANGES.maxEntries(),
            MapShape.RESPONSES.maxEntries());
  }

  @Test
  void urls() throws IOException {
    assertThat(
            numbers(
                "sizeof(struct url_counts)",
                "__builtin_offsetof(struct url_counts, responses)",
                "__builtin_offsetof(struct url_counts, nanoseconds)",
                "sizeof(struct url_name)",
                "__builtin_offsetof(struct url_name, path_length)",
                "__builtin_offsetof(struct url_name, host)",
                "__builtin_offsetof(struct url_name, path)",
                "STATUS_SHIFT",
                "sizeof(struct series_key)",
                "__builtin_offsetof(struct series_key, method)"))
        .containsExactly(
            MapShape.URL_COUNTS_SIZE,
            Long.BYTES,
            2 * Long.BYTES,
            MapShape.URL_NAME_SIZE,
            Short.BYTES,
            UrlReader.HOST_OFFSET,
            UrlReader.PATH_OFFSET,
            UrlReader.STATUS_SHIFT,
            2 * Long.BYTES,
            Long.BYTES);
  }

  @Test
  void routes() throws IOException {
    RouteTable table = new RouteTable(List.of(), List.of());
    assertThat(numbers("ROUTES_MAX", "sizeof(struct route_table)", "sizeof(struct route_key)"))
        .containsExactly(RouteTable.MAX, table.encode().length, 2 * Long.BYTES);
  }

  @Test
  void traces() throws IOException {
    assertThat(numbers("TRACE_ELEMENTS", "TRACE_UNTIL", "TRACE_DROPPED", "TRACE_DROPPED_ANSWERS"))
        .containsExactly(
            MapShape.TRACE.maxEntries(),
            TraceMaps.UNTIL,
            TraceMaps.DROPPED,
            TraceMaps.DROPPED_ANSWERS);
  }
}
