/**
 * The application: a command line that loads, serves, shows, unloads and checks.
 *
 * <p>{@link io.github.httpebpf.exporter.Main} turns arguments into a command and its outcome into
 * an exit code; each command is a class that wires the packages {@code bpf} and {@code metrics}
 * together and holds no logic of theirs. Every failure is one line on standard error.
 */
@NullMarked
package io.github.httpebpf.exporter;

import org.jspecify.annotations.NullMarked;
