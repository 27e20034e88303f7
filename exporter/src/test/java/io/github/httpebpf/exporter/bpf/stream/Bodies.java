package io.github.httpebpf.exporter.bpf.stream;

/** Content of messages: it looks like everything that must not be taken for what it looks like. */
final class Bodies {

  private Bodies() {}

  static String text(Dice dice, int length) {
    StringBuilder text = new StringBuilder();
    int kind = dice.between(0, 6);
    while (text.length() < length) {
      switch (kind) {
        case 0 -> text.append("GET /inside HTTP/1.1\r\nHost: body\r\n\r\n");
        case 1 -> text.append("5\r\nabcde\r\n0\r\n\r\n");
        case 2 -> text.append((char) dice.between(0, 256));
        case 3 -> text.append(dice.oneOf("POST / HTTP/1.1\n\n", "HTTP/1.1 101 X\r\n\r\n", "\r\n"));
        case 4 ->
            text.append(dice.oneOf("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc", "0\n\n"));
        default -> text.append(dice.oneOf("name=value&", "x", " ", "PUT /a HTTP/1.0\r\n\r\n"));
      }
    }
    return text.substring(0, length);
  }

  /** RFC 9112 section 7.1, in all its spellings. */
  static String chunked(Dice dice, int length, String eol) {
    StringBuilder text = new StringBuilder();
    String content = text(dice, length);
    int at = 0;
    while (at < length) {
      int size = 1 + dice.size(length - at - 1);
      text.append(size(dice, size)).append(eol).append(content, at, at + size);
      text.append(dice.percent(95) ? eol : dice.oneOf("\n", "\r\n"));
      at += size;
    }
    text.append(dice.oneOf("0", "0", "0", "000", "0;last", "0 ")).append(eol);
    while (dice.percent(15)) {
      text.append(
          dice.oneOf("Trailer: x", "Content-Length: 5", "GET / HTTP/1.1", " fold", "Upgrade: x"));
      text.append(eol);
    }
    return text.append(eol).toString();
  }

  private static String size(Dice dice, int size) {
    String digits = Integer.toHexString(size);
    if (dice.percent(30)) {
      digits = digits.toUpperCase(java.util.Locale.ROOT);
    }
    if (dice.percent(10)) {
      digits = "0".repeat(dice.between(0, 15 - digits.length() + 1)) + digits;
    }
    if (dice.percent(20)) {
      digits += dice.oneOf(";", ";a=b", "; a=\"x;y\"", " ", "\t;x", ";5", " GET / HTTP/1.1", "\r");
    }
    return digits;
  }
}
