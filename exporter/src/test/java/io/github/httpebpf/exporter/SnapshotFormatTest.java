package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import io.github.httpebpf.exporter.metrics.Exchanges;
import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.LabelledRequests;
import io.github.httpebpf.exporter.metrics.Urls;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SnapshotFormatTest {

  private static final List<CaptureSnapshot> SNAPSHOTS =
      List.of(
          new CaptureSnapshot(
              "eth0",
              true,
              CaptureCounts.ofEntries(
                  new long[] {3, 1234567890123L}, packets(), new long[] {0, 0, 2}, null)),
          new CaptureSnapshot(
              "old", false, CaptureCounts.ofEntries(new long[0], new long[0], null, null)),
          new CaptureSnapshot("x\"y", false, null));

  private static long[] packets() {
    long[] packets = new long[64];
    packets[0] = 8;
    packets[12] = 5;
    packets[63] = 1;
    return packets;
  }

  @Test
  void textIsABlockACapture() {
    StringWriter out = new StringWriter();
    SnapshotFormat.text(SNAPSHOTS, new PrintWriter(out));

    assertThat(out)
        .hasToString(
            """
            eth0:
              _OTHER                             3
              GET                    1234567890123
              HEAD                               0
              POST                               0
              PUT                                0
              DELETE                             0
              CONNECT                            0
              OPTIONS                            0
              TRACE                              0
              PATCH                              0
              packets:
                request                          8
                no_payload                       0
                not_http                         0
                tls                              0
                http2                            0
                not_tcp                          0
                fragment                         0
                truncated                        0
                line_too_long                    0
                excluded                         0
                encapsulated                     0
                malformed                        0
                line_incomplete                  5
                head_continued                   0
                body                             0
                retransmission                   0
                out_of_order                     0
                response                         0
                tunnel                           0
                undecided                        0
                resync                           0
                unknown_63                       1
              unseen connections:
                tls                              0
                http2                            0
                quic                             2
                tunnel                           0
            old: (interface gone)
              _OTHER                             0
              GET                                0
              HEAD                               0
              POST                               0
              PUT                                0
              DELETE                             0
              CONNECT                            0
              OPTIONS                            0
              TRACE                              0
              PATCH                              0
              packets:
                request                          0
                no_payload                       0
                not_http                         0
                tls                              0
                http2                            0
                not_tcp                          0
                fragment                         0
                truncated                        0
                line_too_long                    0
                excluded                         0
                encapsulated                     0
                malformed                        0
                line_incomplete                  0
                head_continued                   0
                body                             0
                retransmission                   0
                out_of_order                     0
                response                         0
                tunnel                           0
                undecided                        0
                resync                           0
            x"y: cannot be read
            """);
  }

  @Test
  void jsonIsOneLineAndLeavesOutWhatCannotBeRead() {
    StringWriter out = new StringWriter();
    SnapshotFormat.json(List.of(SNAPSHOTS.getFirst(), SNAPSHOTS.getLast()), new PrintWriter(out));

    assertThat(out)
        .hasToString(
            """
            {"captures":[\
            {"interface":"eth0","up":true,\
            "requests":{"_OTHER":3,"GET":1234567890123,"HEAD":0,"POST":0,"PUT":0,"DELETE":0,\
            "CONNECT":0,"OPTIONS":0,"TRACE":0,"PATCH":0},\
            "packets":{"request":8,"no_payload":0,"not_http":0,"tls":0,"http2":0,"not_tcp":0,\
            "fragment":0,"truncated":0,"line_too_long":0,"excluded":0,"encapsulated":0,\
            "malformed":0,"line_incomplete":5,"head_continued":0,"body":0,"retransmission":0,\
            "out_of_order":0,"response":0,"tunnel":0,"undecided":0,"resync":0,"unknown_63":1},\
            "unseen_connections":{"tls":0,"http2":0,"quic":2,"tunnel":0}},\
            {"interface":"x\\"y","up":false}]}
            """);
  }

  private static List<CaptureSnapshot> withOutcomes(boolean answersSeen) {
    long[][] entries = new long[16][20];
    entries[1] = new long[] {2, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9000, 1, 400, 5000, 0};
    List<LabelledRequests> responses =
        List.of(
            new LabelledRequests(HttpMethod.GET, List.of("503"), 1),
            new LabelledRequests(HttpMethod.GET, List.of("200"), 2));
    Urls urls =
        new Urls(
            100,
            List.of(
                new Urls.Requests(HttpMethod.POST, new Urls.Url("_other", "_other"), 1, 0, 0),
                new Urls.Requests(HttpMethod.GET, new Urls.Url("a\\x01", "/{id}"), 4, 3, 9000)),
            answersSeen
                ? List.of(
                    new Urls.Responses(HttpMethod.GET, new Urls.Url("a\\x01", "/{id}"), "503", 1),
                    new Urls.Responses(HttpMethod.GET, new Urls.Url("a\\x01", "/{id}"), "200", 2))
                : List.of(),
            answersSeen);
    return List.of(
        new CaptureSnapshot(
            "eth0",
            true,
            CaptureCounts.ofEntries(new long[] {0, 4}, new long[64], null, null)
                .with(
                    Exchanges.ofEntries(answersSeen, entries, answersSeen ? responses : List.of()))
                .with(Optional.of(urls))));
  }

  @Test
  void textHasOutcomesThatAreNot0AndTheBusiestUrlsFirst() {
    StringWriter out = new StringWriter();
    SnapshotFormat.text(withOutcomes(true), new PrintWriter(out));

    assertThat(out.toString())
        .endsWith(
            """
            responses:
              GET 200                          2
              GET 503                          1
            unanswered:
              GET                              1
            request bytes:
              GET                            400
            response bytes:
              GET                           5000
            urls, at most 100:
              GET                              4  a\\x01/{id}
              POST                             1  _other
            """
                .indent(2));
  }

  @Test
  void jsonHasOutcomesAndUrls() {
    StringWriter out = new StringWriter();
    SnapshotFormat.json(withOutcomes(true), new PrintWriter(out));

    String others =
        "\"HEAD\":0,\"POST\":0,\"PUT\":0,\"DELETE\":0,\"CONNECT\":0,\"OPTIONS\":0,"
            + "\"TRACE\":0,\"PATCH\":0},";
    assertThat(out.toString())
        .endsWith(
            "\"request_bytes\":{\"_OTHER\":0,\"GET\":400,"
                + others
                + "\"response_bytes\":{\"_OTHER\":0,\"GET\":5000,"
                + others
                + "\"unanswered\":{\"_OTHER\":0,\"GET\":1,"
                + others
                + """
                "responses":{"GET":{"200":2,"503":1}},\
                "urls":{"series_limit":100,"series":[\
                {"method":"GET","host":"a\\\\x01","path":"/{id}","requests":4,\
                "duration_count":3,"duration_nanoseconds":9000,"responses":{"200":2,"503":1}},\
                {"method":"POST","host":"_other","path":"_other","requests":1,\
                "duration_count":0,"duration_nanoseconds":0,"responses":{}}]}}]}
                """);
  }

  @Test
  void aCaptureThatSeesNoAnswersSaysNothingOfThem() {
    StringWriter out = new StringWriter();
    SnapshotFormat.json(withOutcomes(false), new PrintWriter(out));

    assertThat(out.toString())
        .contains("\"request_bytes\":{", "\"path\":\"/{id}\",\"requests\":4},{")
        .doesNotContain("responses", "response_bytes", "unanswered", "duration");
  }

  @Test
  void nothingCapturedIsAnEmptyList() {
    StringWriter out = new StringWriter();
    SnapshotFormat.json(List.of(), new PrintWriter(out));

    assertThat(out).hasToString("{\"captures\":[]}\n");
  }
}
