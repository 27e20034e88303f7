package io.github.httpebpf.exporter.bpf.stream;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * A TCP connection at the server's interface: segments of the client in the order in which they
 * arrive, and those of the server in the order in which they leave. Neither side acknowledges, or
 * answers, what it has not got.
 */
final class Wire {

  /** A test run takes about a page. */
  private static final int SEGMENT_MAX = 2900;

  private final Dice dice;
  private final Habits habits;
  private final byte[] request;
  private final byte[] answer;

  /** Of each exchange: where it begins, where its answer may begin, and where that ends. */
  private final int[] begins;

  private final int[] answerable;
  private final int[] answerEnds;
  private final boolean[] waits;

  private final int clientStart;
  private final int serverStart;

  private int sent;
  private boolean finished;
  private int answered;
  private int acknowledged;
  private final BitSet arrived = new BitSet();
  private final List<StreamPacket> flight = new ArrayList<>();
  private final List<StreamPacket> packets = new ArrayList<>();

  Wire(Dice dice, List<Exchange> exchanges) {
    this.dice = dice;
    ByteArrayOutputStream requests = new ByteArrayOutputStream();
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    int count = exchanges.size();
    begins = new int[count];
    answerable = new int[count];
    answerEnds = new int[count];
    waits = new boolean[count];
    double patience = new double[] {5, 50, 95}[dice.between(0, 3)];
    for (int i = 0; i < count; i++) {
      Exchange exchange = exchanges.get(i);
      begins[i] = requests.size();
      answerable[i] = begins[i] + exchange.answerable();
      requests.writeBytes(exchange.octets());
      answers.writeBytes(exchange.answer());
      answerEnds[i] = answers.size();
      waits[i] = dice.percent(patience);
    }
    request = requests.toByteArray();
    answer = answers.toByteArray();
    habits = new Habits(dice, request.length);
    clientStart = dice.percent(25) ? -dice.between(0, 3000) : dice.integer();
    serverStart = dice.percent(25) ? -dice.between(0, 3000) : dice.integer();
  }

  /** Whether another connection's numbers are so far away that neither is taken for the other. */
  boolean isFarFrom(Wire other) {
    return Math.abs((long) (clientStart - other.clientStart)) > 1 << 24;
  }

  /** All packets; with the handshake, or as one sees them who comes later. */
  List<StreamPacket> run(boolean fromTheStart) {
    if (fromTheStart) {
      open();
    }
    while (!isDone()) {
      step();
    }
    close();
    return packets;
  }

  private void open() {
    StreamPacket syn = client(-1, new byte[0], StreamPacket.SYN, 0);
    packets.add(syn);
    while (dice.percent(5)) {
      packets.add(syn);
    }
    packets.add(server(-1, new byte[0], StreamPacket.SYN | StreamPacket.ACK, 0));
    if (dice.percent(80)) {
      packets.add(client(0, new byte[0], StreamPacket.ACK, 0));
    }
  }

  private boolean isDone() {
    return sent == request.length
        && answered == answer.length
        && flight.isEmpty()
        && contiguous() == request.length;
  }

  private int contiguous() {
    return arrived.nextClearBit(0);
  }

  private void step() {
    switch (dice.weighted(30, 40, 20, 15, habits.repeats)) {
      case 0 -> send();
      case 1 -> deliver();
      case 2 -> answer();
      case 3 -> acknowledge();
      default -> repeat();
    }
  }

  private void send() {
    if (sent == sendable() || flight.size() > habits.flight) {
      return;
    }
    int length = Math.min(habits.segment(), sendable() - sent);
    boolean last = sent + length == request.length && dice.percent(20);
    finished |= last;
    flight.add(segment(sent, length, last ? StreamPacket.FIN : 0));
    sent += length;
  }

  /** How far the client goes before it has the answers that it waits for. */
  private int sendable() {
    for (int i = 1; i < begins.length; i++) {
      if (waits[i] && acknowledged < answerEnds[i - 1]) {
        return Math.max(sent, begins[i]);
      }
    }
    return request.length;
  }

  private void deliver() {
    if (flight.isEmpty()) {
      return;
    }
    int which = dice.percent(habits.reordering) ? dice.between(0, flight.size()) : 0;
    StreamPacket packet = flight.get(which);
    if (!dice.percent(habits.duplicates)) {
      flight.remove(which);
    }
    packets.add(packet);
    int at = packet.sequence() - clientStart;
    arrived.set(at, at + packet.data().length);
  }

  private void answer() {
    int end = answered;
    for (int i = 0; i < answerEnds.length && contiguous() >= answerable[i]; i++) {
      end = Math.max(end, answerEnds[i]);
    }
    if (end > answered) {
      int length = Math.min(habits.segment(), end - answered);
      byte[] data = Arrays.copyOfRange(answer, answered, answered + length);
      StreamPacket packet = server(answered, data, StreamPacket.ACK, contiguous());
      packets.add(packet);
      if (dice.percent(habits.duplicates)) {
        packets.add(packet);
      }
      answered += length;
    }
  }

  private void acknowledge() {
    if (answered > acknowledged) {
      acknowledged = dice.percent(70) ? answered : dice.between(acknowledged, answered) + 1;
      if (dice.percent(40)) {
        flight.add(segment(sent, 0, 0));
      }
    }
  }

  /** Sends again what was sent, cut in another way. */
  private void repeat() {
    if (sent > 0 && flight.size() <= habits.flight) {
      int from = dice.percent(50) ? Math.min(contiguous(), sent - 1) : dice.between(0, sent);
      from = Math.max(0, from - dice.size(20));
      flight.add(segment(from, Math.min(habits.segment(), sent - from), 0));
    }
  }

  private void close() {
    acknowledged = answered;
    if (!finished || dice.percent(50)) {
      packets.add(segment(sent, 0, finished ? 0 : StreamPacket.FIN));
    }
    while (dice.percent(habits.repeats)) {
      int from = dice.between(0, request.length);
      packets.add(segment(from, Math.min(habits.segment(), request.length - from), 0));
    }
    if (dice.percent(3)) {
      packets.add(client(sent, new byte[0], StreamPacket.RST, answered));
    }
  }

  private StreamPacket segment(int from, int length, int flags) {
    byte[] data = Arrays.copyOfRange(request, from, from + Math.min(length, SEGMENT_MAX));
    int push = length > 0 ? StreamPacket.PUSH : 0;
    return client(from, data, flags | StreamPacket.ACK | push, acknowledged);
  }

  private StreamPacket client(int from, byte[] data, int flags, int ack) {
    int number = (flags & StreamPacket.ACK) == 0 ? 0 : serverStart + ack;
    return new StreamPacket(true, clientStart + from, number, flags, data);
  }

  private StreamPacket server(int from, byte[] data, int flags, int ack) {
    return new StreamPacket(false, serverStart + from, clientStart + ack, flags, data);
  }
}
