package io.github.httpebpf.exporter.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Compares a document with the keys that there are. For one document. */
final class SettingsReader {

  private final Path file;
  private final List<Setting> settings = new ArrayList<>();

  SettingsReader(Path file) {
    this.file = file;
  }

  List<Setting> read(Node document, KeyTree keys) throws ConfigException {
    readBelow(document, keys, "");
    return settings;
  }

  private void readBelow(Node node, KeyTree tree, String path) throws ConfigException {
    if (isNull(node)) {
      // All that would stand here may be commented out.
      return;
    }
    if (!(node instanceof MappingNode mapping)) {
      String names = String.join(", ", tree.names());
      throw at(node, (path.isEmpty() ? "" : path + ": ") + "expected keys, of " + names);
    }
    Map<String, Place> seen = new HashMap<>();
    for (NodeTuple each : mapping.getValue()) {
      Node keyNode = each.getKeyNode();
      if (!(keyNode instanceof ScalarNode scalar)) {
        throw at(keyNode, "expected the name of a key");
      }
      String name = scalar.getValue();
      String whole = path.isEmpty() ? name : path + "." + name;
      KeyTree below = tree.below(name);
      if (below == null) {
        throw at(keyNode, unknown(name, path, tree));
      }
      Place before = seen.putIfAbsent(name, place(keyNode));
      if (before != null) {
        throw at(keyNode, whole + ": is in line " + before.line() + " already");
      }
      readValue(each.getValueNode(), below, whole);
    }
  }

  private static String unknown(String name, String path, KeyTree tree) {
    String where = path.isEmpty() ? "" : " below " + path;
    return "unknown key '%s'%s; there are %s"
        .formatted(name, where, String.join(", ", tree.names()));
  }

  private void readValue(Node node, KeyTree tree, String path) throws ConfigException {
    Key key = tree.key();
    if (key == null || (tree.hasKeysBelow() && node instanceof MappingNode)) {
      readBelow(node, tree, path);
      return;
    }
    List<Setting.Value> values = new ArrayList<>();
    if (key.repeatable() && node instanceof SequenceNode sequence) {
      for (Node each : sequence.getValue()) {
        values.add(value(each, key, path));
      }
    } else {
      values.add(value(node, key, path));
    }
    settings.add(new Setting(key, place(node), values));
  }

  private Setting.Value value(Node node, Key key, String path) throws ConfigException {
    String words = key.type().words();
    if (!(node instanceof ScalarNode scalar)) {
      throw at(node, path + ": expected " + words + ", not a " + kindOf(node));
    }
    Tag wanted =
        switch (key.type()) {
          case SWITCH -> Tag.BOOL;
          case NUMBER -> Tag.INT;
          case TEXT -> Tag.STR;
        };
    if (!node.getTag().equals(wanted)) {
      String found = isNull(node) ? "nothing" : "'" + scalar.getValue() + "'";
      String hint = key.type() == Key.Type.TEXT && !isNull(node) ? "; put it in quotes" : "";
      throw at(node, path + ": expected " + words + ", not " + found + hint);
    }
    String text = scalar.getValue();
    boolean isSwitch = key.type() == Key.Type.SWITCH;
    return new Setting.Value(isSwitch ? text.toLowerCase(Locale.ROOT) : text, place(node));
  }

  private static String kindOf(Node node) {
    return node instanceof SequenceNode ? "list" : "mapping";
  }

  private static boolean isNull(@Nullable Node node) {
    return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
  }

  private ConfigException at(Node node, String why) {
    return new ConfigException(place(node), why);
  }

  private Place place(Node node) {
    return ConfigFile.place(file, node.getStartMark());
  }
}
