/**
 * Streams of packets made at random, and a plain reader of them that says how many requests must
 * have been counted.
 *
 * <p>The reader ({@link io.github.httpebpf.exporter.bpf.stream.Reference}) knows nothing of how a
 * stream was made, and shares nothing with what runs in the kernel: it follows RFC 9112 with the
 * simplest means. Nothing here touches the kernel.
 */
@NullMarked
package io.github.httpebpf.exporter.bpf.stream;

import org.jspecify.annotations.NullMarked;
