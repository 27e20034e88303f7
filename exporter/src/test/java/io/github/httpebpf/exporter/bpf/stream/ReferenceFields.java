package io.github.httpebpf.exporter.bpf.stream;

import io.github.httpebpf.exporter.bpf.stream.OctetReader.Stop;
import java.util.HashSet;
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
    String name = line.substring(0, colon);
    String value = line.substring(colon + 1);
    // One octet a character: only letters of ASCII are equal to those in another case.
    if (name.equalsIgnoreCase("content-length")) {
      addLength(strip(value));
    } else if (name.equalsIgnoreCase("transfer-encoding")) {
      coding = coding(value);
    } else if (name.equalsIgnoreCase("upgrade")) {
      upgrade = true;
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
    return strip(last).equalsIgnoreCase("chunked") ? Coding.CHUNKED : Coding.OTHER;
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

  /** Without blanks around; a lone CR may be taken for one (RFC 9112 section 2.2). */
  private static String strip(String value) {
    return value.replaceAll("^[ \t\r]+|[ \t\r]+$", "");
  }
}
