/**
 * The configuration file: YAML in, settings with their places out. It is told which keys there are,
 * and knows nothing of what they mean; so every message about a file names a line and a column, and
 * a flag that is added needs no line here.
 */
@NullMarked
package io.github.httpebpf.exporter.config;

import org.jspecify.annotations.NullMarked;
