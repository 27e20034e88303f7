package io.github.httpebpf.exporter.trace;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;

/** What is known of a request so far. Owned by its {@link TraceJoin}. */
final class Exchange {

  /** Octets of memory, beside that of the request's record: objects, and places in collections. */
  static final int SIZE = 400;

  final long connection;
  final int number;

  private @Nullable TraceRecord request;
  private Optional<String> interfaceName = Optional.empty();
  private @Nullable TraceRecord response;
  private OptionalLong octets = OptionalLong.empty();
  private boolean over;

  /** Where it waits, and until when; nowhere once it is over. */
  private @Nullable SequencedSet<Exchange> queue;

  private long deadline;

  Exchange(long connection, int number) {
    this.connection = connection;
    this.number = number;
  }

  boolean isRequested() {
    return request != null;
  }

  boolean isAnswered() {
    return response != null;
  }

  /** Whether there is nothing more to wait for. */
  boolean isOver() {
    return over && request != null;
  }

  void request(TraceRecord record, Optional<String> name) {
    request = record;
    interfaceName = name;
  }

  void response(TraceRecord record) {
    response = record;
  }

  void end(TraceRecord record) {
    octets = OptionalLong.of(record.octets());
    over = true;
  }

  void end() {
    over = true;
  }

  /** When; 0 for one of which only the answer is known. */
  long began() {
    return request == null ? 0 : request.began();
  }

  /** Octets of memory. */
  int size() {
    return SIZE + (request == null ? 0 : request.size());
  }

  void waitIn(SequencedSet<Exchange> other, long until) {
    leave();
    queue = other;
    deadline = until;
    other.add(this);
  }

  void leave() {
    if (queue != null) {
      queue.remove(this);
      queue = null;
    }
  }

  /** Times are differences: they wrap around. */
  boolean isDue(long now) {
    return now - deadline >= 0;
  }

  /** For a line; nothing if it is not asked for. */
  Optional<TracedRequest> line() {
    TraceRecord asked = request;
    TraceRecord answer = response;
    if (asked == null) {
      return Optional.empty();
    }
    return interfaceName.map(
        name ->
            new TracedRequest(
                name,
                asked.began(),
                asked.client(),
                asked.server(),
                asked.method(),
                asked.host(),
                asked.path(),
                answer == null ? OptionalInt.empty() : OptionalInt.of(answer.status()),
                answer == null
                    ? OptionalLong.empty()
                    // The first octet may be seen late, by another CPU.
                    : OptionalLong.of(Math.max(0, answer.at() - answer.began())),
                octets));
  }
}
