package io.github.httpebpf.exporter.config;

/**
 * Something that a file may set.
 *
 * @param path where it stands: names with dots between, each dot a level
 * @param type of its value, or of each of its values
 * @param repeatable whether it may have several
 */
public record Key(String path, Type type, boolean repeatable) {

  /** What a value is. */
  public enum Type {
    SWITCH("true or false"),
    NUMBER("a whole number"),
    TEXT("text");

    private final String words;

    Type(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }
}
