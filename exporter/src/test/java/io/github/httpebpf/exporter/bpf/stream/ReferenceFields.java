package io.github.httpebpf.exporter.bpf.stream;

import io.github.httpebpf.exporter.bpf.stream.OctetReader.Stop;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What the fields of a head say about the message's framing: RFC 9112 section 6. Fields are judged
 * line by line: one that is folded into the next line (obsolete) has what is on its first.
 */
final class ReferenceFields {

  enum Coding {
    NONE,
    CHUNKED,
    OTHER
  }

  /** Of the last Transfer-Encoding field. */
  Coding coding = Coding.NONE;

  boolean upgrade;

  private final Set<Long> lengths = new HashSet<>();
  private boolean badLength;

  /** Reads lines up to the empty one. */
  static ReferenceFields read(OctetReader reader) throws Stop {
    ReferenceFields fields = new ReferenceFields();
    for (String line = reader.line(); !line.isEmpty(); line = reader.line()) {
      fields.add(line);
    }
    return fields;
  }

  private void add(String line) {
    int colon = line.indexOf(':');
    if (colon < 0) {
      return;
    }
    String value = line.substring(colon + 1);
    switch (lower(line.substring(0, colon))) {
      case "content-length" -> addLength(strip(value));
      case "transfer-encoding" -> coding = coding(value);
      case "upgrade" -> upgrade = true;
      default -> {}
    }
  }

  private void addLength(String value) {
    if (value.matches("[0-9]{1,15}")) {
      lengths.add(Long.valueOf(value));
    } else {
      badLength = true;
    }
  }

  private static Coding coding(String value) {
    String last = value.substring(value.lastIndexOf(',') + 1);
    return lower(strip(last)).equals("chunked") ? Coding.CHUNKED : Coding.OTHER;
  }

  /** Whether no length can be relied on; a Transfer-Encoding field makes that irrelevant. */
  boolean lengthIsSpoiled() {
    return badLength || lengths.size() > 1;
  }

  boolean hasLength() {
    return !lengths.isEmpty();
  }

  long length() {
    return lengths.stream().findFirst().orElse(0L);
  }

  /** Without blanks around; a CR is none. */
  private static String strip(String value) {
    return value.replaceAll("^[ \t]+|[ \t]+$", "");
  }

  private static String lower(String name) {
    return name.chars().allMatch(c -> c < 0x80) ? name.toLowerCase(Locale.ROOT) : name;
  }
}
