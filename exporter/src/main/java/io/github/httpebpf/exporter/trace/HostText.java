package io.github.httpebpf.exporter.trace;

import java.util.Arrays;

/** Hosts as labels have them: {@code scan_host} of {@code native/src/urls.h}. */
final class HostText {

  private HostText() {}

  /**
   * In lower case, up to a blank or the port; an IPv6 address keeps its brackets.
   *
   * @param cut whether more was sent
   */
  static String of(byte[] sent, boolean cut) {
    int end = end(sent);
    byte[] host = Arrays.copyOf(sent, end < 0 ? sent.length : end);
    for (int i = 0; i < host.length; i++) {
      if (host[i] >= 'A' && host[i] <= 'Z') {
        host[i] = (byte) (host[i] + 'a' - 'A');
      }
    }
    String text = LineText.of(host);
    return cut && end < 0 ? text + LineText.CUT : text;
  }

  /** Behind its last octet; negative if that is not there. */
  private static int end(byte[] sent) {
    boolean bracket = sent.length > 0 && sent[0] == '[';
    for (int i = 0; i < sent.length; i++) {
      if (bracket && sent[i] == ']') {
        return i + 1;
      }
      if (!bracket && (sent[i] == ':' || (sent[i] >= 0 && sent[i] <= ' '))) {
        return i;
      }
    }
    return -1;
  }
}
