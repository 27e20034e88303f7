package io.github.httpebpf.exporter.bpf.stream;

/** Lines of requests. */
final class Heads {

  private static final String[] CONFUSING = {
    "Host: example.org",
    "Content-Lengthy: 5",
    "X-Content-Length: 77",
    "Content-Lengt: 3",
    "Content_Length: 3",
    "Content-Length : 9",
    " Content-Length: 9",
    "Content-Length",
    "Upgrade-Insecure-Requests: 1",
    "X-Upgrade: websocket",
    "Upgrad: e",
    "Upgrade : websocket",
    "Transfer-Encodings: chunked",
    "Transfer-Encoding : chunked",
    "X-Transfer-Encoding: chunked",
    "TransferEncoding: chunked",
    "Connection: Upgrade, keep-alive",
    "Folded: a\r\n Content-Length: 12",
    "Folded: b\r\n\tTransfer-Encoding: chunked",
    "Cookie: Content-Length: 7; Transfer-Encoding: chunked",
    "no colon in this line",
    ": no name",
    "GET /looks/like/a/line HTTP/1.1",
    "Lone: carriage\rreturn",
    "Expect: 100-continue",
    "TE: trailers, chunked",
    "\u00c4: \u00ff\u0080",
    "Empty:",
    "C: l",
    "T"
  };

  private Heads() {}

  static String method(Dice dice) {
    return switch (dice.weighted(40, 6, 12, 5, 4, 4, 2, 4, 6)) {
      case 0 -> "GET";
      case 1 -> "HEAD";
      case 2 -> "POST";
      case 3 -> "PUT";
      case 4 -> "DELETE";
      case 5 -> "OPTIONS";
      case 6 -> "TRACE";
      case 7 -> "PATCH";
      default -> unknownMethod(dice);
    };
  }

  private static String unknownMethod(Dice dice) {
    return dice.percent(80)
        ? dice.oneOf(
            "get", "Get", "PURGE", "M-SEARCH", "GETT", "GE", "A", "!#$%&'*+.^_`|~9", "connect")
        : "LONG".repeat(32).substring(0, dice.between(100, 128));
  }

  static String target(Dice dice) {
    return switch (dice.weighted(70, 10, 6, 5, 3, 2)) {
      case 0 -> "/" + path(dice, dice.size(60));
      case 1 -> dice.oneOf("http://", "https://", "ftp://a@") + path(dice, 1 + dice.size(40)) + "/";
      case 2 -> dice.oneOf("example.org:80", "[::1]:443", ":", "a:", "*:80".substring(1));
      case 3 -> "*";
      case 4 -> "/" + path(dice, dice.between(60, 1500));
      default -> "/" + path(dice, dice.percent(15) ? dice.between(7900, 8100) : dice.size(9000));
    };
  }

  private static String path(Dice dice, int length) {
    StringBuilder path = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      int kind = dice.between(0, 40);
      path.append((char) (kind == 0 ? dice.between(0x80, 0x100) : dice.between(0x21, 0x7f)));
    }
    return path.toString();
  }

  static String version(Dice dice) {
    return dice.percent(95)
        ? dice.oneOf("HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0")
        : dice.oneOf(
            "HTTP/1.2", "HTTP/1.19", "HTTP/1.1 more", "HTTP/1.1\rGET / HTTP/1.1", "HTTP/1.0 ");
  }

  static String fields(Dice dice, String eol) {
    StringBuilder fields = new StringBuilder();
    int count = dice.percent(0.3) ? dice.between(200, 900) : dice.between(0, 5);
    for (int i = 0; i < count; i++) {
      fields.append(dice.oneOf(CONFUSING));
      fields.append(dice.percent(2) ? dice.oneOf("\n", "\r\n") : eol);
      if (dice.percent(1)) {
        fields.append("Long: ").append("value ".repeat(dice.size(600))).append(eol);
      }
    }
    return fields.toString();
  }

  static String name(Dice dice, String name) {
    return switch (dice.weighted(60, 20, 10, 10)) {
      case 0 -> name;
      case 1 -> name.toLowerCase(java.util.Locale.ROOT);
      case 2 -> name.toUpperCase(java.util.Locale.ROOT);
      default -> mixed(dice, name);
    };
  }

  static String mixed(Dice dice, String name) {
    StringBuilder mixed = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      mixed.append(dice.percent(50) ? Character.toUpperCase(c) : Character.toLowerCase(c));
    }
    return mixed.toString();
  }

  static String blanks(Dice dice) {
    return dice.percent(80) ? " " : dice.oneOf("", "  ", "\t", " \t ", " ".repeat(dice.size(300)));
  }
}
