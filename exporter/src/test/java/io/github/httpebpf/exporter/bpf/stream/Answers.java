package io.github.httpebpf.exporter.bpf.stream;

/** What servers send: RFC 9112 section 6.3 in every framing. */
final class Answers {

  private Answers() {}

  /** A final response that does not hand the connection over. */
  static String plain(Dice dice, boolean toHead, boolean closes) {
    String status =
        dice.oneOf("200 OK", "200 OK", "404 Not Found", "400 Bad", "201", "500 ", "426 Up");
    return interim(dice) + framed(dice, status, toHead, closes);
  }

  static String refusingTunnel(Dice dice) {
    String status =
        dice.oneOf("403 No", "405 Method Not Allowed", "502 Bad Gateway", "301 Elsewhere");
    return interim(dice) + framed(dice, status, false, false);
  }

  static String accepting(Dice dice, boolean connect) {
    String head =
        connect
            ? dice.oneOf("200 Connection established", "200", "204 No", "299 x")
            : "101 Switching Protocols";
    String fields =
        dice.percent(30)
            ? dice.oneOf("Content-Length: 40\r\n", "Transfer-Encoding: chunked\r\n")
            : "";
    return interim(dice) + "HTTP/1.1 " + head + "\r\nUpgrade: websocket\r\n" + fields + "\r\n";
  }

  private static String interim(Dice dice) {
    String text = "";
    while (dice.percent(12)) {
      text +=
          dice.oneOf(
              "HTTP/1.1 100 Continue\r\n\r\n",
              "HTTP/1.1 103 Early Hints\r\nLink: x\r\nContent-Length: 9\r\n\r\n",
              "HTTP/1.1 102 \n\n");
    }
    return text;
  }

  private static String framed(Dice dice, String status, boolean toHead, boolean closes) {
    String eol = dice.percent(95) ? "\r\n" : "\n";
    String line = dice.percent(90) ? "HTTP/1.1 " : "HTTP/1.0 ";
    String body = Bodies.text(dice, dice.size(dice.percent(3) ? 6000 : 300));
    String fields = dice.oneOf("", "Server: s" + eol, "X-Content-Length: 3" + eol);
    if (closes && !toHead) {
      String coding = dice.percent(20) ? "Transfer-Encoding: gzip" + eol : "";
      return line + status + eol + fields + coding + eol + body;
    }
    return switch (dice.weighted(50, 30, 8, 6)) {
      case 0 -> line + status + eol + fields + length(dice, body, eol) + (toHead ? "" : body);
      case 1 -> {
        String content = Bodies.chunked(dice, body.length(), eol);
        String field = Heads.name(dice, "Transfer-Encoding") + ": chunked" + eol;
        yield line + status + eol + fields + field + eol + (toHead ? "" : content);
      }
      case 2 -> line + "204 No Content" + eol + fields + eol;
      default -> line + "304 Not Modified" + eol + fields + length(dice, body, eol);
    };
  }

  private static String length(Dice dice, String body, String eol) {
    return Heads.name(dice, "Content-Length") + ": " + body.length() + eol + eol;
  }
}
