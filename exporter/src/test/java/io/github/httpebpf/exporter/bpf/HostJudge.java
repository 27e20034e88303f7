package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.metrics.HttpMethod;
import io.github.httpebpf.exporter.metrics.PacketResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** The same parser compiled for the host, with sanitizers: {@code native/test/judge_tool.c}. */
final class HostJudge {

  private static final Path TOOL =
      Path.of(System.getProperty("httpebpf.root"), "native/target/test/judge_tool");

  private HostJudge() {}

  /** A packet, and how it begins. */
  static final class Input {
    final String description;
    final boolean noLinkHeader;
    final byte[] packet;

    Input(String description, boolean noLinkHeader, byte[] packet) {
      this.description = description;
      this.noLinkHeader = noLinkHeader;
      this.packet = packet;
    }

    @Override
    public String toString() {
      return description;
    }
  }

  /** Verdicts in the order of the inputs; a request to the excluded port is excluded. */
  static List<Verdict> judge(List<Input> inputs, int excludedPort)
      throws IOException, InterruptedException {
    assertThat(TOOL).as("built by make -C native tools").isExecutable();
    Path in = Files.createTempFile("packets", ".txt");
    Path out = Files.createTempFile("verdicts", ".txt");
    Files.write(in, inputs.stream().map(HostJudge::line).toList());
    int status =
        new ProcessBuilder(TOOL.toString())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start()
            .waitFor();
    List<Verdict> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(out)) {
      verdicts.add(verdict(line, excludedPort));
    }
    assertThat(status).isZero();
    assertThat(verdicts).hasSameSizeAs(inputs);
    Files.delete(in);
    Files.delete(out);
    return verdicts;
  }

  private static String line(Input input) {
    return (input.noLinkHeader ? "n " : "e ") + HexFormat.of().formatHex(input.packet);
  }

  private static Verdict verdict(String line, int excludedPort) {
    String[] numbers = line.split(" ", -1);
    PacketResult result = Verdict.resultOf(Integer.parseInt(numbers[0]));
    if (result != PacketResult.REQUEST) {
      return Verdict.of(result);
    }
    return Integer.parseInt(numbers[2]) == excludedPort
        ? Verdict.of(PacketResult.EXCLUDED)
        : Verdict.request(HttpMethod.ofId(Integer.parseInt(numbers[1])));
  }
}
