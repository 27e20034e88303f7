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
    int last = requests.size() - 1;
    while (answered < last && readNext(requests)) {}
    while (answered == last) {
      long before = position;
      boolean whole = readNext(requests);
      if (status >= 200 || status == 101) {
        // It is read again when it is no longer the last, and perhaps has its end.
        position = before;
        answered = last;
        return isTunnel(requests.get(last)) ? Decision.TUNNEL : Decision.HTTP;
      }
      if (!whole) {
        return Decision.NONE;
      }
    }
    return Decision.NONE;
  }

  /** Whether something came that is no answer to any of the requests. */
  boolean goBeyond(List<ReferenceRequest> requests) {
    long before = position;
    int answeredBefore = answered;
    while (answered < requests.size() && readNext(requests)) {}
    boolean beyond = answered == requests.size() && octets.end() > position;
    position = before;
    answered = answeredBefore;
    return beyond;
  }

  /** Reads a response that is there to its end. */
  private boolean readNext(List<ReferenceRequest> requests) {
    OctetReader reader = new OctetReader(octets, position);
    status = 0;
    if (!read(reader, requests.get(answered))) {
      return false;
    }
    position = reader.position();
    answered += status >= 200 || status == 101 ? 1 : 0;
    return true;
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
      if (status == 101 && !request.isUpgrade()) {
        unreadable = true;
        return false;
      }
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
      unreadable = stop.isLost();
      return false;
    }
  }
}
