/**
 * Single requests as Java values: what the kernel program tells of them, and how that becomes a
 * line. Records of a request come one by one ({@link
 * io.github.httpebpf.exporter.trace.TraceRecord}), {@link
 * io.github.httpebpf.exporter.trace.TraceJoin} puts those together that belong together, and a
 * {@link io.github.httpebpf.exporter.trace.TraceFilter} says which of them are wanted. Nothing here
 * knows where records come from, or where lines go. Layouts follow {@code http_counter.h}.
 */
@NullMarked
package io.github.httpebpf.exporter.trace;

import org.jspecify.annotations.NullMarked;
