/**
 * Scenarios on the real kernel: two hosts made of network namespaces, real servers and clients, the
 * packed exporter as a process of its own.
 *
 * <p>Each scenario has its own namespaces and pin root, so what one leaves cannot help another. All
 * need root; without it they are skipped with the reason, or fail if {@code CI=true}.
 */
@NullMarked
package io.github.httpebpf.exporter.it;

import org.jspecify.annotations.NullMarked;
