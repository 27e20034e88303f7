package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class Utf8WriterTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void writesWhatTheLibraryWould() throws IOException {
    String text = "GET /\u00e4/\u20ac/\ud83d\ude00 \"\\\n".repeat(2000) + "\ud83d?\ude00";
    try (Utf8Writer writer = new Utf8Writer(out)) {
      writer.write(text);
      for (char each : text.toCharArray()) {
        writer.write(each);
      }
      writer.append(text);
      writer.write(text.toCharArray());
    }

    assertThat(out.toByteArray()).isEqualTo(text.repeat(4).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void flushHandsOnWhatWasWritten() throws IOException {
    Utf8Writer writer = new Utf8Writer(out);
    writer.write("up 1");
    assertThat(out.size()).isZero();

    writer.flush();

    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("up 1");
  }
}
