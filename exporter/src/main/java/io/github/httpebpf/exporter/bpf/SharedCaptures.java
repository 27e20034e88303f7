package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.CaptureInfo.Hook;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The captures of interfaces that share a pair of programs and the state of connections. Whoever
 * calls holds the pin root's lock. Not thread-safe.
 */
final class SharedCaptures implements AutoCloseable {

  private static final System.Logger LOG = System.getLogger(SharedCaptures.class.getName());

  private final PinRoot root;
  private final String netns;
  private final SharedDirectory directory;
  private final CaptureSettings settings;
  private final String version;
  private @Nullable HttpProbe probe;

  SharedCaptures(PinRoot root, String netns, CaptureSettings settings, String version) {
    this.root = root;
    this.netns = netns;
    this.directory = root.shared(netns);
    this.settings = settings;
    this.version = version;
  }

  /**
   * Loads the programs, swaps them into the captures that share those of a load before, and
   * attaches them to further interfaces.
   *
   * @throws BpfException for the first that fails
   */
  void load(Collection<CaptureTarget> targets, int madeDirectories, Rollback rollback) {
    requireOwnNamespace();
    boolean made = BpfFileSystem.makeDirectory(directory.path(), rollback);
    HttpProbe loaded = open();
    boolean reused = reuseState(loaded);
    List<String> anew = new ArrayList<>(reused ? List.of() : SharedDirectory.STATE);
    anew.addAll(reuseTrace(loaded));
    anew.addAll(CountIndex.NAMES);
    loaded.load();
    SharedForms forms = new SharedForms(loaded, version, madeDirectories);
    Collection<CaptureTarget> all = withLiving(targets);
    // Should this process be killed, unload must know of it.
    try (Descriptor info = forms.info(Hook.TCX)) {
      directory.pin(info.number(), directory.captureInfo(), CaptureDirectory.READABLE, rollback);
    }
    Map<CaptureTarget, BpfException> failures =
        join(all, settings.backend(), loaded, loaded::mapDescriptor, forms, rollback);
    for (BpfException failure : failures.values()) {
      throw failure;
    }
    pin(loaded, anew, rollback);
    if (made) {
      BpfFileSystem.finishDirectory(directory.path());
    }
  }

  private void requireOwnNamespace() {
    if (directory.info().filter(info -> info.scope() != Interfaces.namespace()).isPresent()) {
      throw new BpfException(
          "load %s: captures another network namespace's interfaces; choose another --pin-root, or unload first"
              .formatted(directory.path()));
    }
  }

  private HttpProbe open() {
    close();
    byte[] file = ProbeParts.SHARED.packedFile();
    HttpProbe opened = HttpProbe.open(ProbeParts.SHARED, file, settings.sharedConfig());
    probe = opened;
    return opened;
  }

  /** Taken over whole or not at all. */
  private boolean reuseState(HttpProbe loaded) {
    List<PinnedMap> fitting = new ArrayList<>();
    for (String name : SharedDirectory.STATE) {
      Path pin = directory.map(name);
      if (Files.exists(pin)) {
        PinnedMap map = PinnedMap.open(pin);
        if (map.shape().equals(loaded.shape(name))) {
          fitting.add(map);
        } else {
          map.close();
          LOG.log(
              Level.WARNING,
              "{0}: the state of connections is of another form, and begins anew; those under way resynchronise",
              directory.path());
        }
      }
    }
    if (fitting.size() < SharedDirectory.STATE.size()) {
      fitting.forEach(PinnedMap::close);
      return false;
    }
    fitting.forEach(map -> loaded.reuse(String.valueOf(map.pin().getFileName()), map));
    return true;
  }

  /** Taken over one by one: the names of those that are not. */
  private List<String> reuseTrace(HttpProbe loaded) {
    List<String> anew = new ArrayList<>();
    for (String name : MapNames.OF_TRACE) {
      Path pin = directory.map(name);
      PinnedMap map = Files.exists(pin) ? PinnedMap.open(pin) : null;
      if (map != null && map.shape().equals(loaded.shape(name))) {
        loaded.reuse(name, map);
      } else {
        anew.add(name);
        if (map != null) {
          map.close();
        }
      }
    }
    return anew;
  }

  private Collection<CaptureTarget> withLiving(Collection<CaptureTarget> targets) {
    // A renamed interface is known by the name that it had.
    Map<Integer, CaptureTarget> all = new LinkedHashMap<>();
    for (String name : root.captured(netns)) {
      CaptureDirectory each = root.capture(name);
      if (each.isShared()) {
        CaptureInfo info = each.info().orElseThrow();
        if (Interfaces.exists(info.ifindex())) {
          all.put(info.ifindex(), CaptureTarget.living(name, info));
        } else {
          removeLinks(each);
        }
      }
    }
    targets.forEach(each -> all.putIfAbsent(each.index(), each));
    return all.values();
  }

