package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.LabelledRequests;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;

/**
 * Hosts and paths by owner, of one map: a table without objects for its keys, since each read looks
 * up each URL twice. Clients can choose what owners have in common, but not the multiplier that
 * makes places of them. Not thread-safe.
 */
final class UrlNames {

  /** A URL as it is shown. */
  record Name(String host, String path) {}

  private static final Name REST = new Name(LabelledRequests.REST, LabelledRequests.REST);

  private final int map;
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;
  private long[] owners = new long[64];
  private Name[] names = new Name[owners.length];
  private int size;

  /**
   * Knows none yet.
   *
   * @param map its id
   */
  UrlNames(int map) {
    this.map = map;
    // The rest's owner is what free places have, and has its name from the start.
    Arrays.fill(names, REST);
  }

  int map() {
    return map;
  }

  /**
   * The name of an owner.
   *
   * @param lookUp for those that are not known yet
   */
  Name of(long owner, LongFunction<Name> lookUp) {
    int place = place(owner);
    if (owners[place] == owner) {
      return names[place];
    }
    Name name = lookUp.apply(owner);
    enter(owner, name);
    return name;
  }

  /** Where it is, or has its room. */
  private int place(long owner) {
    int place = (int) ((owner * multiplier) >>> Long.numberOfLeadingZeros(owners.length - 1));
    while (owners[place] != owner && owners[place] != SeriesMap.REST) {
      place = (place + 1) & (owners.length - 1);
    }
    return place;
  }

  private void enter(long owner, Name name) {
    if (2 * ++size > owners.length) {
      grow();
    }
    int place = place(owner);
    owners[place] = owner;
    names[place] = name;
  }

  private void grow() {
    long[] before = owners;
    Name[] namesBefore = names;
    owners = new long[2 * before.length];
    names = new Name[owners.length];
    Arrays.fill(names, REST);
    for (int i = 0; i < before.length; i++) {
      int place = place(before[i]);
      owners[place] = before[i];
      names[place] = namesBefore[i];
    }
  }
}
