package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Loads, attaches and pins: afterwards the kernel counts by itself.
 *
 * <p>Over a living capture the maps are kept and each program is swapped in one step, so that no
 * packet goes uncounted. What fails half-way is taken back, and a capture that was there before
 * goes on. Loads and unloads under one pin root wait for one another. Needs CAP_BPF, CAP_NET_ADMIN
 * and CAP_PERFMON.
 */
public final class CaptureLoader {

  private final PinRoot root;
  private final TcBackend backend;
  private final Set<Integer> excludedPorts;
  private final String version;
  private final byte[] file;

  /**
   * Loads nothing yet.
   *
   * @param excludedPorts local TCP ports whose requests are not counted
   * @param version of the exporter, left with the pins
   */
  public CaptureLoader(
      PinRoot root, TcBackend backend, Set<Integer> excludedPorts, String version) {
    this(root, backend, excludedPorts, version, HttpProbe.packedFile());
  }

  CaptureLoader(
      PinRoot root, TcBackend backend, Set<Integer> excludedPorts, String version, byte[] file) {
    this.root = root;
    this.backend = backend;
    this.excludedPorts = Set.copyOf(excludedPorts);
    this.version = version;
    this.file = file;
  }

  /**
   * Captures on all of the interfaces, or changes nothing but the programs of captures that were
   * there before.
   *
   * @return the names of the interfaces, in the order given, each once
   * @throws BpfException for the first that fails
   */
  public List<String> load(Collection<String> interfaceNames) {
    List<Interface> interfaces = Interfaces.find(interfaceNames);
    BpfFileSystem.require(root.path());
    List<String> loaded = new ArrayList<>();
    try (Rollback rollback = new Rollback();
        MadePinRoot made = MadePinRoot.make(root, rollback)) {
      CapturePreflight.check(root, backend, interfaces);
      for (Interface each : interfaces) {
        load(each, made.directories(), rollback);
        loaded.add(each.name());
      }
      made.finish();
      rollback.commit();
    }
    return loaded;
  }

  private void load(Interface target, int madeDirectories, Rollback rollback) {
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
      Interface target,
      CaptureDirectory directory,
      Optional<CaptureInfo> before,
      int madeDirectories,
      Rollback rollback) {
    boolean made = BpfFileSystem.makeDirectory(directory.path());
    if (made) {
      rollback.add(() -> BpfFileSystem.deleteQuietly(directory.path()));
    }
    ProbeConfig config = new ProbeConfig(target.noLinkHeader(), excludedPorts);
    try (HttpProbe probe = HttpProbe.open(file, config)) {
      CaptureMaps maps = CaptureMaps.reuse(probe, directory, before.isPresent());
      probe.load();
      CaptureScene.Announcement announcement =
          (hook, tcPriority) -> {
            describe(probe, target, hook, tcPriority, madeDirectories);
            pinInfo(probe, directory, before.isPresent(), rollback);
            if (before.isEmpty()) {
              maps.pinMissing(rollback);
            }
          };
      CaptureScene scene = new CaptureScene(target, directory, before, announcement, rollback);
      attach(scene, probe, maps, madeDirectories);
    }
    if (made) {
      BpfFileSystem.finishDirectory(directory.path());
    }
  }

  private void attach(CaptureScene scene, HttpProbe probe, CaptureMaps maps, int madeDirectories) {
    boolean living = scene.before().isPresent();
    if (living) {
      maps.pinMissing(scene.rollback());
    }
    try (CaptureAttachment.Attached attached = CaptureAttachment.attach(scene, probe, backend)) {
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
    int info = probe.mapDescriptor(HttpProbe.CAPTURE_INFO);
    if (replace) {
      PinnedObjects.replacePin(info, directory.captureInfo(), CaptureDirectory.READABLE);
    } else {
      PinnedObjects.pin(info, directory.captureInfo(), CaptureDirectory.READABLE);
      rollback.add(() -> BpfFileSystem.deleteQuietly(directory.captureInfo()));
    }
  }

  private void describe(
      HttpProbe probe, Interface target, Hook hook, int tcPriority, int madeDirectories) {
    CaptureInfo info =
        new CaptureInfo(
            target.index(),
            hook,
            tcPriority,
            hook == Hook.CLSACT ? ClsactHook.HANDLE : 0,
            madeDirectories,
            Interfaces.namespace(),
            version);
    probe.write(HttpProbe.CAPTURE_INFO, info.encode());
  }
}
