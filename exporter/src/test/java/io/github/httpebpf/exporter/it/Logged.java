package io.github.httpebpf.exporter.it;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A request as its server logged it: {@code CODE METHOD HOST TARGET}, and what nginx adds.
 *
 * @param code nginx's own 444 if it was not answered
 * @param measured nginx's {@code $request_time}, {@code $request_length}, {@code $bytes_sent}, and
 *     the client and the server
 */
record Logged(String code, String method, String host, String target, List<String> measured) {

  /** As nginx's configuration has it. */
  static final String NGINX =
      "$status $request_method $http_host $request_uri $request_time $request_length $bytes_sent"
          + " $remote_addr:$remote_port $server_addr:$server_port";

  private static final Pattern IDENTIFIER =
      Pattern.compile("[0-9]+|[0-9a-fA-F]{16,}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");
  private static final int TARGET = 256;
  private static final int SEGMENTS = 24;
  private static final int PATH = 240;

  static Logged of(String line) {
    List<String> words = List.of(line.split(" ", -1));
    return new Logged(
        words.get(0), words.get(1), words.get(2), words.get(3), words.subList(4, words.size()));
  }

  boolean answered() {
    return !code.equals("444");
  }

  double seconds() {
    return Double.parseDouble(measured.get(0));
  }

  String methodLabel() {
    for (HttpMethod each : HttpMethod.values()) {
      if (each.label().equals(method)) {
        return method;
      }
    }
    return HttpMethod.OTHER.label();
  }

  /** In lower case and without a port; the addresses that are used have no colons. */
  String hostLabel() {
    return host.toLowerCase(Locale.ROOT).replaceFirst(":.*", "");
  }

  /** By another way than the program's, which keeps so many octets of a target. */
  String pathLabel() {
    String kept = target.substring(0, Math.min(TARGET, target.length()));
    String whole = kept.replaceFirst("[?#].*", "");
    boolean cut = target.length() > TARGET && whole.equals(kept);
    List<String> labels = new ArrayList<>();
    for (String segment : whole.substring(1).split("/", -1)) {
      labels.add(IDENTIFIER.matcher(segment).matches() ? "{id}" : segment);
    }
    String path = "/" + String.join("/", labels.subList(0, Math.min(SEGMENTS, labels.size())));
    if (labels.size() > SEGMENTS) {
      path += "/";
      cut = true;
    }
    if (path.length() >= PATH) {
      return path.substring(0, PATH) + "…";
    }
    return cut ? path + "…" : path;
  }

  /** As it was sent, but for the query: of so many octets. */
  String tracedPath() {
    String kept = target.substring(0, Math.min(TARGET, target.length()));
    String path = kept.replaceFirst("[?#].*", "");
    return target.length() > TARGET && path.equals(kept) ? path + "…" : path;
  }

  String client() {
    return measured.get(3);
  }

  String server() {
    return measured.get(4);
  }

  /** How many there are of each. */
  static Map<List<String>, Long> count(List<Logged> log, Function<Logged, List<String>> labels) {
    Map<List<String>, Long> counts = new HashMap<>();
    log.forEach(each -> counts.merge(labels.apply(each), 1L, Long::sum));
    return counts;
  }
}
