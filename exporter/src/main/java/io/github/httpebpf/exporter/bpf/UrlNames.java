package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.metrics.Urls.Url;
import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongFunction;

/**
 * Hosts and paths by owner, of one map: a table without objects for its keys, since each read looks
 * up each URL twice. Clients can choose what owners have in common, but not the multiplier that
 * makes places of them. Not thread-safe.
 */
final class UrlNames {

  private final int map;
  private final long multiplier = ThreadLocalRandom.current().nextLong() | 1;
  private long[] owners = new long[64];
  private int shift = shift();
  private Url[] names = new Url[owners.length];
  private int size;

  /**
   * Knows none yet.
   *
   * @param map its id
   */
  UrlNames(int map) {
    this.map = map;
    // The rest's owner is what free places have, and has its name from the start.
    Arrays.fill(names, Url.REST);
  }

  int map() {
    return map;
  }

  /** How many are known. */
  int size() {
    return size;
  }

  /**
   * The name of an owner.
   *
   * @param lookUp for those that are not known yet
   */
  Url of(long owner, LongFunction<Url> lookUp) {
    int place = place(owner);
    if (owners[place] == owner) {
      return names[place];
    }
    Url name = lookUp.apply(owner);
    enter(owner, name);
    return name;
  }

  /** That makes of a product as many of its first bits as a place has. */
  private int shift() {
    return Long.numberOfLeadingZeros(owners.length - 1);
  }

  /** Where it is, or has its room. */
  private int place(long owner) {
    int place = (int) ((owner * multiplier) >>> shift);
    while (owners[place] != owner && owners[place] != SeriesMap.REST) {
      place = (place + 1) & (owners.length - 1);
    }
    return place;
  }

  private void enter(long owner, Url name) {
    if (2 * ++size > owners.length) {
      grow();
    }
    int place = place(owner);
    owners[place] = owner;
    names[place] = name;
  }

  private void grow() {
    long[] before = owners;
    Url[] namesBefore = names;
    owners = new long[2 * before.length];
    names = new Url[owners.length];
    shift = shift();
    Arrays.fill(names, Url.REST);
    for (int i = 0; i < before.length; i++) {
      int place = place(before[i]);
      owners[place] = before[i];
      names[place] = namesBefore[i];
    }
  }
}
