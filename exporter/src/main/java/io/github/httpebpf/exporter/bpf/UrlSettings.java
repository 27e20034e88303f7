package io.github.httpebpf.exporter.bpf;

/**
 * How requests are counted by URL.
 *
 * @param series how many series there may be, beside the rest's
 * @param routes what their paths are grouped by
 */
public record UrlSettings(int series, RouteTable routes) {}
