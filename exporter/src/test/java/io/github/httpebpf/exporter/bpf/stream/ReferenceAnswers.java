package io.github.httpebpf.exporter.bpf.stream;

import io.github.httpebpf.exporter.bpf.stream.OctetReader.Stop;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.List;

/** What a server sends: the k-th final response answers the k-th request. */
final class ReferenceAnswers {

  enum Decision {
    NONE,
    TUNNEL,
    HTTP
  }

  private final Octets octets = new Octets();
  private long position;
  private int answered;
  private int status;
  private boolean unreadable;

  void put(int offset, byte[] data) {
    octets.put(offset, data);
  }

  boolean haveHoles() {
    return octets.contiguous(0) < octets.end();
  }

  /** What became of the last of the requests, whose answer may still be on its way. */
  Decision decisionOnLast(List<ReferenceRequest> requests) {
    while (true) {
      ReferenceRequest request = requests.get(answered);
      OctetReader reader = new OctetReader(octets, position);
      status = 0;
      boolean whole = read(reader, request);
      boolean interim = status / 100 == 1 && status != 101;
      if (status != 0 && !interim && answered == requests.size() - 1) {
        return isTunnel(request) ? Decision.TUNNEL : Decision.HTTP;
      }
      if (!whole) {
        return Decision.NONE;
      }
      position = reader.position();
      answered += interim ? 0 : 1;
    }
  }

  /** Whether what the server sends is no response. */
  boolean areUnreadable() {
    return unreadable;
  }

  private boolean isTunnel(ReferenceRequest request) {
    return status == 101 || (request.method() == HttpMethod.CONNECT && status / 100 == 2);
  }

  /** Reads one response, RFC 9112 section 6.3. False: it has no end yet. */
  private boolean read(OctetReader reader, ReferenceRequest request) {
    try {
      String line = reader.line();
      unreadable = !line.matches("(?s)HTTP/1\\.[0-9] [1-5][0-9][0-9].*");
      if (unreadable) {
        return false;
      }
      ReferenceFields fields = ReferenceFields.read(reader);
      status = Integer.parseInt(line.substring(9, 12));
      if (request.method() == HttpMethod.HEAD || status < 200 || status == 204 || status == 304) {
        return true;
      }
      if (fields.coding == ReferenceFields.Coding.CHUNKED) {
        reader.skipChunks();
        return true;
      }
      reader.skip(fields.length());
      return fields.coding == ReferenceFields.Coding.NONE && fields.hasLength();
    } catch (Stop stop) {
      return false;
    }
  }
}
