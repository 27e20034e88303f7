/**
 * The only package that touches native memory: it loads, attaches, pins, reads and removes.
 *
 * <p>Everything that leaves it is an immutable Java value. Each call into libbpf or libc allocates
 * in a confined arena of its own, so nothing native is shared between threads. A failure is one
 * {@link io.github.httpebpf.exporter.bpf.BpfException}, whose message names the operation, the
 * object, the errno and a hint; {@link io.github.httpebpf.exporter.bpf.NativeCalls} alone turns
 * results into it. Whoever opens a descriptor owns it as a {@link
 * io.github.httpebpf.exporter.bpf.Descriptor} and closes it once.
 */
@NullMarked
package io.github.httpebpf.exporter.bpf;

import org.jspecify.annotations.NullMarked;
