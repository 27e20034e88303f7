package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TraceOutputTest {

  /** Remembers each write. */
  private static final class Writes extends ByteArrayOutputStream {

    private final List<String> pieces = new ArrayList<>();

    @Override
    public void write(byte[] octets) {
      pieces.add(new String(octets, StandardCharsets.UTF_8));
    }
  }

  private final Writes writes = new Writes();
  private final TraceOutput out = new TraceOutput(writes, StandardCharsets.UTF_8);

  @Test
  void linesAreWrittenInPiecesThatAPipeTakesWhole() throws IOException {
    String line = "é".repeat(499);
    for (int i = 0; i < 9; i++) {
      out.line(line);
    }
    assertThat(out.written()).isEqualTo(8);
    out.flush();
    out.flush();

    assertThat(writes.pieces)
        .containsExactly((line + "\n").repeat(4), (line + "\n").repeat(4), line + "\n");
    assertThat(out.written()).isEqualTo(9);
  }

  @Test
  void whatCouldNotBeWrittenIsNot() throws IOException {
    TraceOutput full =
        new TraceOutput(
            new OutputStream() {
              @Override
              public void write(int octet) throws IOException {
                throw new IOException("No space left on device");
              }
            },
            StandardCharsets.UTF_8);
    full.line("a");

    assertThatThrownBy(full::flush).isInstanceOf(IOException.class);
    assertThat(full.written()).isZero();
  }
}
