package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Loads, attaches and pins: afterwards the kernel counts by itself.
 *
 * <p>Over a living capture the maps are kept and each program is swapped in one step, so that no
 * packet goes uncounted. What fails half-way is taken back, and a capture that was there before
 * goes on. Loads and unloads under one pin root wait for one another. Needs CAP_BPF, CAP_NET_ADMIN
 * and CAP_PERFMON.
 */
public final class CaptureLoader implements AutoCloseable {

  private final PinRoot root;
  private final NetworkNamespace netns;
  private final CaptureSettings settings;
  private final String version;
  private final Function<CaptureKind, byte[]> files;
  private final SharedCaptures shared;

  /**
   * Loads nothing yet.
   *
   * @param netns that interfaces are in: whoever calls this is in it too
   * @param version of the exporter, left with the pins
   */
  public CaptureLoader(
      PinRoot root, NetworkNamespace netns, CaptureSettings settings, String version) {
    this(root, netns, settings, version, HttpProbe::packedFile);
  }

  /** Of this process's own network namespace. */
  CaptureLoader(
      PinRoot root, CaptureSettings settings, String version, Function<CaptureKind, byte[]> files) {
    this(root, NetworkNamespace.OWN, settings, version, files);
  }

  private CaptureLoader(
      PinRoot root,
      NetworkNamespace netns,
      CaptureSettings settings,
      String version,
      Function<CaptureKind, byte[]> files) {
    this.root = root;
    this.netns = netns;
    this.settings = settings;
    this.version = version;
    this.files = files;
    this.shared = new SharedCaptures(root, netns.name(), settings, version);
  }

  /**
   * Makes all of the captures, or changes nothing but the programs of those that were there before.
   *
   * @return their names, in the order given, each once
   * @throws BpfException for the first that fails
   */
  public List<String> load(Collection<CaptureSpec> specs) {
    return load(new CaptureRequest(List.copyOf(specs), List.of(), Set.of()));
  }

  /**
   * Likewise; the captures of many interfaces share one pair of programs.
   *
   * @throws BpfException for the first that fails
   */
  public List<String> load(CaptureRequest request) {
    List<CaptureTarget> targets = CaptureTarget.find(request.all());
    BpfFileSystem.require(root.path());
    boolean isFollowingShared = request.following().contains(CaptureKind.TC);
    if (targets.isEmpty() && !isFollowingShared) {
      // A root without a capture would not be known to be ours.
      return List.of();
    }
    List<String> loaded = new ArrayList<>();
    try (Rollback rollback = new Rollback();
        MadePinRoot made = MadePinRoot.make(root, rollback)) {
      CapturePreflight.check(root, settings.backend(), targets);
      List<Path> places = makePlaces(rollback);
      List<CaptureTarget> joining = new ArrayList<>();
      for (CaptureTarget each : targets) {
        if (isShared(each, request)) {
          joining.add(each);
        } else {
          load(each, made.directories(), rollback);
        }
        loaded.add(each.name());
      }
      if (!joining.isEmpty() || isFollowingShared) {
        shared.load(joining, made.directories(), rollback);
      }
      places.forEach(BpfFileSystem::finishDirectory);
      made.finish();
      rollback.commit();
    }
    return loaded;
  }

  /** The directories that captures of another network namespace are in; those that were missing. */
  private List<Path> makePlaces(Rollback rollback) {
    return root.between(netns.name()).stream()
        .filter(directory -> BpfFileSystem.makeDirectory(directory, rollback))
        .toList();
  }

  /** A capture stays what it is. */
  private boolean isShared(CaptureTarget target, CaptureRequest request) {
    CaptureDirectory directory = root.capture(target.name());
    if (directory.isCapture()) {
      return directory.isShared();
    }
    return !target.noLinkHeader()
        && request.own().stream().noneMatch(spec -> spec.name().equals(target.name()))
        && request.shared().stream().anyMatch(spec -> spec.name().equals(target.name()));
  }

  /** How so many further interfaces are attached to that share programs. */
  TcBackend backend(int number, List<Interface> here) {
    return CrowdBackend.choose(settings.backend(), number, here, root, netns.name());
  }

  /**
   * Captures further interfaces.
   *
   * @param backend of those that share programs, and are not captured yet
   * @return why some could not be captured
   * @throws BpfException if none can
   */
  Map<CaptureTarget, BpfException> add(List<CaptureTarget> targets, TcBackend backend) {
    Map<CaptureTarget, BpfException> failures = new LinkedHashMap<>();
    try (Rollback rollback = new Rollback();
        MadePinRoot made = MadePinRoot.make(root, rollback)) {
      List<Path> places = makePlaces(rollback);
      List<CaptureTarget> joining = new ArrayList<>();
      for (CaptureTarget each : targets) {
        CaptureDirectory directory = root.capture(each.name());
        boolean own = directory.isCapture() ? !directory.isShared() : each.noLinkHeader();
        if (own || each.kind() != CaptureKind.TC) {
          addOwn(each, made.directories(), failures);
        } else {
          joining.add(each);
        }
      }
      if (!joining.isEmpty()) {
        failures.putAll(shared.add(joining, backend, made.directories()));
      }
      if (failures.size() < targets.size()) {
        places.forEach(BpfFileSystem::finishDirectory);
        made.finish();
        rollback.commit();
      }
    }
    return failures;
  }

  private void addOwn(
      CaptureTarget target, int madeDirectories, Map<CaptureTarget, BpfException> failures) {
    try (Rollback own = new Rollback()) {
      CapturePreflight.check(root, settings.backend(), List.of(target));
      load(target, madeDirectories, own);
      own.commit();
    } catch (BpfException e) {
      failures.put(target, e);
    }
  }

  /** Lets go of interfaces that are there no more: names of captures by index. */
  void release(Map<Integer, String> gone) {
    locked(() -> SharedCaptures.release(root, netns.name(), gone));
  }

  /** Lets go of interfaces that are still there, but have no name any more; their counts stay. */
  void leave(Map<Integer, String> captures) {
    locked(
        () -> {
          captures.values().stream().map(root::capture).forEach(CaptureRemover::letGo);
          SharedCaptures.forget(root.shared(netns.name()), captures.keySet());
        });
  }

  private void locked(Runnable change) {
    if (Files.exists(root.path())) {
      try (PinRootLock lock = PinRootLock.acquire(root.path())) {
        if (lock.holds()) {
          change.run();
        }
      }
    }
  }

  /** Forgets what further interfaces would be captured with; what is captured is so still. */
  @Override
  public void close() {
    shared.close();
  }

  private void load(CaptureTarget target, int madeDirectories, Rollback rollback) {
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
    int info = probe.mapDescriptor(HttpProbe.CAPTURE_INFO);
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
    probe.write(HttpProbe.CAPTURE_INFO, info.encode());
  }
}
