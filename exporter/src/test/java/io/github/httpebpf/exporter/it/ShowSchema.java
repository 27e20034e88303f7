package io.github.httpebpf.exporter.it;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** What docs/show-json.md promises, taken from the page itself. */
final class ShowSchema {

  private static final Pattern BLOCK = Pattern.compile("(?s)```json\\n(.*?)```");

  private final Schema schema =
      SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
          .getSchema(text(), InputFormat.JSON);

  /** The schema: the page's first block of JSON. */
  static String text() {
    return blocks().getFirst();
  }

  /** The example: the page's second and last block. */
  static String example() {
    return blocks().get(1);
  }

  static List<String> blocks() {
    try {
      String page = Files.readString(Exporter.TOP.resolve("docs/show-json.md"));
      return BLOCK.matcher(page).results().map((MatchResult match) -> match.group(1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is wrong with a text, each with its place; empty if it is valid. */
  List<String> violations(String json) {
    return schema.validate(json, InputFormat.JSON).stream()
        .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
        .toList();
  }
}
