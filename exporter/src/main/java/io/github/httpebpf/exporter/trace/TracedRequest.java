package io.github.httpebpf.exporter.trace;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * A request and what became of it, as far as that was seen. Immutable.
 *
 * @param interfaceName of the capture that saw it, as labels have it
 * @param began when its first octet was seen, as {@link System#nanoTime()} has it
 * @param host in lower case, without the port; fit for a terminal. Empty if it is not known
 * @param path without the query; likewise
 * @param status of its final response
 * @param nanoseconds from its first octet to that of its response
 * @param octets of the response, head and body
 */
public record TracedRequest(
    String interfaceName,
    long began,
    Endpoint client,
    Endpoint server,
    HttpMethod method,
    Optional<String> host,
    Optional<String> path,
    OptionalInt status,
    OptionalLong nanoseconds,
    OptionalLong octets) {}
