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
 * @param namespaces that the interfaces are in; none for whatever is the default
 */
public record CaptureSelection(
    InterfaceChoice interfaces,
    Map<CaptureKind, String> places,
    List<NetworkNamespace> namespaces) {

  public CaptureSelection {
    places = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(places));
    namespaces = List.copyOf(namespaces);
  }

  /** Of interfaces in this process's own network namespace, or of all that is captured. */
  public CaptureSelection(InterfaceChoice interfaces, Map<CaptureKind, String> places) {
    this(interfaces, places, List.of());
  }

  /** Where interfaces are that shall be captured. */
  public List<NetworkNamespace> here() {
    return namespaces.isEmpty() ? List.of(NetworkNamespace.OWN) : namespaces;
  }

  /** What to load: what is here of it now, where {@code netns} is what this thread is in. */
  public CaptureRequest request(
      NetworkNamespace netns, Supplier<? extends Collection<String>> defaultInterfaces) {
    return request(netns, defaultInterfaces, Interfaces::all);
  }

  /** Likewise, of interfaces that were looked up already. */
  CaptureRequest request(
      NetworkNamespace netns,
      Supplier<? extends Collection<String>> defaultInterfaces,
      Supplier<List<Interface>> found) {
    Set<CaptureKind> kinds = places.isEmpty() ? Set.of(CaptureKind.TC) : places.keySet();
    List<CaptureSpec> own = new ArrayList<>();
    List<CaptureSpec> shared = new ArrayList<>();
    Set<CaptureKind> following = new HashSet<>();
    for (CaptureKind kind : kinds) {
      if (kind == CaptureKind.CGROUP) {
        own.add(new CaptureSpec(kind, places.getOrDefault(kind, "")));
      } else if (interfaces.isEmpty()) {
        defaultInterfaces.get().stream()
            .filter(name -> !interfaces.isExcluded(name))
            .forEach(name -> own.add(new CaptureSpec(kind, name).in(netns)));
      } else {
        List<Interface> interfacesHere = found.get();
        List<String> here = interfacesHere.stream().map(Interface::name).toList();
        interfaces.names(here).forEach(name -> own.add(new CaptureSpec(kind, name).in(netns)));
        Set<String> matches = new HashSet<>(interfaces.matches(here));
        List<CaptureSpec> many = kind == CaptureKind.TC ? shared : own;
        interfacesHere.stream()
            .filter(each -> each.hasKnownType() && matches.contains(each.name()))
            .forEach(each -> many.add(new CaptureSpec(kind, each.name()).in(netns)));
        if (interfaces.hasExpressions(here)) {
          following.add(kind);
        }
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
        here().forEach(netns -> addChosen(kind, netns, captured, chosen));
      }
    }
    return chosen;
  }

  private void addChosen(
      CaptureKind kind, NetworkNamespace netns, Collection<String> captured, Set<String> chosen) {
    List<String> here =
        captured.stream()
            .filter(name -> CaptureSpec.kindOf(name) == kind)
            .filter(name -> CaptureSpec.netnsOf(name).equals(netns.name()))
            .map(name -> CaptureSpec.interfaceOf(name).orElseThrow())
            .toList();
    List<String> wanted = new ArrayList<>(interfaces.names(here));
    wanted.addAll(interfaces.matches(here));
    wanted.forEach(name -> chosen.add(new CaptureSpec(kind, name).in(netns).name()));
  }

  /** Whether all that is captured in a network namespace is meant, and it was named. */
  boolean isAbout(String netns) {
    return isOpen() && namespaces.contains(new NetworkNamespace(netns));
  }

  /** The names of captures that are there and are meant by this, and not by another. */
  public Set<String> without(CaptureSelection other, PinRoot root) {
    Set<String> there = root.captured();
    Set<String> left = new LinkedHashSet<>(among(there));
    left.retainAll(there);
    left.removeAll(other.among(there));
    return left;
  }

  private boolean isMeant(String name) {
    return (places.isEmpty() || places.containsKey(CaptureSpec.kindOf(name)))
        && (namespaces.isEmpty()
            || namespaces.contains(new NetworkNamespace(CaptureSpec.netnsOf(name))))
        && CaptureSpec.interfaceOf(name).filter(interfaces::isExcluded).isEmpty();
  }
}
