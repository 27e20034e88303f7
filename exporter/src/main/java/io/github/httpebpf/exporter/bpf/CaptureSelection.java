package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.Interfaces.Interface;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Which captures a command is about.
 *
 * @param interfaces of those that are of interfaces
 * @param places by kind, the path of a cgroup or nothing; no kind for whatever is the default
 */
public record CaptureSelection(InterfaceChoice interfaces, Map<CaptureKind, String> places) {

  public CaptureSelection {
    places = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(places));
  }

  /** What to load: what is here of it now. */
  public CaptureRequest request(Supplier<? extends Collection<String>> defaultInterfaces) {
    return request(defaultInterfaces, Interfaces::all);
  }

  /** Likewise, of interfaces that were looked up already. */
  CaptureRequest request(
      Supplier<? extends Collection<String>> defaultInterfaces, Supplier<List<Interface>> found) {
    Set<CaptureKind> kinds = places.isEmpty() ? Set.of(CaptureKind.TC) : places.keySet();
    List<CaptureSpec> own = new ArrayList<>();
    List<CaptureSpec> shared = new ArrayList<>();
    boolean following = false;
    for (CaptureKind kind : kinds) {
      if (kind == CaptureKind.CGROUP) {
        own.add(new CaptureSpec(kind, places.getOrDefault(kind, "")));
      } else if (interfaces.isEmpty()) {
        defaultInterfaces.get().stream()
            .filter(name -> !interfaces.isExcluded(name))
            .forEach(name -> own.add(new CaptureSpec(kind, name)));
      } else {
        List<Interface> interfacesHere = found.get();
        List<String> here = interfacesHere.stream().map(Interface::name).toList();
        interfaces.names(here).forEach(name -> own.add(new CaptureSpec(kind, name)));
        Set<String> matches = new HashSet<>(interfaces.matches(here));
        List<CaptureSpec> many = kind == CaptureKind.TC ? shared : own;
        interfacesHere.stream()
            .filter(each -> each.hasKnownType() && matches.contains(each.name()))
            .forEach(each -> many.add(new CaptureSpec(kind, each.name())));
        following |= interfaces.hasExpressions(here);
      }
    }
    return new CaptureRequest(own, shared, following);
  }

  /**
   * Makes sure that there is something to load for each expression.
   *
   * @throws BpfException that names the first for which there is nothing
   */
  public void requireMatches() {
    if (!interfaces.isEmpty() && !isOfCgroupAlone()) {
      interfaces.requireMatches(Interfaces.names());
    }
  }

  /** The names of captures that are asked for, if nothing needs to be looked up for them. */
  Set<String> named() {
    return isFixed() ? among(List.of()) : Set.of();
  }

  /** Whether all are named, and nothing is to be looked up. */
  boolean isFixed() {
    return !isOpen() && (isOfCgroupAlone() || interfaces.isNamesAlone());
  }

  /** Whether everything that is found is meant, of some kinds perhaps. */
  boolean isOpen() {
    return interfaces.isEmpty() && !isOfCgroupAlone();
  }

  private boolean isOfCgroupAlone() {
    return places.keySet().equals(Set.of(CaptureKind.CGROUP));
  }

  /** The names of captures that are meant, of those that are there, and those that are named. */
  public Set<String> among(Collection<String> captured) {
    Set<String> chosen = new LinkedHashSet<>();
    if (isOpen()) {
      captured.stream().filter(this::isMeant).forEach(chosen::add);
      return chosen;
    }
    for (CaptureKind kind : places.isEmpty() ? Set.of(CaptureKind.TC) : places.keySet()) {
      if (kind == CaptureKind.CGROUP) {
        chosen.add(CaptureSpec.CGROUP);
      } else {
        List<String> here =
            captured.stream()
                .filter(name -> CaptureSpec.kindOf(name) == kind)
                .map(name -> CaptureSpec.interfaceOf(name).orElseThrow())
                .toList();
        List<String> wanted = new ArrayList<>(interfaces.names(here));
        wanted.addAll(interfaces.matches(here));
        wanted.forEach(name -> chosen.add(new CaptureSpec(kind, name).name()));
      }
    }
    return chosen;
  }

  private boolean isMeant(String name) {
    return (places.isEmpty() || places.containsKey(CaptureSpec.kindOf(name)))
        && CaptureSpec.interfaceOf(name).filter(interfaces::isExcluded).isEmpty();
  }
}
