package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.CaptureCounts;
import io.github.httpebpf.exporter.metrics.CaptureSnapshot;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
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

  @Test
  void nothingCapturedIsAnEmptyList() {
    StringWriter out = new StringWriter();
    SnapshotFormat.json(List.of(), new PrintWriter(out));

    assertThat(out).hasToString("{\"captures\":[]}\n");
  }
}
