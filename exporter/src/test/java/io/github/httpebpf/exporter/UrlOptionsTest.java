package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.bpf.UrlSettings;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Whether and how URLs are counted; nothing here reaches the kernel. */
class UrlOptionsTest {

  private static Stream<CommandSpec> mixins(CommandSpec command) {
    return command.mixins().values().stream()
        .flatMap(mixin -> Stream.concat(Stream.of(mixin), mixins(mixin)));
  }

  private static Optional<UrlSettings> settings(String arguments) {
    CommandSpec command =
        Main.commandLine(new Main()).parseArgs(arguments.split(" ")).subcommand().commandSpec();
    return mixins(command)
        .map(CommandSpec::userObject)
        .filter(UrlOptions.class::isInstance)
        .map(UrlOptions.class::cast)
        .findFirst()
        .orElseThrow()
        .settings();
  }

  private static String mistake(String... arguments) {
    StringWriter err = new StringWriter();
    CommandLine commandLine =
        Main.commandLine(new Main()).setErr(new PrintWriter(err)).setOut(new PrintWriter(err));
    assertThat(commandLine.execute(arguments)).isEqualTo(2);
    return err.toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"load", "run --urls.max-series 5", "load --urls.route /a"})
  void urlsAreNotCountedUnlessTheyAreAskedFor(String arguments) {
    assertThat(settings(arguments)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "load --urls,1000",
    "run --urls --urls.max-series 1,1",
    "load --urls.max-series 100000 --urls,100000"
  })
  void thereAreAsManySeriesAsAreAskedFor(String arguments, int series) {
    assertThat(settings(arguments)).map(UrlSettings::series).contains(series);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--urls.max-series 0|--urls.max-series 0: not from 1 to 100000",
        "--urls.max-series -1|--urls.max-series -1: not from 1 to 100000",
        "--urls.max-series 100001|--urls.max-series 100001: not from 1 to 100000",
        "--urls.max-series 1e3|Invalid value for option '--urls.max-series': '1e3' is not an int",
        "--urls.route a|route 'a': a path begins with /",
        "--urls.route /a,b|route 'b': a path begins with /",
        "--urls.exclude /a*|route '/a*': {name} stands for a whole segment, and * for all that follow"
      })
  void aMistakeIsOneLineAndExitCode2(String arguments, String line) {
    assertThat(mistake(("load --urls " + arguments).split(" ")))
        .isEqualTo(line + "; see http-ebpf-exporter load --help" + System.lineSeparator());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--urls.route", "--urls.exclude"})
  void moreRoutesThanThereAreBitsAreRefused(String option) {
    String routes = String.join(",", Collections.nCopies(64, "/a"));
    assertThat(settings("load --urls " + option + " " + routes)).isPresent();
    for (String more : List.of("--urls.route", "--urls.exclude")) {
      assertThat(mistake("load", "--urls", option, routes, more, "/b"))
          .isEqualTo(
              "more than 64 routes; see http-ebpf-exporter load --help" + System.lineSeparator());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"serve --urls", "show --urls.max-series 1", "unload --urls.route /a"})
  void onlyWhoLoadsDecides(String arguments) {
    assertThat(mistake(arguments.split(" "))).startsWith("Unknown option").hasLineCount(1);
  }
}
