package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;

/**
 * Owns a file descriptor: closes it once, however often {@link #close()} is called. Not
 * thread-safe.
 */
final class Descriptor implements AutoCloseable {

  private int number;

  Descriptor(int number) {
    this.number = number;
  }

  int number() {
    if (number < 0) {
      throw new IllegalStateException("descriptor is closed");
    }
    return number;
  }

  @Override
  public void close() {
    if (number >= 0) {
      int closing = number;
      number = -1;
      Libbpf.close(closing);
    }
  }
}
