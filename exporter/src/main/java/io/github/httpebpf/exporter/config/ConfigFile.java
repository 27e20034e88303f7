package io.github.httpebpf.exporter.config;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads configuration files: YAML 1.2, one document of UTF-8. */
public final class ConfigFile {

  /** Nobody writes one that long; an endless one must not take the memory. */
  private static final long MAX_BYTES = 1 << 20;

  private ConfigFile() {}

  /**
   * Reads a file, which may be empty.
   *
   * @return its settings, in its order, each once
   * @throws ConfigException for the first mistake
   */
  public static List<Setting> read(Path file, KeyTree keys) throws ConfigException {
    Optional<Node> document = parse(file, text(file));
    if (document.isEmpty()) {
      return List.of();
    }
    return new SettingsReader(file).read(document.get(), keys);
  }

  private static String text(Path file) throws ConfigException {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw ConfigException.ofFile(file, "longer than " + MAX_BYTES + " bytes");
      }
      return decode(file, Files.readAllBytes(file));
    } catch (NoSuchFileException e) {
      throw ConfigException.ofFile(file, "no such file");
    } catch (IOException e) {
      String why = e.getMessage();
      boolean named = why == null || why.equals(file.toString());
      throw ConfigException.ofFile(
          file, "cannot be read: " + (named ? e.getClass().getSimpleName() : why));
    }
  }

  private static String decode(Path file, byte[] bytes) throws ConfigException {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    if (StandardCharsets.UTF_8.newDecoder().decode(in, out, true).isError()) {
      throw new ConfigException(end(file, out.flip()), "not UTF-8");
    }
    return out.flip().toString();
  }

  /** The place behind a text that begins the file. */
  private static Place end(Path file, CharSequence text) {
    List<String> lines = List.of(text.toString().split("\n", -1));
    String last = lines.getLast();
    return new Place(file, lines.size(), last.codePointCount(0, last.length()) + 1);
  }

  private static Optional<Node> parse(Path file, String text) throws ConfigException {
    LoadSettings settings =
        LoadSettings.builder().setSchema(new CoreSchema()).setAllowNonScalarKeys(true).build();
    try {
      return new Compose(settings).composeString(text);
    } catch (MarkedYamlEngineException e) {
      throw new ConfigException(place(file, e.getProblemMark()), "no YAML: " + e.getProblem());
    } catch (ReaderException e) {
      int before = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.length()));
      throw new ConfigException(
          end(file, text.substring(0, before)),
          "no YAML: it has the character U+%04X".formatted(e.getCodePoint()));
    } catch (YamlEngineException e) {
      throw ConfigException.ofFile(file, "no YAML: " + e.getMessage());
    } catch (StackOverflowError e) {
      throw ConfigException.ofFile(file, "no configuration: nested too deep");
    }
  }

  static Place place(Path file, Optional<Mark> mark) {
    return mark.map(at -> new Place(file, at.getLine() + 1, at.getColumn() + 1))
        .orElseGet(() -> Place.whole(file));
  }
}
