package io.github.httpebpf.exporter.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CaptureInfoTest {

  private static final Path PIN = Path.of("/pins/eth0/capture_info");

  private static final CaptureInfo INFO =
      new CaptureInfo(
          7, CaptureInfo.Hook.CLSACT, 3, 0x48545450, 1, 0x1_2345_6789L, "1.2.3-SNAPSHOT");

  @Test
  void isLaidOutAsInC() throws Exception {
    byte[] inC =
        CSource.run(
            """
            struct capture_info info = {
                .layout = CAPTURE_LAYOUT, .ifindex = 7, .hook = HOOK_CLSACT, .tc_priority = 3,
                .tc_handle = 0x48545450, .made_directories = 1, .netns = 0x123456789ull};
            strcpy(info.version, "1.2.3-SNAPSHOT");
            fwrite(&info, sizeof(info), 1, stdout);
            """);

    assertThat(INFO.encode()).isEqualTo(inC);
    assertThat(CaptureInfo.decode(inC, PIN)).isEqualTo(INFO);
  }

  @ParameterizedTest
  @EnumSource
  void comesBackAsItWas(CaptureInfo.Hook hook) {
    CaptureInfo info = new CaptureInfo(1, hook, 0, 0, 0, Long.MIN_VALUE, "");

    assertThat(CaptureInfo.decode(info.encode(), PIN)).isEqualTo(info);
  }

  @Test
  void aLongVersionIsCutAndStaysTerminated() {
    CaptureInfo info = new CaptureInfo(1, CaptureInfo.Hook.TCX, 0, 0, 0, 0, "v".repeat(60));

    assertThat(info.encode()).hasSize(72).endsWith(0);
    assertThat(CaptureInfo.decode(info.encode(), PIN).version()).isEqualTo("v".repeat(39));
  }

  @Test
  void refusesAnotherLayout() {
    assertThatThrownBy(() -> CaptureInfo.decode(with(0, 2), PIN))
        .isInstanceOf(BpfException.class)
        .hasMessage(
            "read /pins/eth0/capture_info: layout 2, not 1; loaded by another version, unload it with that one");
  }

  @Test
  void refusesAnUnknownHook() {
    assertThatThrownBy(() -> CaptureInfo.decode(with(8, 9), PIN))
        .isInstanceOf(BpfException.class)
        .hasMessage(
            "read /pins/eth0/capture_info: unknown hook 9; loaded by another version, unload it with that one");
  }

  private static byte[] with(int offset, int value) {
    byte[] octets = INFO.encode();
    ByteBuffer.wrap(octets).order(ByteOrder.nativeOrder()).putInt(offset, value);
    return octets;
  }
}
