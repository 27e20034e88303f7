package io.github.httpebpf.exporter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.github.httpebpf.exporter.trace.Endpoint;
import io.github.httpebpf.exporter.trace.LineText;
import io.github.httpebpf.exporter.trace.TracedRequest;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Requests as {@code trace} prints them; docs/trace.md fixes the form. */
final class TraceFormat {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
  private static final JsonFactory JSON = new JsonFactory();
  private static final String NONE = "-";
  private static final int NANOSECONDS_DIGITS = 9;
  private static final int NANOSECONDS_PER_MICROSECOND = 1000;
  private static final int MICROSECONDS_PER_MILLISECOND = 1000;

  private TraceFormat() {}

  /**
   * Ten words.
   *
   * @param time when it began
   */
  static String text(TracedRequest request, Instant time) {
    StringBuilder line = new StringBuilder(160);
    TIME.formatTo(time, line);
    line.append(' ').append(LineText.of(request.interfaceName()));
    line.append(' ').append(request.client());
    line.append(' ').append(request.server());
    line.append(' ').append(request.method().label());
    line.append(' ').append(word(request.host()));
    line.append(' ').append(word(request.path()));
    OptionalInt status = request.status();
    line.append(' ').append(status.isPresent() ? "%03d".formatted(status.getAsInt()) : NONE);
    line.append(' ');
    milliseconds(request.nanoseconds(), line);
    OptionalLong octets = request.octets();
    line.append(' ').append(octets.isPresent() ? String.valueOf(octets.getAsLong()) : NONE);
    return line.toString();
  }

  private static String word(Optional<String> text) {
    return text.filter(each -> !each.isEmpty()).orElse(NONE);
  }

  /** Rounded down. */
  private static void milliseconds(OptionalLong nanoseconds, StringBuilder line) {
    if (nanoseconds.isEmpty()) {
      line.append(NONE);
      return;
    }
    long microseconds = nanoseconds.getAsLong() / NANOSECONDS_PER_MICROSECOND;
    line.append(microseconds / MICROSECONDS_PER_MILLISECOND).append('.');
    String fraction = String.valueOf(microseconds % MICROSECONDS_PER_MILLISECOND);
    line.append("000", fraction.length(), 3).append(fraction).append("ms");
  }

  /** An object, on one line. */
  static String json(TracedRequest request, Instant time) {
    StringWriter line = new StringWriter(256);
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("time", TIME.format(time));
      json.writeStringField("interface", request.interfaceName());
      endpoint(json, "client", request.client());
      endpoint(json, "server", request.server());
      json.writeStringField("method", request.method().label());
      text(json, "host", request.host());
      text(json, "path", request.path());
      if (request.status().isPresent()) {
        json.writeNumberField("status", request.status().getAsInt());
      } else {
        json.writeNullField("status");
      }
      if (request.nanoseconds().isPresent()) {
        long nanoseconds = request.nanoseconds().getAsLong();
        json.writeFieldName("duration_seconds");
        // As digits: a small double would have an exponent, and one digit too many.
        json.writeNumber(BigDecimal.valueOf(nanoseconds, NANOSECONDS_DIGITS).toPlainString());
      } else {
        json.writeNullField("duration_seconds");
      }
      if (request.octets().isPresent()) {
        json.writeNumberField("bytes", request.octets().getAsLong());
      } else {
        json.writeNullField("bytes");
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return line.toString();
  }

  private static void endpoint(JsonGenerator json, String name, Endpoint endpoint)
      throws IOException {
    json.writeStringField(name, endpoint.address());
    json.writeNumberField(name + "_port", endpoint.port());
  }

  private static void text(JsonGenerator json, String name, Optional<String> text)
      throws IOException {
    if (text.isPresent()) {
      json.writeStringField(name, text.get());
    } else {
      json.writeNullField(name);
    }
  }
}
