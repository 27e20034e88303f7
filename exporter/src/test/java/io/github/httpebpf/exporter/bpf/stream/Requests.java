package io.github.httpebpf.exporter.bpf.stream;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** What clients send: requests, and what only looks like them. */
final class Requests {

  private final Dice dice;
  private final String eol;

  Requests(Dice dice) {
    this.dice = dice;
    eol = dice.percent(92) ? "\r\n" : "\n";
  }

  /** A request that is answered as such. */
  Exchange request(boolean last) {
    String method = Heads.method(dice);
    String head = line(method) + Heads.fields(dice, eol);
    String body = "";
    switch (dice.weighted(55, 25, 20)) {
      case 1 -> {
        body = Bodies.text(dice, dice.size(dice.percent(5) ? 12000 : 600));
        head += length(body.length());
      }
      case 2 -> {
        body = Bodies.chunked(dice, dice.size(dice.percent(5) ? 8000 : 400), eol);
        head += chunked(body.length());
      }
      default -> {}
    }
    head += Heads.fields(dice, eol) + eol;
    boolean closes = last && dice.percent(10);
    String answer = Answers.plain(dice, method.equals("HEAD"), closes);
    return exchange(head, body, answer, closes);
  }

  private static Exchange exchange(String head, String body, String answer, boolean closes) {
    byte[] octets = (head + body).getBytes(ISO_8859_1);
    return new Exchange(octets, head.length(), answer.getBytes(ISO_8859_1), closes);
  }

  private String line(String method) {
    String before = "";
    while (dice.percent(4)) {
      before += dice.oneOf("\r\n", "\n", "\r", "\r\n\r\n");
    }
    return before + method + " " + Heads.target(dice) + " " + Heads.version(dice) + eol;
  }

  private String length(int length) {
    String digits = dice.percent(5) ? "%015d".formatted(length) : "" + length;
    String field =
        Heads.name(dice, "Content-Length") + ":" + Heads.blanks(dice) + digits + trailing() + eol;
    return dice.percent(4) ? field + field : field;
  }

  private String trailing() {
    return dice.percent(90) ? "" : dice.oneOf(" ", "\t", "   ");
  }

  private String chunked(int length) {
    String before =
        switch (dice.weighted(80, 5, 5, 5, 5)) {
          case 1 -> "Content-Length: " + length + eol;
          case 2 -> "Content-Length: " + dice.between(0, 9999) + eol;
          case 3 -> dice.oneOf("Content-Length: x", "Transfer-Encoding: gzip") + eol;
          case 4 -> dice.oneOf("Content-Length: 1" + eol + "Content-Length: 2", "Upgrades:") + eol;
          default -> "";
        };
    String coding = Heads.name(dice, "chunked");
    if (dice.percent(20)) {
      coding = dice.oneOf("gzip, ", "gzip,", ",", "chunked, ", "x;a=b ,\t", "a, b ,  ") + coding;
    }
    return before
        + Heads.name(dice, "Transfer-Encoding")
        + ":"
        + Heads.blanks(dice)
        + coding
        + trailing()
        + eol;
  }

  /** A request for another protocol, or for a tunnel. */
  Exchange handover(boolean accepted) {
    boolean connect = dice.percent(50);
    String method = connect ? "CONNECT" : dice.percent(70) ? "GET" : Heads.method(dice);
    String head = line(method) + Heads.fields(dice, eol);
    String body = "";
    if (!connect || dice.percent(10)) {
      head +=
          Heads.name(dice, "Upgrade")
              + ":"
              + Heads.blanks(dice)
              + dice.oneOf("websocket", "", "h2c");
      head += eol;
    }
    if (!connect && dice.percent(25)) {
      body = Bodies.text(dice, dice.size(300));
      head += length(body.length());
    } else if (connect && dice.percent(15)) {
      head +=
          dice.oneOf("Content-Length: 50", "Transfer-Encoding: chunked", "Content-Length: x") + eol;
    }
    head += Heads.fields(dice, eol) + eol;
    String answer =
        accepted
            ? Answers.accepting(dice, connect)
            : connect
                ? Answers.refusingTunnel(dice)
                : Answers.plain(dice, method.equals("HEAD"), false);
    int answerable = accepted ? head.length() + body.length() : head.length();
    return new Exchange(
        (head + body).getBytes(ISO_8859_1), answerable, answer.getBytes(ISO_8859_1), false);
  }

  /** What follows a handover that was accepted: nobody reads it as HTTP. */
  Exchange tunnelled() {
    byte[] octets = Bodies.text(dice, 1 + dice.size(900)).getBytes(ISO_8859_1);
    byte[] answer = Bodies.text(dice, dice.size(300)).getBytes(ISO_8859_1);
    return new Exchange(octets, dice.between(0, octets.length + 1), answer, false);
  }

  /** After this, nobody knows where the next request begins. */
  Exchange spoiled() {
    String text =
        switch (dice.weighted(30, 15, 15, 15, 15, 10)) {
          case 0 -> badLine();
          case 1 -> line("POST") + "Content-Length:" + badLength() + eol + eol;
          case 2 ->
              line("PUT") + "Content-Length: 3" + eol + "content-length: 4" + eol + eol + "abc";
          case 3 -> line("POST") + "Transfer-Encoding:" + badCoding() + eol + eol + "0\r\n\r\n";
          case 4 -> line("POST") + "Transfer-Encoding: chunked" + eol + eol + badChunk();
          default -> "x" + Bodies.text(dice, 1 + dice.size(200));
        };
    String answer = dice.percent(70) ? Answers.plain(dice, false, false) : "";
    return exchange(text, "", answer, false);
  }

  private String badLine() {
    return dice.oneOf(
            "GET foo",
            "GET foo HTTP/1.1",
            "GET  / HTTP/1.1",
            "GET /",
            "GET / HTTP/2.0",
            "GET / http/1.1",
            "GET / HTTP/1.x",
            "GET / HTTP/1",
            " GET / HTTP/1.1",
            "G\tET / HTTP/1.1",
            "GET\t/ HTTP/1.1",
            "GET *x HTTP/1.1",
            "GET /a\tb HTTP/1.1",
            "GET /\r HTTP/1.1",
            "GET /\u007f HTTP/1.1",
            "G\u00c4T / HTTP/1.1",
            "HTTP/1.1 200 OK",
            "M".repeat(dice.between(126, 140)) + " / HTTP/1.1",
            "\0",
            "DELE 3")
        + eol
        + dice.oneOf("", eol, "Host: x" + eol + eol);
  }

  private String badLength() {
    return dice.oneOf(
        "",
        " ",
        " x",
        " -1",
        " +5",
        " 5x",
        " 5 5",
        " 5, 5",
        " 0x10",
        " 1234567890123456",
        "5\r",
        " 5;");
  }

  private String badCoding() {
    return dice.oneOf(
        "",
        " gzip",
        " chunked, gzip",
        " chunked,",
        " xchunked",
        " chunkedx",
        " chunked;q=1",
        " chun ked");
  }

  private String badChunk() {
    return dice.oneOf("", "3\r\nabc\r\n")
        + dice.oneOf("x\r\n", "-1\r\n", "\r\n", "0x5\r\n", ";\r\n", "3\r\nabcd\r\n", "3\r\nabc\rx")
        + dice.oneOf("", "1234567890abcdef\r\n", "G");
  }

  /** What garbage in the midst of a stream may be: any octets. */
  byte[] noise(int length) {
    return Bodies.text(dice, length).getBytes(ISO_8859_1);
  }
}
