package io.github.httpebpf.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/** Snapshots as {@code show} prints them. */
final class SnapshotFormat {

  private static final JsonFactory JSON =
      new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private SnapshotFormat() {}

  /**
   * A block a capture: requests by method, the ledger, what could not be counted, then outcomes.
   */
  static void text(List<CaptureSnapshot> snapshots, PrintWriter out) {
    for (CaptureSnapshot snapshot : snapshots) {
      CaptureCounts counts = snapshot.counts();
      if (counts == null) {
        out.printf("%s: cannot be read%n", snapshot.interfaceName());
        continue;
      }
      out.printf(
          "%s:%s%n",
          snapshot.interfaceName(), snapshot.interfaceExists() ? "" : " (interface gone)");
      counts
          .requests()
          .forEach((method, requests) -> out.printf("  %-20s %15d%n", method.label(), requests));
      out.printf("  packets:%n");
      counts
          .packets()
          .forEach((result, packets) -> out.printf("    %-18s %15d%n", result, packets));
      SequencedMap<String, Long> unseen = counts.unseenConnections();
      if (unseen != null) {
        out.printf("  unseen connections:%n");
        unseen.forEach((protocol, count) -> out.printf("    %-18s %15d%n", protocol, count));
      }
      OutcomeFormat.text(counts, out);
    }
  }

  /** One line of JSON; its form is fixed in docs/show-json.md. */
  static void json(List<CaptureSnapshot> snapshots, PrintWriter out) {
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      json.writeArrayFieldStart("captures");
      for (CaptureSnapshot snapshot : snapshots) {
        json.writeStartObject();
        json.writeStringField("interface", snapshot.interfaceName());
        json.writeBooleanField("up", snapshot.up());
        CaptureCounts counts = snapshot.counts();
        if (counts != null) {
          SequencedMap<String, Long> requests = new LinkedHashMap<>();
          counts.requests().forEach((method, count) -> requests.put(method.label(), count));
          numbers(json, "requests", requests);
          numbers(json, "packets", counts.packets());
          SequencedMap<String, Long> unseen = counts.unseenConnections();
          if (unseen != null) {
            numbers(json, "unseen_connections", unseen);
          }
          OutcomeFormat.json(counts, json);
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    out.println();
  }

  static void numbers(JsonGenerator json, String name, Map<String, Long> numbers)
      throws IOException {
    json.writeObjectFieldStart(name);
    for (Map.Entry<String, Long> entry : numbers.entrySet()) {
      json.writeNumberField(entry.getKey(), entry.getValue());
    }
    json.writeEndObject();
  }
}
