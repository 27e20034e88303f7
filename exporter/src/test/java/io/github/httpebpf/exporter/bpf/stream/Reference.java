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
 * <p>A connection that cannot be followed is entered again at a packet with new octets which from
 * the first of them on can be the beginning of a request line, if the client has acknowledged
 * something else than when the connection was lost. What lies between is given up; what had come
 * too early is forgotten. A connection that began with something else than a request cannot be in
 * the midst of one's body, and is entered whatever was acknowledged. A connection that began before
 * the capture is lost by its first packet, unless it can be entered there. Answers count from where
 * the client says that it has got them.
 *
 * <p>The rules end where {@link #isUndetermined} says so:
 *
 * <ul>
 *   <li>the server has acknowledged, or sent, what has not been seen, or the client acknowledges
 *       that while an answer is awaited;
 *   <li>a packet is from before the connection's SYN;
 *   <li>a connection is lost by octets that an earlier packet brought;
 *   <li>Upgrade or CONNECT after an entry at which the server had sent more than the client had, or
 *       after the server sent what answers no request, so that it cannot be known which answer is
 *       theirs; or the answers cannot be read.
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

  private boolean paired;
  private @Nullable Integer answersBase;
  private @Nullable Integer answersEnd;
  private ReferenceAnswers answers = new ReferenceAnswers();

  /** Since its SYN, nothing on the connection was a request. */
  private boolean foreign;

  /** Null if it does not matter. */
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

  /**
   * Whether packets are missing. If what they bring is of a body, whoever counts may have gone on
   * behind it, or may wait for it: then the counts are those of one who has gone on.
   */
  public boolean hasHoles() {
    return state == State.FOLLOWED && octets.contiguous(0) < octets.end();
  }

  /** The next packet. */
  public void take(StreamPacket packet) {
    if (!packet.toServer()) {
      takeAnswer(packet);
    } else if (packet.has(StreamPacket.SYN)) {
      open(packet.sequence() + 1);
    } else if (state == State.FOLLOWED) {
      undetermined |= opened && packet.sequence() - base < 0;
      undetermined |= awaitsAnswer && acknowledgesUnseen(packet);
      octets.put(packet.sequence() - base, packet.data());
      if (packet.data().length > 0) {
        advance(packet);
      }
    } else if (state != State.TUNNEL && packet.data().length > 0) {
      enter(packet);
    }
  }

  private boolean acknowledgesUnseen(StreamPacket packet) {
    Integer seen = answersEnd == null ? answersBase : answersEnd;
    boolean tells =
        packet.data().length > 0 || packet.has(StreamPacket.FIN) || packet.has(StreamPacket.RST);
    return tells && seen != null && packet.ack() - seen > 0;
  }

  private void takeAnswer(StreamPacket packet) {
    if (state == State.FOLLOWED && packet.ack() - (base + octets.contiguous(0)) > 0) {
      undetermined = true;
    }
    if (packet.has(StreamPacket.SYN)) {
      answersBase = packet.sequence() + 1;
      answersEnd = answersBase;
    } else if (packet.data().length > 0) {
      if (answersBase == null) {
        answersBase = packet.sequence();
        undetermined |= opened;
      }
      if (answersEnd == null || packet.end() - answersEnd > 0) {
        answersEnd = packet.end();
      }
      answers.put(packet.sequence() - answersBase, packet.data());
      undetermined |= answers.haveHoles();
      paired &= state != State.FOLLOWED || !answers.goBeyond(answerable());
      if (state == State.FOLLOWED && awaitsAnswer) {
        advance(packet);
      }
    }
  }

  /** The requests that a server may have answered: the last one's body may still be on its way. */
  private List<ReferenceRequest> answerable() {
    List<ReferenceRequest> answerable = new ArrayList<>(requests);
    ReferenceRequest current = ReferenceRequest.read(octets, position);
    if (current.hasHead()) {
      answerable.add(current);
    }
    return answerable;
  }

  private void open(int first) {
    if (!opened || base != first) {
      follow(first, new Octets());
      opened = true;
      paired = true;
      foreign = true;
      answersBase = null;
      answersEnd = null;
    }
  }

  private void follow(int first, Octets fromThere) {
    state = State.FOLLOWED;
    base = first;
    octets = fromThere;
    position = 0;
    positionCounted = false;
    requests.clear();
    awaitsAnswer = false;
    opened = false;
    answers = new ReferenceAnswers();
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
        foreign = false;
      }
      if (request.isLost()) {
        lose(packet, request.end());
      } else if (request.isComplete()) {
        requests.add(request);
        position = request.end();
        positionCounted = false;
        awaitsAnswer = request.mayTunnel();
        undetermined |= awaitsAnswer && !paired;
      } else {
        return;
      }
    }
  }

  private boolean isUnanswered() {
    switch (answers.decisionOnLast(requests)) {
      case TUNNEL -> state = State.TUNNEL;
      case HTTP -> awaitsAnswer = false;
      case NONE -> undetermined |= answers.areUnreadable();
    }
    return awaitsAnswer;
  }

  private void lose(StreamPacket packet, long where) {
    int offset = packet.sequence() - base;
    if (!packet.toServer() || where <= offset || where > offset + packet.data().length) {
      undetermined = true;
    }
    state = State.LOST;
    lostAck = foreign ? null : Integer.valueOf(packet.ack());
    lostNext = packet.end();
  }

  private void enter(StreamPacket packet) {
    int old = lostNext == null ? 0 : Math.max(0, lostNext - packet.sequence());
    if (old >= packet.data().length) {
      return;
    }
    lostNext = packet.end();
    if (lostAck != null && packet.ack() == lostAck) {
      return;
    }
    Octets fresh = new Octets();
    fresh.put(-old, packet.data());
    ReferenceRequest request = ReferenceRequest.read(fresh, 0);
    if (request.isLost() && !request.counts()) {
      if (!foreign && lostAck == null) {
        lostAck = packet.ack();
      }
      state = State.LOST;
    } else {
      follow(packet.sequence() + old, fresh);
      paired = answersEnd == null || answersEnd == packet.ack();
      answersBase = packet.ack();
      advance(packet);
    }
  }
}
