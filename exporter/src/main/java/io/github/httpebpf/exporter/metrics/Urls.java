package io.github.httpebpf.exporter.metrics;

import java.util.List;

/**
 * Requests by URL, since the maps were created. Immutable. What has no series of its own is under
 * {@link LabelledRequests#REST} for host and path.
 *
 * @param limit how many series there may be
 * @param requests in no order
 * @param responses in no order; none if the capture does not see answers
 * @param answersSeen whether it does
 */
public record Urls(
    int limit, List<Requests> requests, List<Responses> responses, boolean answersSeen) {

  /**
   * As it is shown.
   *
   * @param host in lower case, without the port
   * @param path without the query
   */
  public record Url(String host, String path) {

    /** What has no series of its own. */
    public static final Url REST = new Url(LabelledRequests.REST, LabelledRequests.REST);
  }

  /**
   * Of a method and a URL.
   *
   * @param responses final ones
   * @param nanoseconds from requests to those
   */
  public record Requests(
      HttpMethod method, Url url, long requests, long responses, long nanoseconds) {}

  /**
   * Likewise, of a status.
   *
   * @param code three digits
   */
  public record Responses(HttpMethod method, Url url, String code, long responses) {}

  public Urls {
    requests = List.copyOf(requests);
    responses = List.copyOf(responses);
  }
}
