package io.github.httpebpf.exporter.metrics;

/**
 * What is running, each as its own project writes versions. Immutable.
 *
 * @param version of this exporter
 * @param revision the commit that it was built from, {@code unknown} if it was not built from one
 * @param libbpf the version of the library in use
 * @param java the version of the running JVM
 * @param kernel the release of the running kernel
 */
public record BuildInfo(
    String version, String revision, String libbpf, String java, String kernel) {}
