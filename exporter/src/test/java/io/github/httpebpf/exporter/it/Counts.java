package io.github.httpebpf.exporter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.PacketResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

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
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
          // Another capture has no name before it.
          wanted &= parser.currentName() != null;
          if (wanted) {
            fields.put(parser.currentName(), numbers(parser));
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
    assertThat(fields).as(json).containsKeys("requests", "packets");
    return new Counts(
        fields.getOrDefault("requests", Map.of()), fields.getOrDefault("packets", Map.of()));
  }

  /** Reads a capture's pins by bpftool: faster than {@code show}. */
  static Counts pinned(Path capture) {
    List<Long> requestSums = Dump.of(capture.resolve("request_map")).sums();
    List<Long> packetSums = Dump.of(capture.resolve("packet_map")).sums();
    Map<String, Long> requests = new LinkedHashMap<>();
    Map<String, Long> packets = new LinkedHashMap<>();
    for (HttpMethod method : HttpMethod.values()) {
      requests.put(method.label(), requestSums.get(method.id()));
    }
    for (PacketResult result : PacketResult.values()) {
      packets.put(result.label(), packetSums.get(result.id()));
    }
    return new Counts(requests, packets);
  }

  /** Reads the output of {@code show}. */
  static Counts ofText(String text, String interfaceName) {
    Map<String, Long> requests = new LinkedHashMap<>();
    Map<String, Long> packets = new LinkedHashMap<>();
    boolean wanted = false;
    String block = "";
    for (String line : text.lines().toList()) {
      String[] words = line.strip().split(" +", -1);
      if (!line.startsWith(" ")) {
        wanted = line.startsWith(interfaceName + ":");
        block = "requests";
      } else if (line.endsWith(":")) {
        block = line.strip().replace(":", "");
      } else if (wanted && block.equals("requests")) {
        requests.put(words[0], Long.valueOf(words[1]));
      } else if (wanted && block.equals("packets")) {
        packets.put(words[0], Long.valueOf(words[1]));
      }
    }
    return new Counts(requests, packets);
  }

  /** Reads an exposition. */
  static Counts ofScrape(String exposition, String interfaceName) {
    return new Counts(
        samples(exposition, "http_requests_total", "method", interfaceName),
        samples(exposition, "http_ebpf_exporter_packets_total", "result", interfaceName));
  }

  private static Map<String, Long> samples(
      String exposition, String metric, String label, String interfaceName) {
    Map<String, Long> samples = new LinkedHashMap<>();
    Pattern.compile(
            "^%s\\{%s=\"(\\w+)\",interface=\"%s\",?\\} (\\S+)$"
                .formatted(metric, label, Pattern.quote(interfaceName)),
            Pattern.MULTILINE)
        .matcher(exposition)
        .results()
        .forEach(match -> samples.put(match.group(1), (long) Double.parseDouble(match.group(2))));
    return samples;
  }

  private static Map<String, Long> numbers(JsonParser parser) throws IOException {
    Map<String, Long> numbers = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
        numbers.put(name, parser.getLongValue());
      } else {
        parser.skipChildren();
      }
    }
    return numbers;
  }

  /** What has been added since; all results and methods are there. */
  Counts minus(Counts before) {
    return new Counts(minus(requests, before.requests), minus(packets, before.packets));
  }

  private static Map<String, Long> minus(Map<String, Long> after, Map<String, Long> before) {
    Map<String, Long> difference = new LinkedHashMap<>();
    after.forEach((name, count) -> difference.put(name, count - before.getOrDefault(name, 0L)));
    return difference;
  }

  /** The ledger without what is 0, and without TCP's own packets, which have no data. */
  Map<String, Long> withPayload() {
    Map<String, Long> results = new LinkedHashMap<>(packets);
    results.values().removeIf(count -> count == 0);
    results.remove("no_payload");
    return results;
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
