package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.trace.TraceSource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Captures whose requests come by one ring: one that has its programs for itself, or those of a
 * network namespace that share theirs.
 *
 * @param path of the directory that the maps are pinned in
 */
record TracePlace(Path path, TraceSource source) {

  /** No more than once in that time is looked for an interface whose name is not known. */
  private static final long AGAIN = Duration.ofMillis(100).toNanos();

  /** A capture that does not share; one that is made anew is another. */
  private static final class Own implements TraceSource {

    private final Optional<String> name;
    private final boolean seesAnswers;

    Own(String name, boolean seesAnswers) {
      this.name = Optional.of(name);
      this.seesAnswers = seesAnswers;
    }

    @Override
    public boolean seesAnswers() {
      return seesAnswers;
    }

    @Override
    public Optional<String> interfaceName(long owner) {
      return name;
    }
  }

  /** Those that share. One thread takes names. */
  private static final class Shared implements TraceSource {

    private final PinRoot root;
    private final String netns;
    private final Supplier<Set<String>> wanted;
    private final Map<Integer, Optional<String>> names = new HashMap<>();
    private long looked = System.nanoTime() - AGAIN;

    Shared(PinRoot root, String netns, Supplier<Set<String>> wanted) {
      this.root = root;
      this.netns = netns;
      this.wanted = wanted;
    }

    @Override
    public boolean seesAnswers() {
      return CaptureKind.TC.seesAnswers();
    }

    @Override
    public Optional<String> interfaceName(long owner) {
      int index = (int) (owner >>> Integer.SIZE);
      if (!names.containsKey(index) && System.nanoTime() - looked >= AGAIN) {
        look();
        looked = System.nanoTime();
      }
      return names.getOrDefault(index, Optional.empty());
    }

    private void look() {
      try {
        Set<String> asked = wanted.get();
        for (String name : SharedCaptures.names(root, netns)) {
          root.capture(name)
              .info()
              .ifPresent(
                  info -> names.put(info.ifindex(), Optional.of(name).filter(asked::contains)));
        }
      } catch (BpfException e) {
        // It has gone meanwhile, and no lines come of it any more.
        System.getLogger(TracePlace.class.getName()).log(System.Logger.Level.DEBUG, e.getMessage());
      }
    }
  }

  /**
   * Where those captures are traced that are there.
   *
   * @param wanted the names of captures, asked for again and again
   */
  static Map<Path, TracePlace> of(PinRoot root, Supplier<Set<String>> wanted) {
    Map<Path, TracePlace> places = new LinkedHashMap<>();
    for (String name : wanted.get()) {
      CaptureDirectory directory = root.capture(name);
      if (directory.isShared()) {
        String netns = CaptureSpec.netnsOf(name);
        places.computeIfAbsent(
            root.shared(netns).path(),
            path -> new TracePlace(path, new Shared(root, netns, wanted)));
      } else if (directory.isCapture()) {
        boolean answers = directory.kind().seesAnswers();
        places.put(directory.path(), new TracePlace(directory.path(), new Own(name, answers)));
      }
    }
    return places;
  }
}
