package io.github.httpebpf.exporter.bpf.stream;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many requests of each method must have been counted after each packet of one client port.
 *
 * <p>Packets are put together as a TCP receiver does it, and the octets read from the beginning of
 * the message in which they are, again and again, until it is complete.
 *
 * <p>A connection that cannot be followed is entered again at a packet that, from its first octet
 * that is new, holds a whole request line, if the client has acknowledged something since. One that
 * began before the capture is entered in the same way, without that condition. The rules for lost
 * connections end there; {@link #isUndetermined} says when a stream has gone beyond them:
 *
 * <ul>
 *   <li>a connection is lost while octets behind the packet are already there, or by octets that an
 *       earlier packet brought;
 *   <li>while it is lost, packets come with a gap before them, or with what may become a request
 *       line;
 *   <li>after that, Upgrade or CONNECT: which answer is theirs cannot be known.
 * </ul>
 */
public final class Reference {

  private enum State {
    UNKNOWN,
    FOLLOWED,
    LOST,
    TUNNEL
  }

  private final long[] counts = new long[HttpMethod.values().length];
  private State state = State.UNKNOWN;
  private boolean undetermined;

  private boolean opened;
  private int base;
  private Octets octets = new Octets();
  private long position;
  private boolean positionCounted;
  private final List<ReferenceRequest> requests = new ArrayList<>();
  private boolean awaitsAnswer;

  private @Nullable Integer answersBase;
  private ReferenceAnswers answers = new ReferenceAnswers();

  private @Nullable Integer lostAck;
  private @Nullable Integer lostNext;

  /** By method id. */
  public long[] counts() {
    return counts.clone();
  }

  /** Whether the rules do not say what the last packet, or what follows it, must have counted. */
  public boolean isUndetermined() {
    return undetermined;
  }

  /** The next packet. */
  public void take(StreamPacket packet) {
    if (!packet.toServer()) {
      takeAnswer(packet);
    } else if (packet.has(StreamPacket.SYN)) {
      open(packet.sequence() + 1);
    } else if (state == State.FOLLOWED) {
      octets.put(packet.sequence() - base, packet.data());
      if (packet.data().length > 0 || awaitsAnswer) {
        advance(packet);
      }
    } else if (state != State.TUNNEL && packet.data().length > 0) {
      enter(packet);
    }
  }

  private void takeAnswer(StreamPacket packet) {
    if (packet.has(StreamPacket.SYN)) {
      answersBase = packet.sequence() + 1;
    } else if (packet.data().length > 0) {
      if (answersBase == null) {
        answersBase = packet.sequence();
      }
      answers.put(packet.sequence() - answersBase, packet.data());
    }
  }

  private void open(int first) {
    if (!opened || base != first) {
      follow(first);
      opened = true;
      answers = new ReferenceAnswers();
      answersBase = null;
    }
  }

  private void follow(int first) {
    state = State.FOLLOWED;
    base = first;
    octets = new Octets();
    position = 0;
    positionCounted = false;
    requests.clear();
    awaitsAnswer = false;
    opened = false;
  }

  private void advance(StreamPacket packet) {
    while (state == State.FOLLOWED && !undetermined) {
      if (awaitsAnswer && isUnanswered()) {
        return;
      }
      ReferenceRequest request = ReferenceRequest.read(octets, position);
      if (request.counts() && !positionCounted) {
        counts[request.method().id()]++;
        positionCounted = true;
      }
      if (request.isLost()) {
        lose(packet, request.end());
      } else if (request.isComplete()) {
        requests.add(request);
        position = request.end();
        positionCounted = false;
        awaitsAnswer = request.mayTunnel();
        undetermined |= awaitsAnswer && !opened;
      } else {
        return;
      }
    }
  }

  private boolean isUnanswered() {
    switch (answers.decisionOnLast(requests)) {
      case TUNNEL -> state = State.TUNNEL;
      case HTTP -> awaitsAnswer = false;
      case NONE -> {}
    }
    return awaitsAnswer;
  }

  private void lose(StreamPacket packet, long where) {
    boolean byThisPacket = where > packet.sequence() - base && where <= packet.end() - base;
    if (!byThisPacket || octets.end() > packet.end() - base) {
      undetermined = true;
    }
    state = State.LOST;
    lostAck = packet.ack();
    lostNext = packet.end();
  }

  private void enter(StreamPacket packet) {
    int next = lostNext == null ? packet.sequence() : lostNext;
    if (packet.end() - next <= 0) {
      return;
    }
    if (packet.sequence() - next > 0) {
      undetermined = true;
      return;
    }
    lostNext = packet.end();
    if (lostAck != null && packet.ack() == lostAck) {
      return;
    }
    Octets fresh = new Octets();
    fresh.put(packet.sequence() - next, packet.data());
    ReferenceRequest request = ReferenceRequest.read(fresh, 0);
    if (request.counts()) {
      follow(next);
      octets = fresh;
      advance(packet);
    } else {
      undetermined = !request.isLost();
    }
  }
}
