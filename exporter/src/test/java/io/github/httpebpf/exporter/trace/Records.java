package io.github.httpebpf.exporter.trace;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;

/** Records as the program writes them. */
final class Records {

  /** When requests begin. */
  static final long BEGAN = Duration.ofHours(1).toNanos();

  static final byte[] CLIENT = ipv4(192, 0, 2, 7);
  static final byte[] SERVER = ipv4(10, 0, 0, 1);
  static final int CLIENT_PORT = 51_234;
  static final int SERVER_PORT = 8080;

  private Records() {}

  static byte[] ipv4(int... octets) {
    byte[] address = new byte[16];
    for (int i = 0; i < octets.length; i++) {
      address[12 + i] = (byte) octets[i];
    }
    return address;
  }

  private static ByteBuffer view(byte[] octets) {
    return ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder());
  }

  /** What every record begins with. */
  private static byte[] record(int size, long connection, int number, int kind) {
    byte[] octets = new byte[size];
    ByteBuffer record = view(octets);
    record.putLong(0, connection).putLong(TraceRecord.BEGAN_OFFSET, BEGAN);
    record.putInt(TraceRecord.NUMBER_OFFSET, number);
    record.put(TraceRecord.METHOD_OFFSET, (byte) HttpMethod.GET.id());
    record.put(TraceRecord.KIND_OFFSET, (byte) kind);
    return octets;
  }

  /** The octets of a request. */
  static byte[] requestOctets(long connection, int number, byte[] host, byte[] path) {
    byte[] octets =
        record(TraceRecord.TEXT_OFFSET + host.length + path.length, connection, number, 1);
    ByteBuffer record = view(octets);
    record.put(TraceRecord.CLIENT_OFFSET, CLIENT).put(TraceRecord.SERVER_OFFSET, SERVER);
    record.putShort(TraceRecord.CLIENT_PORT_OFFSET, (short) CLIENT_PORT);
    record.putShort(TraceRecord.SERVER_PORT_OFFSET, (short) SERVER_PORT);
    record.putShort(TraceRecord.HOST_LENGTH_OFFSET, (short) host.length);
    record.putShort(TraceRecord.PATH_LENGTH_OFFSET, (short) path.length);
    record.put(TraceRecord.TEXT_OFFSET, host);
    record.put(TraceRecord.TEXT_OFFSET + host.length, path);
    return octets;
  }

  static byte[] octets(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** A request whose path names it. */
  static TraceRecord request(long connection, int number) {
    return TraceRecord.of(
            requestOctets(
                connection,
                number,
                octets("a.example"),
                octets("/%d/%d".formatted(connection, Integer.toUnsignedLong(number)))))
        .orElseThrow();
  }

  static TraceRecord response(long connection, int number, int status) {
    return response(connection, number, status, 1_500_000);
  }

  /** One that began so many nanoseconds after its request. */
  static TraceRecord response(long connection, int number, int status, long after) {
    byte[] octets = record(TraceRecord.SIZE, connection, number, 2);
    view(octets).putLong(TraceRecord.AT_OFFSET, BEGAN + after);
    view(octets).putShort(TraceRecord.STATUS_OFFSET, (short) status);
    return TraceRecord.of(octets).orElseThrow();
  }

  static TraceRecord end(long connection, int number, long size) {
    byte[] octets = record(TraceRecord.SIZE, connection, number, 3);
    view(octets).putLong(TraceRecord.OCTETS_OFFSET, size);
    return TraceRecord.of(octets).orElseThrow();
  }

  static TraceRecord unanswered(long connection, int number) {
    return TraceRecord.of(record(TraceRecord.SIZE, connection, number, 4)).orElseThrow();
  }

  /** The octets with another one, somewhere. */
  static byte[] with(byte[] octets, int offset, int octet) {
    byte[] copy = Arrays.copyOf(octets, octets.length);
    copy[offset] = (byte) octet;
    return copy;
  }
}
