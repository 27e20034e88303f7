package io.github.httpebpf.exporter.trace;

/** Addresses as packets have them, as text: RFC 5952. */
final class AddressText {

  /** Of any address: those of IPv4 have zeros before them. */
  static final int OCTETS = 16;

  private static final int IPV4_AT = 12;
  private static final int GROUPS = 8;

  private AddressText() {}

  static String of(byte[] address) {
    return isIpv4(address) ? ipv4(address) : ipv6(address);
  }

  /** No packet has an IPv4 address of 0.0.0.0/8, but one of IPv6 may have {@code ::1}. */
  private static boolean isIpv4(byte[] address) {
    for (int i = 0; i < IPV4_AT; i++) {
      if (address[i] != 0) {
        return false;
      }
    }
    return address[IPV4_AT] != 0;
  }

  private static String ipv4(byte[] address) {
    StringBuilder text = new StringBuilder(15);
    for (int i = IPV4_AT; i < OCTETS; i++) {
      text.append(i == IPV4_AT ? "" : ".").append(address[i] & 0xff);
    }
    return text.toString();
  }

  private static String ipv6(byte[] address) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = ((address[2 * i] & 0xff) << Byte.SIZE) | (address[2 * i + 1] & 0xff);
    }
    int from = 0;
    int length = 0;
    for (int i = 0; i < GROUPS; i++) {
      int zeros = zeros(groups, i);
      if (zeros > length) {
        from = i;
        length = zeros;
      }
    }
    return length < 2
        ? join(groups, 0, GROUPS)
        : join(groups, 0, from) + "::" + join(groups, from + length, GROUPS);
  }

  private static int zeros(int[] groups, int from) {
    int end = from;
    while (end < GROUPS && groups[end] == 0) {
      end++;
    }
    return end - from;
  }

  private static String join(int[] groups, int from, int end) {
    StringBuilder text = new StringBuilder();
    for (int i = from; i < end; i++) {
      text.append(i == from ? "" : ":").append(Integer.toHexString(groups[i]));
    }
    return text.toString();
  }
}
