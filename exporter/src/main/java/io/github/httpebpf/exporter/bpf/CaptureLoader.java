package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

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
  private final OwnCaptures own;
  private final SharedCaptures shared;
  private boolean begun;
  private boolean madeShared;

  /** The names of captures that the load has made. */
  private final Set<String> made = new LinkedHashSet<>();

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
    this.own = new OwnCaptures(root, settings, version, files);
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
    List<String> loaded = targets.stream().map(CaptureTarget::name).toList();
    try (Rollback rollback = new Rollback();
        MadePinRoot madeRoot = MadePinRoot.make(root, rollback)) {
      CapturePreflight.check(root, settings.backend(), targets);
      Set<String> before = root.captured();
      boolean wasShared = Files.exists(root.shared(netns.name()).path());
      List<Path> places = makePlaces(rollback);
      begun = true;
      List<CaptureTarget> joining =
          targets.stream().filter(each -> isShared(each, request)).toList();
      for (CaptureTarget each : targets) {
        if (!joining.contains(each)) {
          own.load(each, madeRoot.directories(), rollback);
        }
      }
      if (!joining.isEmpty() || isFollowingShared) {
        shared.load(joining, madeRoot.directories(), rollback);
        madeShared = !wasShared;
      }
      places.forEach(BpfFileSystem::finishDirectory);
      TracePlace.of(root, () -> Set.copyOf(loaded)).keySet().forEach(PlaceTrace::clearLeft);
      madeRoot.finish();
      rollback.commit();
      made.addAll(loaded);
      made.removeAll(before);
    }
    return loaded;
  }

  /** The directories that captures of another network namespace are in; those that were missing. */
  private List<Path> makePlaces(Rollback rollback) {
    return root.between(netns.name()).stream()
        .filter(directory -> BpfFileSystem.makeDirectory(directory, rollback))
        .toList();
  }

  /**
   * Whether a load has come so far that it may have swapped programs; then it is to be {@linkplain
   * #takeBack() taken back} and what was loaded before {@linkplain #restore restored}, should
   * another that belongs to it fail.
   */
  public boolean hasBegun() {
    return begun;
  }

  /**
   * Ends the captures that the load has made, which were not there before; nothing if it failed,
   * for then it has ended them itself. To be called once, from where namespaces can be entered.
   *
   * @throws BpfException for the first that cannot be ended
   */
  public void takeBack() {
    if (!made.isEmpty() || madeShared) {
      new CaptureRemover(root)
          .unload(
              there -> there.stream().filter(made::contains).collect(Collectors.toSet()),
              each -> madeShared && each.equals(netns.name()));
    }
  }

  /**
   * Loads those captures again that are there, for another load has failed and may have swapped
   * their programs. Whoever calls this is in the namespace.
   *
   * @param request what was loaded before
   * @throws BpfException for the first that fails
   */
  public void restore(CaptureRequest request) {
    load(request.living(root));
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
        MadePinRoot madeRoot = MadePinRoot.make(root, rollback)) {
      List<Path> places = makePlaces(rollback);
      List<CaptureTarget> joining = new ArrayList<>();
      for (CaptureTarget each : targets) {
        CaptureDirectory directory = root.capture(each.name());
        boolean isOwn = directory.isCapture() ? !directory.isShared() : each.noLinkHeader();
        if (isOwn || each.kind() != CaptureKind.TC) {
          addOwn(each, madeRoot.directories(), failures);
        } else {
          joining.add(each);
        }
      }
      if (!joining.isEmpty()) {
        failures.putAll(shared.add(joining, backend, madeRoot.directories()));
      }
      if (failures.size() < targets.size()) {
        places.forEach(BpfFileSystem::finishDirectory);
        madeRoot.finish();
        rollback.commit();
      }
    }
    return failures;
  }

  private void addOwn(
      CaptureTarget target, int madeDirectories, Map<CaptureTarget, BpfException> failures) {
    try (Rollback rollback = new Rollback()) {
      CapturePreflight.check(root, settings.backend(), List.of(target));
      own.load(target, madeDirectories, rollback);
      rollback.commit();
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
      try (DirectoryLock lock = DirectoryLock.acquire(root.path())) {
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
}
