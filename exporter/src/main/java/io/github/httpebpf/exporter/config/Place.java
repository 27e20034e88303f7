package io.github.httpebpf.exporter.config;

import java.nio.file.Path;

/**
 * Where in a file something stands.
 *
 * @param line from 1; 0 for the file as a whole
 * @param column from 1, in characters
 */
public record Place(Path file, int line, int column) {

  static Place whole(Path file) {
    return new Place(file, 0, 0);
  }

  /** As compilers write it. */
  @Override
  public String toString() {
    return line == 0 ? file.toString() : file + ":" + line + ":" + column;
  }
}
