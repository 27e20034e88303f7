package io.github.httpebpf.exporter.trace;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.List;
import java.util.Set;

/**
 * Which requests are wanted: those that fit one of each kind; all, of a kind that is empty.
 * Immutable.
 *
 * @param hosts whole, as {@link TracedRequest} has them
 * @param paths how they begin, likewise
 * @param ports of servers
 */
public record TraceFilter(
    Set<HttpMethod> methods,
    Set<String> hosts,
    List<String> paths,
    List<StatusPattern> statuses,
    Set<Integer> ports) {

  /** Wants all. */
  public static final TraceFilter ALL =
      new TraceFilter(Set.of(), Set.of(), List.of(), List.of(), Set.of());

  public TraceFilter {
    methods = Set.copyOf(methods);
    hosts = Set.copyOf(hosts);
    paths = List.copyOf(paths);
    statuses = List.copyOf(statuses);
    ports = Set.copyOf(ports);
  }

  /** What is not known does not fit. */
  public boolean wants(TracedRequest request) {
    return (methods.isEmpty() || methods.contains(request.method()))
        && (ports.isEmpty() || ports.contains(request.server().port()))
        && (hosts.isEmpty() || request.host().filter(hosts::contains).isPresent())
        && (paths.isEmpty()
            || request.path().filter(path -> paths.stream().anyMatch(path::startsWith)).isPresent())
        && (statuses.isEmpty() || statuses.stream().anyMatch(each -> each.fits(request.status())));
  }
}
