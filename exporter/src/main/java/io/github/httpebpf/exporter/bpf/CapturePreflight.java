package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;

/** Finds out, without changing anything, whether what is pinned already lets a load go on. */
final class CapturePreflight {

  private CapturePreflight() {}

  /**
   * Looks at every capture that would be loaded over.
   *
   * @throws BpfException for the first that must stay as it is
   */
  static void check(PinRoot root, TcBackend backend, Collection<Interface> interfaces) {
    for (Interface each : interfaces) {
      CaptureDirectory directory = root.capture(each.name());
      directory.info().ifPresent(info -> requireSame(directory, info, backend));
      for (Map.Entry<Path, MapShape> map : directory.counts().entrySet()) {
        if (Files.exists(map.getKey())) {
          PinnedMap.open(map.getKey(), map.getValue()).close();
        }
      }
    }
  }

  /** A capture goes on under the same hook and in the same namespace, or not at all. */
  private static void requireSame(
      CaptureDirectory directory, CaptureInfo before, TcBackend backend) {
    if (before.netns() != Interfaces.namespace()) {
      throw new BpfException(
          "load %s: captures another network namespace's %s; choose another --pin-root, or unload first"
              .formatted(directory.path(), directory.interfaceName()));
    }
    Hook wanted =
        switch (backend) {
          case AUTO -> before.hook();
          case TCX -> Hook.TCX;
          case CLSACT -> Hook.CLSACT;
        };
    if (wanted != before.hook()) {
      throw new BpfException(
          "load %s: is attached by %s, and changing that would miss or double packets; unload first, or leave out --tc-backend"
              .formatted(directory.path(), before.hook().name().toLowerCase(Locale.ROOT)));
    }
  }
}
