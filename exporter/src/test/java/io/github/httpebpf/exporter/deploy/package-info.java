/**
 * What users install: the chart as the real helm renders it, its values, and what it says about
 * itself. None of this needs the kernel.
 */
@NullMarked
package io.github.httpebpf.exporter.deploy;

import org.jspecify.annotations.NullMarked;
