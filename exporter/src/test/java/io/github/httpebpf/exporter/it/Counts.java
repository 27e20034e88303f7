package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One capture's counts at a moment.
 *
 * @param requests by method label
 * @param packets the ledger, by result label
 */
record Counts(Map<String, Long> requests, Map<String, Long> packets) {

  /** Reads the output of {@code show --json}. */
  static Counts ofJson(String json, String interfaceName) {
    Map<String, Map<String, Long>> fields = new LinkedHashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      boolean wanted = false;
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
          wanted = parser.getText().equals(interfaceName);
        } else if (wanted && parser.currentToken() == JsonToken.START_OBJECT) {
          fields.put(parser.currentName(), numbers(parser));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
    assertThat(fields).as(json).containsKeys("requests", "packets");
    return new Counts(
        fields.getOrDefault("requests", Map.of()), fields.getOrDefault("packets", Map.of()));
  }

  private static Map<String, Long> numbers(JsonParser parser) throws IOException {
    Map<String, Long> numbers = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      parser.nextToken();
      numbers.put(name, parser.getLongValue());
    }
    return numbers;
  }

  long requests(String method) {
    return requests.getOrDefault(method, 0L);
  }

  long allRequests() {
    return requests.values().stream().mapToLong(Long::longValue).sum();
  }

  long packets(String result) {
    return packets.getOrDefault(result, 0L);
  }

  long allPackets() {
    return packets.values().stream().mapToLong(Long::longValue).sum();
  }
}
