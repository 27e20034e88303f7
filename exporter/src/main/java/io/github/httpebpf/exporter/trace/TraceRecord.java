package io.github.httpebpf.exporter.trace;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * What the program tells of a request at one time: {@code struct trace_record} of {@code
 * native/src/http_counter.h}, or {@code struct trace_request}. Times are nanoseconds of the
 * monotonic clock, as {@link System#nanoTime()} has them. Immutable.
 */
public final class TraceRecord {

  /** What happened; ids as in {@code enum trace_kind}. */
  enum Kind {
    REQUEST,
    RESPONSE,
    RESPONSE_END,
    UNANSWERED;

    private static final Kind[] KINDS = values();
  }

  /** Octets of every record. */
  static final int SIZE = 40;

  static final int BEGAN_OFFSET = 8;
  static final int AT_OFFSET = 16;
  static final int OCTETS_OFFSET = 24;
  static final int NUMBER_OFFSET = 32;
  static final int STATUS_OFFSET = 36;
  static final int METHOD_OFFSET = 38;
  static final int KIND_OFFSET = 39;
  static final int CLIENT_OFFSET = 40;
  static final int SERVER_OFFSET = 56;
  static final int CLIENT_PORT_OFFSET = 72;
  static final int SERVER_PORT_OFFSET = 74;
  static final int HOST_LENGTH_OFFSET = 76;
  static final int PATH_LENGTH_OFFSET = 78;
  static final int OWNER_OFFSET = 80;
  static final int HOST_CUT_OFFSET = 88;
  static final int PATH_CUT_OFFSET = 89;
  static final int UNKNOWN_OFFSET = 90;

  /** Where the text of a request begins. */
  static final int TEXT_OFFSET = 96;

  private static final VarHandle LONG = view(long[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle SHORT = view(short[].class);

  private final byte[] octets;

  private TraceRecord(byte[] octets) {
    this.octets = octets;
  }

  private static VarHandle view(Class<?> type) {
    return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.nativeOrder());
  }

  /**
   * Reads a record; empty if it is none that this version knows.
   *
   * @param octets not to be changed any more
   */
  public static Optional<TraceRecord> of(byte[] octets) {
    if (octets.length < SIZE
        || octets[KIND_OFFSET] < 1
        || octets[KIND_OFFSET] > Kind.KINDS.length) {
      return Optional.empty();
    }
    TraceRecord record = new TraceRecord(octets);
    if (record.isRequest()
        && (octets.length < TEXT_OFFSET
            || octets.length < TEXT_OFFSET + record.hostLength() + record.pathLength())) {
      return Optional.empty();
    }
    return Optional.of(record);
  }

  Kind kind() {
    return Kind.KINDS[octets[KIND_OFFSET] - 1];
  }

  /** Whether it is the one that says what was requested. */
  public boolean isRequest() {
    return kind() == Kind.REQUEST;
  }

  /** How much memory it takes. */
  int size() {
    return octets.length;
  }

  long connection() {
    return (long) LONG.get(octets, 0);
  }

  long began() {
    return (long) LONG.get(octets, BEGAN_OFFSET);
  }

  long at() {
    return (long) LONG.get(octets, AT_OFFSET);
  }

  /** Of the response, once it has ended. */
  long octets() {
    return (long) LONG.get(octets, OCTETS_OFFSET);
  }

  /** In its connection; it wraps around. */
  int number() {
    return (int) INT.get(octets, NUMBER_OFFSET);
  }

  int status() {
    return unsigned(STATUS_OFFSET);
  }

  HttpMethod method() {
    return HttpMethod.ofId(octets[METHOD_OFFSET] & 0xff);
  }

  Endpoint client() {
    return new Endpoint(address(CLIENT_OFFSET), unsigned(CLIENT_PORT_OFFSET));
  }

  Endpoint server() {
    return new Endpoint(address(SERVER_OFFSET), unsigned(SERVER_PORT_OFFSET));
  }

  private String address(int offset) {
    return AddressText.of(Arrays.copyOfRange(octets, offset, offset + AddressText.OCTETS));
  }

  /** The id of a cgroup, or the index of an interface in the upper half; 0 if neither is known. */
  long owner() {
    return (long) LONG.get(octets, OWNER_OFFSET);
  }

  /** Empty if it is not known. */
  Optional<String> host() {
    if (isUnknown()) {
      return Optional.empty();
    }
    byte[] sent = Arrays.copyOfRange(octets, TEXT_OFFSET, TEXT_OFFSET + hostLength());
    return Optional.of(HostText.of(sent, octets[HOST_CUT_OFFSET] != 0));
  }

  /** Likewise. */
  Optional<String> path() {
    if (isUnknown()) {
      return Optional.empty();
    }
    int from = TEXT_OFFSET + hostLength();
    String path = LineText.of(Arrays.copyOfRange(octets, from, from + pathLength()));
    return Optional.of(octets[PATH_CUT_OFFSET] == 0 ? path : path + LineText.CUT);
  }

  private boolean isUnknown() {
    return octets[UNKNOWN_OFFSET] != 0;
  }

  private int hostLength() {
    return unsigned(HOST_LENGTH_OFFSET);
  }

  private int pathLength() {
    return unsigned(PATH_LENGTH_OFFSET);
  }

  private int unsigned(int offset) {
    return Short.toUnsignedInt((short) SHORT.get(octets, offset));
  }
}
