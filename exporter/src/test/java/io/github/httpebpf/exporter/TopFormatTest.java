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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TopFormatTest {

  private static final long MILLISECOND = 1_000_000;

  /** GETs, half of them answered 200, in ten milliseconds each; one of a hundred is unanswered. */
  private static CaptureSnapshot snapshot(long gets, boolean answersSeen, Urls.Requests... urls) {
    long[][] entries = new long[16][20];
    entries[1][0] = gets / 2;
    entries[1][15] = gets / 2 * 10 * MILLISECOND;
    entries[1][16] = gets / 100;
    List<LabelledRequests> responses =
        List.of(
            new LabelledRequests(HttpMethod.GET, List.of("200"), gets / 2),
            new LabelledRequests(HttpMethod.POST, List.of("200"), 7),
            new LabelledRequests(HttpMethod.GET, List.of("500"), gets / 10));
    CaptureCounts counts =
        CaptureCounts.ofEntries(new long[] {0, gets, 0, 7}, new long[64], null, null)
            .with(Exchanges.ofEntries(answersSeen, entries, answersSeen ? responses : List.of()));
    return new CaptureSnapshot(
        "eth0",
        true,
        urls.length == 0
            ? counts
            : counts.with(Optional.of(new Urls(100, Arrays.asList(urls), List.of(), answersSeen))));
  }

  private static Urls.Requests url(String path, long requests, long responses, long milliseconds) {
    return new Urls.Requests(
        HttpMethod.GET,
        new Urls.Url("a.example", path),
        requests,
        responses,
        milliseconds * MILLISECOND);
  }

  private static String top(int rows, boolean screen, CaptureSnapshot before, CaptureSnapshot now) {
    StringWriter out = new StringWriter();
    TopFormat.print(
        Activity.between(List.of(before), List.of(now), 2), rows, screen, new PrintWriter(out));
    return out.toString();
  }

  @Test
  void withoutUrlsItIsByMethodAndOnlyWhatMoved() {
    assertThat(top(10, false, snapshot(1000, true), snapshot(1400, true)))
        .isEqualTo(
            """
            eth0: 200.0 requests/s, 2.0 unanswered/s
                requests/s  busiest
                     200.0  GET
               responses/s  status
                     100.0  200
                      20.0  500
                   mean ms  slowest
                     10.00  GET

            """);
  }

  @Test
  void withUrlsTheyAreOrderedByRateAndByMeanOfTheIntervalAndCutToTheRows() {
    CaptureSnapshot before =
        snapshot(
            100, true, url("/idle", 90, 90, 9000), url("/slow", 10, 10, 5), url("/b", 1, 1, 1));
    CaptureSnapshot now =
        snapshot(
            100,
            true,
            url("/idle", 90, 90, 9000),
            url("/slow", 14, 12, 605),
            url("/b", 7, 7, 13),
            url("/new", 5, 0, 0));

    assertThat(top(2, false, before, now))
        .isEqualTo(
            """
            eth0: 0.0 requests/s, 0.0 unanswered/s
                requests/s  busiest
                       3.0  GET a.example/b
                       2.5  GET a.example/new
                   mean ms  slowest
                    300.00  GET a.example/slow
                      2.00  GET a.example/b

            """);
  }

  @Test
  void aCaptureThatSeesNoAnswersHasRequestsAlone() {
    assertThat(
            top(
                10,
                false,
                snapshot(0, false, url("/", 0, 0, 0)),
                snapshot(8, false, url("/", 8, 0, 0))))
        .isEqualTo(
            "eth0: 4.0 requests/s\n    requests/s  busiest\n           4.0  GET a.example/\n\n");
  }

  @Test
  void countsThatBeginAnewAreNeverNegative() {
    assertThat(top(1, false, snapshot(1000, true), snapshot(40, true)))
        .startsWith("eth0: 23.5 requests/s, 0.0 unanswered/s\n")
        .contains("          20.0  GET\n")
        .doesNotContain("-");
  }

  @Test
  void whatWasNotReadBothTimesHasNoRates() {
    assertThat(top(1, false, new CaptureSnapshot("eth0", false, null), snapshot(40, true)))
        .isEqualTo("\n");
  }

  @Test
  void onATerminalTheScreenIsClearedFirst() {
    assertThat(top(1, true, snapshot(0, true), snapshot(0, true)))
        .isEqualTo("\033[H\033[2Jeth0: 0.0 requests/s, 0.0 unanswered/s\n");
  }
}
