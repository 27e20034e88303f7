package io.github.httpebpf.exporter.config;

import java.util.List;

/**
 * A key that a file sets.
 *
 * @param place of its value, or of all its values
 * @param values one, unless the key is repeatable; none if that has an empty list
 */
public record Setting(Key key, Place place, List<Value> values) {

  /** As it was written, without quotes. */
  public record Value(String text, Place place) {}

  public Setting {
    values = List.copyOf(values);
  }
}
