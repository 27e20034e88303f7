package io.github.httpebpf.exporter.bpf;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/**
 * Which interfaces are meant: by their names, or by regular expressions that match all of a name.
 * What is the name of an interface is that name, and no expression.
 */
public final class InterfaceChoice {

  /** IFNAMSIZ of linux/if.h; the kernel refuses the same characters. */
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/:\\s]{1,15}");

  /** What has none of these matches itself alone; but for dots, as in eth0.100, names have none. */
  private static final Pattern EXPRESSION = Pattern.compile("[*+?^$|\\[\\](){}\\\\]");

  /**
   * What the user wrote.
   *
   * @param expression if it may be one
   * @param name whether it may be one, though nobody has it
   */
  private record Entry(String text, Optional<Pattern> expression, boolean name) {

    /** What is the name of an interface is no expression; nor is what could be and matches none. */
    boolean isName(Collection<String> here) {
      return expression.isEmpty()
          || here.contains(text)
          || (name && here.stream().noneMatch(this::matches));
    }

    boolean matches(String name) {
      return expression.orElseThrow().matcher(name).matches();
    }
  }

  private final List<Entry> entries = new ArrayList<>();
  private final List<Pattern> excluded = new ArrayList<>();

  /**
   * Takes the user's words.
   *
   * @param texts names and expressions; none for whatever is the default
   * @param excluded expressions for what neither the default nor another expression shall find
   * @throws IllegalArgumentException with one line for the user
   */
  public InterfaceChoice(Collection<String> texts, Collection<String> excluded) {
    for (String text : texts) {
      entries.add(entry(text));
    }
    for (String text : excluded) {
      this.excluded.add(compile("--interface-exclude", text));
    }
  }

  private static Entry entry(String text) {
    if (EXPRESSION.matcher(text).find()) {
      return new Entry(text, Optional.of(compile("--interface", text)), false);
    }
    if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "--interface '" + text + "': not the name of an interface");
    }
    return new Entry(
        text, text.contains(".") ? Optional.of(Pattern.compile(text)) : Optional.empty(), true);
  }

  private static Pattern compile(String option, String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException(
          option + " '" + text + "': not a regular expression: empty");
    }
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "%s '%s': not a regular expression: %s".formatted(option, text, e.getDescription()), e);
    }
  }

  /** Whether nothing was chosen. */
  public boolean isEmpty() {
    return entries.isEmpty();
  }

  /** Whether interfaces may come that are meant too. */
  public boolean hasExpressions(Collection<String> here) {
    return entries.stream().anyMatch(each -> !each.isName(here));
  }

  /** Those that are meant by name, whether they are here or not. */
  List<String> names(Collection<String> here) {
    return entries.stream().filter(each -> each.isName(here)).map(Entry::text).toList();
  }

  /** Whether all are names, whatever is here. */
  boolean isNamesAlone() {
    return entries.stream().allMatch(each -> each.expression().isEmpty());
  }

  /** Of those that are here, the ones that an expression matches. */
  List<String> matches(Collection<String> here) {
    // There may be thousands of them.
    List<Entry> expressions = entries.stream().filter(each -> !each.isName(here)).toList();
    return here.stream()
        .filter(name -> !isExcluded(name) && expressions.stream().anyMatch(e -> e.matches(name)))
        .toList();
  }

  /** Whether only a name of its own can choose it. */
  boolean isExcluded(String name) {
    return excluded.stream().anyMatch(each -> each.matcher(name).matches());
  }

  /**
   * Makes sure that each expression matches something.
   *
   * @throws BpfException for the first that does not
   */
  void requireMatches(Collection<String> here) {
    for (Entry each : entries) {
      if (!each.isName(here)
          && here.stream().noneMatch(name -> !isExcluded(name) && each.matches(name))) {
        throw new BpfException(
            "attach to %s: no interface matches; interfaces here: %s"
                .formatted(each.text(), here.stream().sorted().collect(Collectors.joining(", "))));
      }
    }
  }
}
