package io.github.httpebpf.exporter.bpf.stream;

import io.github.httpebpf.exporter.bpf.stream.OctetReader.Stop;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.Arrays;

/** One request, read from its first octet as far as there are octets: RFC 9112 sections 2 to 7. */
final class ReferenceRequest {

  private static final int METHOD_MAX = 127;
  private static final int LINE_MAX = 8000;

  /** Where the space behind the target is at the latest, so that the digit is within the line. */
  private static final int TARGET_END_MAX = LINE_MAX - " HTTP/1.1".length();

  private final OctetReader reader;
  private HttpMethod method = HttpMethod.OTHER;
  private boolean counts;
  private boolean upgrade;
  private boolean hasHead;
  private boolean lost;
  private boolean complete;

  private ReferenceRequest(Octets octets, long begin) {
    reader = new OctetReader(octets, begin);
  }

  static ReferenceRequest read(Octets octets, long begin) {
    ReferenceRequest request = new ReferenceRequest(octets, begin);
    try {
      request.readAll();
      request.complete = true;
    } catch (Stop stop) {
      request.lost = stop.isLost();
    }
    return request;
  }

  HttpMethod method() {
    return method;
  }

  /** Whether its line is there up to the digit, and not too long. */
  boolean counts() {
    return counts;
  }

  /** Whether all of it was read, except for octets that nobody has to read. */
  boolean isComplete() {
    return complete;
  }

  /** Whether its head is complete: a server may answer it. */
  boolean hasHead() {
    return hasHead;
  }

  boolean isLost() {
    return lost;
  }

  /** If complete, where the next one begins; otherwise how far reading went. */
  long end() {
    return reader.position();
  }

  /** Whether what follows is no request if the server agrees. */
  boolean mayTunnel() {
    return upgrade || method == HttpMethod.CONNECT;
  }

  boolean isUpgrade() {
    return upgrade;
  }

  private void readAll() throws Stop {
    while (reader.peek() == '\r' || reader.peek() == '\n') {
      reader.next();
    }
    long begin = reader.position();
    readMethod();
    if (readTarget(begin)) {
      readVersion();
      counts = true;
    }
    reader.skipLine();
    ReferenceFields fields = ReferenceFields.read(reader);
    upgrade = fields.upgrade;
    hasHead = true;
    if (method != HttpMethod.CONNECT) {
      readBody(fields);
    }
  }

  private void readBody(ReferenceFields fields) throws Stop {
    switch (fields.coding) {
      case CHUNKED -> reader.skipChunks();
      case OTHER -> throw Stop.lost();
      case NONE -> {
        if (fields.lengthIsSpoiled()) {
          throw Stop.lost();
        }
        reader.skip(fields.length());
      }
    }
  }

  private void readMethod() throws Stop {
    StringBuilder token = new StringBuilder();
    for (int octet = reader.next(); octet != ' '; octet = reader.next()) {
      if (!isToken(octet) || token.length() == METHOD_MAX) {
        throw Stop.lost();
      }
      token.append((char) octet);
    }
    if (token.isEmpty()) {
      throw Stop.lost();
    }
    String name = token.toString();
    method =
        Arrays.stream(HttpMethod.values())
            .filter(each -> each.label().equals(name) && each != HttpMethod.OTHER)
            .findFirst()
            .orElse(HttpMethod.OTHER);
  }

  /** Up to the space behind it. False: it is too long, whatever follows. */
  private boolean readTarget(long begin) throws Stop {
    int first = reader.peek();
    boolean isTarget = first == '/' || first == '*';
    for (int length = 0; ; length++) {
      long at = reader.position() - begin;
      int octet = reader.next();
      boolean ends = octet <= ' ' || octet == 0x7f;
      if (!ends && at >= TARGET_END_MAX) {
        return false;
      }
      if (!ends && first == '*' && length > 0) {
        throw Stop.lost();
      }
      if (ends) {
        if (octet != ' ' || length == 0 || !isTarget) {
          throw Stop.lost();
        }
        return true;
      }
      isTarget |= octet == ':';
    }
  }

  private void readVersion() throws Stop {
    String version = "HTTP/1.";
    for (int i = 0; i < version.length(); i++) {
      if (reader.next() != version.charAt(i)) {
        throw Stop.lost();
      }
    }
    int digit = reader.next();
    if (digit < '0' || digit > '9') {
      throw Stop.lost();
    }
  }

  /** RFC 9110 section 5.6.2. */
  private static boolean isToken(int octet) {
    return octet < 0x80
        && (Character.isLetterOrDigit(octet) || "!#$%&'*+-.^_`|~".indexOf(octet) >= 0);
  }
}
