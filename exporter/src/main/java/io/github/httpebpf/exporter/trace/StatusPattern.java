package io.github.httpebpf.exporter.trace;

import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A status, or all of a class.
 *
 * @param first the lowest that fits
 * @param last the highest
 */
public record StatusPattern(int first, int last) {

  private static final Pattern FORM = Pattern.compile("[1-9](?:[0-9]{2}|xx)");
  private static final int CLASS = 100;

  /**
   * Reads {@code 404}, or {@code 5xx}.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public static StatusPattern of(String text) {
    if (!FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a status such as 404, or 5xx");
    }
    if (text.endsWith("xx")) {
      int first = (text.charAt(0) - '0') * CLASS;
      return new StatusPattern(first, first + CLASS - 1);
    }
    int status = Integer.parseInt(text);
    return new StatusPattern(status, status);
  }

  boolean fits(OptionalInt status) {
    return status.isPresent() && status.getAsInt() >= first && status.getAsInt() <= last;
  }
}
