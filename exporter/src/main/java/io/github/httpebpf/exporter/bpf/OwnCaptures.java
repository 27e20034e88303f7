package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.util.Optional;
import java.util.function.Function;

/**
 * The captures that have programs, and state of connections, for themselves. Whoever calls holds
 * the pin root's lock. Not thread-safe.
 */
final class OwnCaptures {

  private final PinRoot root;
  private final CaptureSettings settings;
  private final String version;
  private final Function<CaptureKind, byte[]> files;

  /**
   * Loads nothing yet.
   *
   * @param files the programs of a kind of capture, as the packed object file
   */
  OwnCaptures(
      PinRoot root, CaptureSettings settings, String version, Function<CaptureKind, byte[]> files) {
    this.root = root;
    this.settings = settings;
    this.version = version;
    this.files = files;
  }

  /**
   * Loads a capture's programs and attaches them, or swaps those of a capture that is there.
   *
   * @param madeDirectories how many directories of the pin root's path loads have made
   * @param rollback takes back what is new; what was there before is not taken back
   * @throws BpfException if it fails; then a capture that was there goes on as it did
   */
  void load(CaptureTarget target, int madeDirectories, Rollback rollback) {
    CaptureDirectory directory = root.capture(target.name());
    Optional<CaptureInfo> before = directory.info();
    if (before.isEmpty()) {
      load(target, directory, before, madeDirectories, rollback);
      return;
    }
    // Once its programs are swapped it stays as it is then, whatever becomes of other interfaces.
    try (Rollback own = new Rollback()) {
      load(target, directory, before, madeDirectories, own);
      own.commit();
    }
  }

  private void load(
      CaptureTarget target,
      CaptureDirectory directory,
      Optional<CaptureInfo> before,
      int madeDirectories,
      Rollback rollback) {
    boolean madeParent =
        target.kind() == CaptureKind.XDP && BpfFileSystem.makeDirectory(root.xdp(), rollback);
    boolean made = BpfFileSystem.makeDirectory(directory.path(), rollback);
    byte[] file = files.apply(target.kind());
    try (HttpProbe probe = HttpProbe.open(target.kind(), file, settings.probeConfig(target))) {
      CaptureMaps maps = CaptureMaps.reuse(probe, directory, settings, before.isPresent());
      probe.load();
      CaptureScene.Announcement announcement =
          (hook, tcPriority) -> {
            describe(probe, target, hook, tcPriority, madeDirectories);
            pinInfo(probe, directory, before.isPresent(), rollback);
            if (before.isEmpty()) {
              maps.pinMissing(rollback);
            }
          };
      CaptureScene scene =
          new CaptureScene(target, directory, directory::program, before, announcement, rollback);
      attach(scene, probe, maps, madeDirectories);
    }
    if (made) {
      BpfFileSystem.finishDirectory(directory.path());
    }
    if (madeParent) {
      BpfFileSystem.finishDirectory(root.xdp());
    }
  }

  private void attach(CaptureScene scene, HttpProbe probe, CaptureMaps maps, int madeDirectories) {
    boolean living = scene.before().isPresent();
    if (living) {
      maps.pinMissing(scene.rollback());
    }
    try (CaptureAttachment.Attached attached =
        CaptureAttachment.attach(scene, probe, settings.backend())) {
      maps.pinReplaced();
      attached.pin();
      if (living) {
        // Until here the old one has held.
        describe(probe, scene.target(), attached.hook(), attached.tcPriority(), madeDirectories);
        pinInfo(probe, scene.directory(), true, scene.rollback());
      }
    }
  }

  private static void pinInfo(
      HttpProbe probe, CaptureDirectory directory, boolean replace, Rollback rollback) {
    int info = probe.mapDescriptor(MapNames.CAPTURE_INFO);
    if (replace) {
      PinnedObjects.replacePin(info, directory.captureInfo(), CaptureDirectory.READABLE);
    } else {
      PinnedObjects.pin(info, directory.captureInfo(), CaptureDirectory.READABLE);
      rollback.add(() -> BpfFileSystem.deleteQuietly(directory.captureInfo()));
    }
  }

  private void describe(
      HttpProbe probe, CaptureTarget target, Hook hook, int tcPriority, int madeDirectories) {
    CaptureInfo info =
        new CaptureInfo(
            target.index(),
            hook,
            tcPriority,
            hook == Hook.CLSACT ? ClsactHook.HANDLE : 0,
            madeDirectories,
            target.scope(),
            version);
    probe.write(MapNames.CAPTURE_INFO, info.encode());
  }
}
