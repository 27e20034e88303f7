package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
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
  static void check(PinRoot root, TcBackend backend, Collection<CaptureTarget> targets) {
    for (CaptureTarget each : targets) {
      CaptureDirectory directory = root.capture(each.name());
      directory.info().ifPresent(info -> requireSame(each, directory, info, backend));
      for (Map.Entry<Path, MapShape> map : directory.counts().entrySet()) {
        if (Files.exists(map.getKey())) {
          PinnedMap.open(map.getKey(), map.getValue()).close();
        }
      }
    }
  }

  /** A capture goes on under the same hook and in the same place, or not at all. */
  private static void requireSame(
      CaptureTarget target, CaptureDirectory directory, CaptureInfo before, TcBackend backend) {
    if (before.scope() != target.scope()) {
      String what =
          target.kind() == CaptureKind.CGROUP
              ? "another cgroup"
              : "another network namespace's " + directory.name();
      throw new BpfException(
          "load %s: captures %s; choose another --pin-root, or unload first"
              .formatted(directory.path(), what));
    }
    Hook wanted =
        switch (target.kind()) {
          case TC -> tcHook(before, backend);
          case XDP -> Hook.XDP;
          case CGROUP -> Hook.CGROUP;
        };
    if (wanted != before.hook()) {
      throw new BpfException(
          "load %s: is attached by %s, and changing that would miss or double packets; unload first, or leave out --tc-backend"
              .formatted(directory.path(), before.hook().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static Hook tcHook(CaptureInfo before, TcBackend backend) {
    return switch (backend) {
      case AUTO -> before.hook();
      case TCX -> Hook.TCX;
      case CLSACT -> Hook.CLSACT;
    };
  }
}
