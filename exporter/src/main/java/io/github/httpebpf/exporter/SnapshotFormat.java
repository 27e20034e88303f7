package io.github.httpebpf.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/** Snapshots as {@code show} prints them. */
final class SnapshotFormat {

  private static final JsonFactory JSON =
      new JsonFactory().disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private SnapshotFormat() {}

  /** A block a capture: requests by method, then the ledger. */
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
          json.writeObjectFieldStart("requests");
          for (Map.Entry<HttpMethod, Long> entry : counts.requests().entrySet()) {
            json.writeNumberField(entry.getKey().label(), entry.getValue());
          }
          json.writeEndObject();
          json.writeObjectFieldStart("packets");
          for (Map.Entry<String, Long> entry : counts.packets().entrySet()) {
            json.writeNumberField(entry.getKey(), entry.getValue());
          }
          json.writeEndObject();
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
}
