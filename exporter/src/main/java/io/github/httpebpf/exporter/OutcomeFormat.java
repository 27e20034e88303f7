package io.github.httpebpf.exporter;

import static java.util.Comparator.comparingLong;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.Exchanges;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.Urls;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/** What became of requests, and requests by URL, as {@code show} prints them. */
final class OutcomeFormat {

  private OutcomeFormat() {}

  /** A series by URL, as far as it is the same in requests and responses. */
  private record Key(HttpMethod method, Urls.Url url) {}

  /** Without zeros. */
  static void text(CaptureCounts counts, PrintWriter out) {
    Exchanges exchanges = counts.exchanges();
    if (exchanges != null) {
      Map<String, Long> responses = new LinkedHashMap<>();
      byMethodAndCode(exchanges)
          .forEach(
              (method, codes) ->
                  codes.forEach((code, count) -> responses.put(method + " " + code, count)));
      block("responses", responses, out);
      block("unanswered", byMethod(exchanges, Exchanges.Outcome::unanswered), out);
      block("request bytes", byMethod(exchanges, Exchanges.Outcome::requestBytes), out);
      block("response bytes", byMethod(exchanges, Exchanges.Outcome::responseBytes), out);
    }
    counts.urls().ifPresent(urls -> urls(urls, out));
  }

  private static void block(String name, Map<String, Long> rows, PrintWriter out) {
    if (rows.values().stream().anyMatch(count -> count != 0)) {
      out.printf("  %s:%n", name);
      rows.forEach(
          (row, count) -> {
            if (count != 0) {
              out.printf("    %-18s %15d%n", row, count);
            }
          });
    }
  }

  private static void urls(Urls urls, PrintWriter out) {
    out.printf("  urls, at most %d:%n", urls.limit());
    for (Urls.Requests each : sorted(urls)) {
      out.printf("    %-8s %25d  %s%n", each.method().label(), each.requests(), place(each.url()));
    }
  }

  /** A URL as it is written; what has no series of its own is one word. */
  static String place(Urls.Url url) {
    return url.equals(Urls.Url.REST) ? LabelledRequests.REST : url.host() + url.path();
  }

  /** Fields that follow others; those that an older version did not count are left out. */
  static void json(CaptureCounts counts, JsonGenerator json) throws IOException {
    Exchanges exchanges = counts.exchanges();
    if (exchanges != null) {
      SnapshotFormat.numbers(
          json, "request_bytes", byMethod(exchanges, Exchanges.Outcome::requestBytes));
      if (exchanges.answersSeen()) {
        SnapshotFormat.numbers(
            json, "response_bytes", byMethod(exchanges, Exchanges.Outcome::responseBytes));
        SnapshotFormat.numbers(
            json, "unanswered", byMethod(exchanges, Exchanges.Outcome::unanswered));
        json.writeObjectFieldStart("responses");
        for (Map.Entry<String, SequencedMap<String, Long>> each :
            byMethodAndCode(exchanges).entrySet()) {
          SnapshotFormat.numbers(json, each.getKey(), each.getValue());
        }
        json.writeEndObject();
      }
    }
    if (counts.urls().isPresent()) {
      urls(counts.urls().get(), json);
    }
  }

  private static void urls(Urls urls, JsonGenerator json) throws IOException {
    Map<Key, SequencedMap<String, Long>> codes = new LinkedHashMap<>();
    for (Urls.Responses each : urls.responses()) {
      codes
          .computeIfAbsent(new Key(each.method(), each.url()), key -> new TreeMap<>())
          .merge(each.code(), each.responses(), Long::sum);
    }
    json.writeObjectFieldStart("urls");
    json.writeNumberField("series_limit", urls.limit());
    json.writeArrayFieldStart("series");
    for (Urls.Requests each : sorted(urls)) {
      json.writeStartObject();
      json.writeStringField("method", each.method().label());
      json.writeStringField("host", each.url().host());
      json.writeStringField("path", each.url().path());
      json.writeNumberField("requests", each.requests());
      if (urls.answersSeen()) {
        json.writeNumberField("duration_count", each.responses());
        json.writeNumberField("duration_nanoseconds", each.nanoseconds());
        Key key = new Key(each.method(), each.url());
        SnapshotFormat.numbers(json, "responses", codes.getOrDefault(key, new TreeMap<>()));
      }
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  /** The busiest first. */
  private static List<Urls.Requests> sorted(Urls urls) {
    return urls.requests().stream()
        .sorted(
            comparingLong(Urls.Requests::requests)
                .reversed()
                .thenComparing(each -> each.url().host())
                .thenComparing(each -> each.url().path())
                .thenComparing(Urls.Requests::method))
        .toList();
  }

  private static SequencedMap<String, Long> byMethod(
      Exchanges exchanges, ToLongFunction<Exchanges.Outcome> count) {
    SequencedMap<String, Long> counts = new LinkedHashMap<>();
    exchanges
        .byMethod()
        .forEach((method, outcome) -> counts.put(method.label(), count.applyAsLong(outcome)));
    return counts;
  }

  /** Methods in id order; without zeros. */
  private static Map<String, SequencedMap<String, Long>> byMethodAndCode(Exchanges exchanges) {
    Map<HttpMethod, SequencedMap<String, Long>> sorted = new TreeMap<>();
    for (LabelledRequests each : exchanges.responses()) {
      if (each.requests() != 0) {
        sorted
            .computeIfAbsent(each.method(), method -> new TreeMap<>())
            .merge(each.labels().getFirst(), each.requests(), Long::sum);
      }
    }
    Map<String, SequencedMap<String, Long>> named = new LinkedHashMap<>();
    sorted.forEach((method, codes) -> named.put(method.label(), codes));
    return named;
  }
}
