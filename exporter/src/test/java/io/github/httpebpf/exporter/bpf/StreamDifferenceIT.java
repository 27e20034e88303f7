package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.httpebpf.exporter.it.KernelTest;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * Kernel, host and reference agree on streams of packets at random. More of them by {@code
 * bin/differential}.
 */
@KernelTest
class StreamDifferenceIT {

  private static final int STREAMS = 20_000;
  private static final long SEED = 1;

  private static final Path TOOL =
      Path.of(System.getProperty("httpebpf.root"), "native/target/test/stream_tool");

  @Test
  void kernelHostAndReferenceAgreeOnStreams(TestReporter reporter) throws Exception {
    Differential differential = new Differential(TOOL, SEED);

    String difference = differential.run(0, STREAMS);

    reporter.publishEntry(Map.of("compared", differential.toString()));
    assertThat(difference).isNull();
    assertThat(differential.streams()).isEqualTo(STREAMS);
  }
}