  /** Pins the programs, and those maps that were made anew. */
  private void pin(HttpProbe loaded, List<String> maps, Rollback rollback) {
    for (ProbeProgram each : loaded.programs()) {
      directory.pin(
          loaded.program(each), directory.program(each), CaptureDirectory.PRIVATE, rollback);
    }
    for (String name : maps) {
      directory.pin(
          loaded.mapDescriptor(name), directory.map(name), CaptureDirectory.PRIVATE, rollback);
    }
  }

  /**
   * Attaches the programs that are pinned to further interfaces.
   *
   * @param backend of those that are not captured yet
   * @return why some could not be attached to
   * @throws BpfException if none can
   */
  Map<CaptureTarget, BpfException> add(
      Collection<CaptureTarget> targets, TcBackend backend, int madeDirectories) {
    HttpProbe loaded = probe;
    if (loaded == null || !directory.isLoaded()) {
      // Never loaded here, or unloaded meanwhile.
      try (Rollback rollback = new Rollback()) {
        load(List.of(), madeDirectories, rollback);
        rollback.commit();
      }
      return add(targets, backend, madeDirectories);
    }
    requireOwnNamespace();
    SharedForms forms = new SharedForms(loaded, version, madeDirectories);
    try (SharedPrograms pinned = SharedPrograms.open(directory);
        Rollback rollback = new Rollback()) {
      Map<CaptureTarget, BpfException> failures =
          join(targets, backend, pinned, pinned::index, forms, rollback);
      rollback.commit();
      return failures;
    }
  }

  private Map<CaptureTarget, BpfException> join(
      Collection<CaptureTarget> targets,
      TcBackend backend,
      LoadedPrograms programs,
      ToIntFunction<String> indexes,
      SharedForms forms,
      Rollback rollback) {
    Map<CaptureTarget, BpfException> failures = new LinkedHashMap<>();
    List<SharedCapture> joining = new ArrayList<>();
    try {
      for (CaptureTarget each : targets) {
        try {
          // What is captured keeps the backend that it began with.
          boolean isNew = !root.capture(each.name()).isCapture();
          CaptureSettings its = isNew ? settings.with(backend) : settings;
          joining.add(SharedCapture.prepare(each, root, its, forms));
        } catch (BpfException e) {
          failures.put(each, e);
        }
      }
      enter(joining, indexes);
      for (SharedCapture each : joining) {
        try {
          each.attach(programs, directory, forms);
          each.keep(rollback);
        } catch (BpfException e) {
          failures.put(each.target(), e);
        }
      }
    } finally {
      joining.forEach(SharedCapture::close);
    }
    takeOut(failures.keySet().stream().map(CaptureTarget::index).toList(), indexes);
    return failures;
  }

  private static void enter(List<SharedCapture> joining, ToIntFunction<String> indexes) {
    for (String index : CountIndex.NAMES) {
      Map<Integer, Integer> maps = new LinkedHashMap<>();
      for (SharedCapture each : joining) {
        Optional<Integer> map = each.count(CountIndex.counts(index));
        map.ifPresent(descriptor -> maps.put(each.target().index(), descriptor));
      }
      CountIndex.enter(indexes.applyAsInt(index), maps);
    }
  }

  private static void takeOut(Collection<Integer> interfaces, ToIntFunction<String> indexes) {
    CountIndex.NAMES.forEach(name -> CountIndex.remove(indexes.applyAsInt(name), interfaces));
  }

  /** Lets go of interfaces that are there no more; their counts stay. */
  static void release(PinRoot root, String netns, Map<Integer, String> gone) {
    for (Map.Entry<Integer, String> each : gone.entrySet()) {
      CaptureDirectory directory = root.capture(each.getValue());
      boolean same = directory.info().filter(info -> info.ifindex() == each.getKey()).isPresent();
      if (same && directory.isShared()) {
        removeLinks(directory);
      }
    }
    forget(root.shared(netns), gone.keySet());
  }

  private static void removeLinks(CaptureDirectory directory) {
    for (ProbeProgram program : ProbeParts.SHARED.programs()) {
      BpfFileSystem.deleteQuietly(directory.link(program));
    }
  }

  /** Takes interfaces out of what is pinned to be shared, if anything is. */
  static void forget(SharedDirectory directory, Collection<Integer> interfaces) {
    if (directory.isLoaded() && !interfaces.isEmpty()) {
      try (SharedPrograms pinned = SharedPrograms.open(directory)) {
        takeOut(interfaces, pinned::index);
      }
    }
  }

  /** The names of the captures that share programs, of a network namespace. */
  static Set<String> names(PinRoot root, String netns) {
    return root.captured(netns).stream()
        .filter(name -> root.capture(name).isShared())
        .collect(Collectors.toSet());
  }

  @Override
  public void close() {
    if (probe != null) {
      probe.close();
      probe = null;
    }
  }
}
