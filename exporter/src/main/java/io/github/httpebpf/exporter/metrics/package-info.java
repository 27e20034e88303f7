/**
 * Counts as Java values, and how they become Prometheus metrics. A {@link
 * io.github.httpebpf.exporter.metrics.CountSource} is read once per scrape into immutable
 * snapshots, and collectors render fresh metric families from those: nothing is kept between
 * scrapes, so nothing can be stale. What could not be read has no series, never an old number or a
 * false 0. Ids and labels follow {@code http_counter.h}, which the kernel program is compiled from.
 */
@NullMarked
package io.github.httpebpf.exporter.metrics;

import org.jspecify.annotations.NullMarked;
