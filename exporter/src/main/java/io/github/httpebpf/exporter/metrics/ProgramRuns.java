package io.github.httpebpf.exporter.metrics;

/**
 * The kernel's own statistics of a capture's program, kept while {@code kernel.bpf_stats_enabled}
 * is on. They restart at 0 when the program is replaced. Immutable.
 *
 * @param runs how often the program ran
 * @param nanoseconds time spent in those runs, all CPUs together
 */
public record ProgramRuns(long runs, long nanoseconds) {}
