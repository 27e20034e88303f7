package io.github.httpebpf.exporter.metrics;

import java.util.List;

/**
 * Requests of one method and something else.
 *
 * @param labels the values of the labels that follow {@code method}
 * @param requests so far
 */
public record LabelledRequests(HttpMethod method, List<String> labels, long requests) {

  /** What has no series of its own, since there is room for no more. */
  public static final String REST = "_other";

  public LabelledRequests {
    labels = List.copyOf(labels);
  }
}
