package io.github.httpebpf.exporter.trace;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts the records of a source together to lines, one for each request. A line comes when the
 * response has ended, or the connection has; those of a connection come in the order of their
 * requests. What waits is bounded, in time and in memory. Times are those of {@link
 * System#nanoTime()}. Not thread-safe.
 */
public final class TraceJoin {

  /** For a response. */
  static final Duration FOR_RESPONSE = Duration.ofSeconds(60);

  /** For the end of a response; and for one that was lost, since a later one has come. */
  static final Duration FOR_END = Duration.ofSeconds(1);

  /** For the request that an early response is of. */
  static final Duration FOR_REQUEST = Duration.ofSeconds(10);

  /** Of memory for what waits, in all joins: the heap has 64 MiB. */
  static final long MAX_OCTETS = 24 << 20;

  /** Numbers wrap around, and those of a connection that wait are close together. */
  private static final Comparator<Integer> IN_ORDER = (a, b) -> Integer.compare(a - b, 0);

  private final TraceSource source;
  private final Consumer<TracedRequest> lines;
  private final Map<Long, NavigableMap<Integer, Exchange>> connections = new HashMap<>();
  private final SequencedSet<Exchange> early = new LinkedHashSet<>();
  private final SequencedSet<Exchange> asked = new LinkedHashSet<>();
  private final SequencedSet<Exchange> answered = new LinkedHashSet<>();
  private long room = MAX_OCTETS;
  private int number;
  private long octets;

  /**
   * Nothing waits yet.
   *
   * @param lines takes each
   */
  public TraceJoin(TraceSource source, Consumer<TracedRequest> lines) {
    this.source = source;
    this.lines = lines;
  }

  /** Takes the next record. */
  public void take(TraceRecord record, long now) {
    if (record.isRequest()) {
      takeRequest(record, now);
    } else {
      takeAnswer(record, now);
    }
    flush(record.connection());
    trim();
  }

  private void takeRequest(TraceRecord record, long now) {
    Optional<String> name = source.interfaceName(record.owner());
    if (!source.seesAnswers()) {
      Exchange only = new Exchange(record.connection(), record.number());
      only.request(record, name);
      only.line().ifPresent(lines);
      return;
    }
    Exchange exchange = find(record);
    if (exchange != null && exchange.isRequested()) {
      // Of a connection that has taken another's name.
      end(exchange);
      exchange = null;
    }
    forgetEarlyBefore(record);
    if (exchange == null) {
      exchange = make(record);
    }
    exchange.request(record, name);
    octets += record.size();
    if (!exchange.isOver()) {
      await(exchange, now);
    } else {
      exchange.leave();
    }
  }

  private void takeAnswer(TraceRecord record, long now) {
    Exchange exchange = find(record);
    if (exchange == null) {
      if (!source.seesAnswers() || isLate(record)) {
        return;
      }
      exchange = make(record);
    }
    switch (record.kind()) {
      case RESPONSE -> exchange.response(record);
      case RESPONSE_END -> exchange.end(record);
      default -> exchange.end();
    }
    if (exchange.isOver()) {
      exchange.leave();
    } else {
      await(exchange, now);
    }
    hurryBefore(record, now);
  }

  private void await(Exchange exchange, long now) {
    if (!exchange.isRequested()) {
      exchange.waitIn(early, now + FOR_REQUEST.toNanos());
    } else if (exchange.isAnswered()) {
      exchange.waitIn(answered, now + FOR_END.toNanos());
    } else {
      exchange.waitIn(asked, now + FOR_RESPONSE.toNanos());
    }
  }

  /** Servers answer in order: what has no response yet gets none, but for one that comes astray. */
  private void hurryBefore(TraceRecord record, long now) {
    for (Exchange each : before(record)) {
      if (each.isAnswered() || each.isOver()) {
        return;
      }
      if (each.isRequested()) {
        each.waitIn(answered, now + FOR_END.toNanos());
      }
    }
  }

  /** Clients ask in order: the requests of those were lost. */
  private void forgetEarlyBefore(TraceRecord record) {
    for (Exchange each : before(record)) {
      if (each.isRequested()) {
        return;
      }
      remove(each);
    }
  }

  /** Whether its line is printed already, or its request was lost: a later one is there. */
  private boolean isLate(TraceRecord record) {
    NavigableMap<Integer, Exchange> here = connections.get(record.connection());
    Map.Entry<Integer, Exchange> next = here == null ? null : here.higherEntry(record.number());
    return next != null && next.getValue().isRequested();
  }

  /** Those before it in its connection that wait, the last one first, as they are taken. */
  private Iterable<Exchange> before(TraceRecord record) {
    NavigableMap<Integer, Exchange> here = connections.get(record.connection());
    return here == null
        ? List.of()
        : () ->
            new Iterator<>() {
              private Map.@Nullable Entry<Integer, Exchange> next =
                  here.lowerEntry(record.number());

              @Override
              public boolean hasNext() {
                return next != null;
              }

              @Override
              public Exchange next() {
                if (next == null) {
                  throw new NoSuchElementException();
                }
                Exchange found = next.getValue();
                next = here.lowerEntry(found.number);
                return found;
              }
            };
  }

  private @Nullable Exchange find(TraceRecord record) {
    NavigableMap<Integer, Exchange> here = connections.get(record.connection());
    return here == null ? null : here.get(record.number());
  }

  private Exchange make(TraceRecord record) {
    Exchange made = new Exchange(record.connection(), record.number());
    connections
        .computeIfAbsent(made.connection, connection -> new TreeMap<>(IN_ORDER))
        .put(made.number, made);
    number++;
    octets += made.size();
    return made;
  }

  private void remove(Exchange exchange) {
    exchange.leave();
    NavigableMap<Integer, Exchange> here = connections.get(exchange.connection);
    if (here != null && here.remove(exchange.number, exchange)) {
      number--;
      octets -= exchange.size();
      if (here.isEmpty()) {
        connections.remove(exchange.connection);
      }
    }
  }

  /** Hands on what is over, unless something before it is not. */
  private void flush(long connection) {
    NavigableMap<Integer, Exchange> here = connections.get(connection);
    while (here != null && !here.isEmpty()) {
      Exchange first = here.values().iterator().next();
      if (!first.isOver()) {
        return;
      }
      remove(first);
      first.line().ifPresent(lines);
    }
  }

  /** It is not waited for any more, nor are those before it. */
  private void end(Exchange exchange) {
    NavigableMap<Integer, Exchange> here = connections.get(exchange.connection);
    if (!exchange.isRequested() || here == null) {
      remove(exchange);
      return;
    }
    for (Exchange each : List.copyOf(here.headMap(exchange.number, true).values())) {
      each.end();
      each.leave();
      if (!each.isRequested()) {
        remove(each);
      }
    }
    flush(exchange.connection);
  }

  /**
   * Has no more room for what waits than each of that many.
   *
   * @param joins at least one
   */
  public void share(int joins) {
    room = MAX_OCTETS / joins;
    trim();
  }

  private void trim() {
    while (octets > room) {
      for (SequencedSet<Exchange> queue : List.of(early, asked, answered)) {
        if (!queue.isEmpty()) {
          end(queue.getFirst());
          break;
        }
      }
    }
  }

  /** Gives up waiting for what has not come in its time; to be called now and then. */
  public void tick(long now) {
    while (!early.isEmpty() && early.getFirst().isDue(now)) {
      remove(early.getFirst());
    }
    for (SequencedSet<Exchange> queue : List.of(answered, asked)) {
      while (!queue.isEmpty() && queue.getFirst().isDue(now)) {
        Exchange due = queue.getFirst();
        due.end();
        due.leave();
        flush(due.connection);
      }
    }
  }

  /** How many requests wait. */
  public int waiting() {
    return number - early.size();
  }

  /** Hands on all that waits, for nothing more comes. */
  public void finish() {
    List<Exchange> waiting = new ArrayList<>(asked);
    waiting.addAll(answered);
    waiting.sort(Comparator.comparingLong(Exchange::began));
    waiting.forEach(this::end);
    List.copyOf(early).forEach(this::remove);
  }
}
