package io.github.httpebpf.exporter.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceFilterTest {

  private static TracedRequest request(HttpMethod method, String host, String path, int status) {
    return new TracedRequest(
        "eth0",
        0,
        new Endpoint("192.0.2.7", 8080),
        new Endpoint("10.0.0.1", 80),
        method,
        Optional.of(host),
        Optional.of(path),
        status == 0 ? OptionalInt.empty() : OptionalInt.of(status),
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  private static final TracedRequest KNOWN = request(HttpMethod.GET, "a.example", "/a/b", 404);
  private static final TracedRequest UNKNOWN =
      new TracedRequest(
          "eth0",
          0,
          KNOWN.client(),
          KNOWN.server(),
          HttpMethod.OTHER,
          Optional.empty(),
          Optional.empty(),
          OptionalInt.empty(),
          OptionalLong.empty(),
          OptionalLong.empty());

  private static boolean wants(
      Set<HttpMethod> methods,
      Set<String> hosts,
      List<String> paths,
      List<String> statuses,
      Set<Integer> ports) {
    List<StatusPattern> patterns = statuses.stream().map(StatusPattern::of).toList();
    return new TraceFilter(methods, hosts, paths, patterns, ports).wants(KNOWN);
  }

  @Test
  void withoutAnyAllAreWanted() {
    assertThat(TraceFilter.ALL.wants(KNOWN)).isTrue();
    assertThat(TraceFilter.ALL.wants(UNKNOWN)).isTrue();
  }

  @Test
  void oneOfEachKindHasToFit() {
    Set<HttpMethod> methods = Set.of(HttpMethod.GET, HttpMethod.PUT);
    Set<String> hosts = Set.of("a.example", "b.example");
    List<String> paths = List.of("/x", "/a/");
    List<String> statuses = List.of("5xx", "404");
    Set<Integer> ports = Set.of(80, 81);

    assertThat(wants(methods, hosts, paths, statuses, ports)).isTrue();
    assertThat(wants(Set.of(HttpMethod.PUT), hosts, paths, statuses, ports)).isFalse();
    assertThat(wants(methods, Set.of("example"), paths, statuses, ports)).isFalse();
    assertThat(wants(methods, hosts, List.of("/b"), statuses, ports)).isFalse();
    assertThat(wants(methods, hosts, paths, List.of("403", "5xx"), ports)).isFalse();
    assertThat(wants(methods, hosts, paths, statuses, Set.of(8080))).isFalse();
  }

  @Test
  void whatIsNotKnownFitsNothing() {
    assertThat(new TraceFilter(Set.of(), Set.of(""), List.of(), List.of(), Set.of()).wants(UNKNOWN))
        .isFalse();
    assertThat(new TraceFilter(Set.of(), Set.of(), List.of(""), List.of(), Set.of()).wants(UNKNOWN))
        .isFalse();
    for (int first = 1; first <= 9; first++) {
      List<StatusPattern> each = List.of(StatusPattern.of(first + "xx"));
      assertThat(new TraceFilter(Set.of(), Set.of(), List.of(), each, Set.of()).wants(UNKNOWN))
          .isFalse();
    }
  }

  @Test
  void aClassHasAHundred() {
    assertThat(StatusPattern.of("5xx")).isEqualTo(new StatusPattern(500, 599));
    assertThat(StatusPattern.of("404")).isEqualTo(new StatusPattern(404, 404));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "40", "4040", "xxx", "0xx", "099", "5XX", "5x", "-1", "4o4", " 404"})
  void otherTextIsNoStatus(String text) {
    assertThatThrownBy(() -> StatusPattern.of(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("not a status such as 404, or 5xx");
  }
}
