package io.github.httpebpf.exporter.bpf;

import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a load is asked for.
 *
 * @param own captures that shall have programs and state for themselves
 * @param shared those that may share them, because they are many
 * @param following the kinds of which more will come
 */
public record CaptureRequest(
    List<CaptureSpec> own, List<CaptureSpec> shared, Set<CaptureKind> following) {

  public CaptureRequest {
    own = List.copyOf(own);
    shared = List.copyOf(shared);
    following = Set.copyOf(following);
  }

  /** Whether nothing is here yet of what will come. */
  public boolean isEmptyYet() {
    return !following.isEmpty()
        && all().stream().noneMatch(spec -> following.contains(spec.kind()));
  }

  /** What of it is captured, and still here: interfaces of the namespace that this thread is in. */
  CaptureRequest living(PinRoot root) {
    Set<String> there = root.captured();
    List<String> interfaces = Interfaces.names();
    Predicate<CaptureSpec> living =
        spec ->
            there.contains(spec.name())
                && (spec.kind() == CaptureKind.CGROUP || interfaces.contains(spec.interfaceName()));
    return new CaptureRequest(
        own.stream().filter(living).toList(), shared.stream().filter(living).toList(), following);
  }

  /** All of them. */
  public List<CaptureSpec> all() {
    return java.util.stream.Stream.concat(own.stream(), shared.stream()).toList();
  }
}
