package io.github.httpebpf.exporter.bpf.stream;

import java.util.SplittableRandom;

/** Chance, repeatable. */
final class Dice {

  private final SplittableRandom random;

  Dice(long seed, long stream) {
    random = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + stream * 0xd1342543de82ef95L);
  }

  /** At least {@code from}, less than {@code to}. */
  int between(int from, int to) {
    return random.nextInt(from, to);
  }

  int integer() {
    return random.nextInt();
  }

  boolean percent(double share) {
    return random.nextDouble() * 100 < share;
  }

  String oneOf(String... all) {
    return all[random.nextInt(all.length)];
  }

  /** {@code all} is weight, what, weight, what ... */
  int weighted(int... weights) {
    int sum = 0;
    for (int weight : weights) {
      sum += weight;
    }
    int at = random.nextInt(sum);
    int which = 0;
    while (at >= weights[which]) {
      at -= weights[which++];
    }
    return which;
  }

  /** Small numbers often, large ones seldom. */
  int size(int max) {
    return random.nextInt(random.nextInt(random.nextInt(max + 1) + 1) + 1);
  }
}
