package io.github.httpebpf.exporter.config;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Keys by the parts of their paths. Not to be changed once it is made. */
public final class KeyTree {

  /** Stands for a switch that has other keys below it. */
  private static final String ENABLED = "enabled";

  private final SortedMap<String, KeyTree> below = new TreeMap<>();
  private @Nullable Key key;

  private KeyTree() {}

  /**
   * A switch may have keys below it; below it it is named {@code enabled} then.
   *
   * @throws IllegalArgumentException if another key has keys below it, or is named so
   */
  public static KeyTree of(Collection<Key> keys) {
    KeyTree top = new KeyTree();
    for (Key each : keys) {
      KeyTree tree = top;
      for (String name : each.path().split("\\.", -1)) {
        tree = tree.below.computeIfAbsent(name, n -> new KeyTree());
      }
      tree.key = each;
    }
    top.nameSwitches();
    return top;
  }

  private void nameSwitches() {
    below.values().forEach(KeyTree::nameSwitches);
    Key own = key;
    if (own != null && !below.isEmpty()) {
      KeyTree enabled = new KeyTree();
      enabled.key = own;
      if (own.type() != Key.Type.SWITCH || below.put(ENABLED, enabled) != null) {
        throw new IllegalArgumentException(own.path() + ": has keys below it, and no name there");
      }
    }
  }

  @Nullable Key key() {
    return key;
  }

  boolean hasKeysBelow() {
    return !below.isEmpty();
  }

  @Nullable KeyTree below(String name) {
    return below.get(name);
  }

  Set<String> names() {
    return below.keySet();
  }

  /** Every path that a file may have, with its key. */
  public SortedMap<String, Key> paths() {
    SortedMap<String, Key> paths = new TreeMap<>();
    addPaths("", paths);
    return paths;
  }

  private void addPaths(String path, Map<String, Key> paths) {
    if (key != null) {
      paths.put(path, key);
    }
    below.forEach((name, tree) -> tree.addPaths(path.isEmpty() ? name : path + "." + name, paths));
  }
}
