package io.github.httpebpf.exporter.config;

import java.nio.file.Path;

/** A file that cannot be used. Its message is one line for the user, and begins with the place. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1;

  /** A failure at a place. */
  public ConfigException(Place place, String why) {
    super(place + ": " + why.replaceAll("\\s*\n\\s*", " "));
  }

  /** A failure of a file as a whole. */
  public static ConfigException ofFile(Path file, String why) {
    return new ConfigException(Place.whole(file), why);
  }
}
