package io.github.httpebpf.exporter;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import io.prometheus.client.Collector.MetricFamilySamples;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.Predicate;
import io.prometheus.client.SampleNameFilter;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * The metrics as one request wants them: what simpleclient's own handler does, with a writer that
 * makes no garbage, and without the whole text in memory where it is compressed.
 *
 * @param contentType text or OpenMetrics
 * @param gzip whether the body is
 */
record Exposition(String contentType, boolean gzip, byte[] body) {

  private static final String NAME = "name[]";

  static Exposition of(CollectorRegistry registry, HttpExchange request) throws IOException {
    Headers headers = request.getRequestHeaders();
    String contentType = TextFormat.chooseContentType(headers.getFirst("Accept"));
    boolean gzip = acceptsGzip(headers);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (OutputStream out = gzip ? new GZIPOutputStream(body) : body;
        Writer writer = new Utf8Writer(out)) {
      TextFormat.writeFormat(
          contentType, writer, samples(registry, request.getRequestURI().getRawQuery()));
    }
    return new Exposition(contentType, gzip, body.toByteArray());
  }

  private static Enumeration<MetricFamilySamples> samples(
      CollectorRegistry registry, @Nullable String query) {
    Predicate<String> chosen = SampleNameFilter.restrictToNamesEqualTo(null, names(query));
    return chosen == null
        ? registry.metricFamilySamples()
        : registry.filteredMetricFamilySamples(chosen);
  }

  private static Set<String> names(@Nullable String query) {
    Set<String> names = new HashSet<>();
    for (String pair : query == null ? List.<String>of() : List.of(query.split("&", -1))) {
      int equals = pair.indexOf('=');
      if (equals >= 0 && decoded(pair.substring(0, equals)).equals(NAME)) {
        names.add(decoded(pair.substring(equals + 1)));
      }
    }
    return names;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static boolean acceptsGzip(Headers headers) {
    return headers.getOrDefault("Accept-Encoding", List.of()).stream()
        .flatMap(each -> List.of(each.split(",", -1)).stream())
        .anyMatch(each -> each.strip().equalsIgnoreCase("gzip"));
  }
}
