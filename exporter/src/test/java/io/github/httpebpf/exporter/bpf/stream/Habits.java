package io.github.httpebpf.exporter.bpf.stream;

/** How a connection's octets are cut, and what happens to them on their way. */
final class Habits {

  private static final int[] USUAL = {536, 1220, 1448, 2900};

  /** Percent of the deliveries. */
  final int reordering;

  final int duplicates;

  /** A weight among the other steps. */
  final int repeats;

  /** Segments that may be on their way. */
  final int flight;

  private final Dice dice;
  private final int kind;
  private final int usual;

  Habits(Dice dice, int octets) {
    this.dice = dice;
    boolean rough = dice.percent(55);
    reordering = rough ? dice.between(0, 60) : 0;
    duplicates = rough && dice.percent(50) ? dice.between(0, 25) : 0;
    repeats = rough && dice.percent(60) ? dice.between(1, 15) : 0;
    flight = rough ? dice.between(1, 12) : 1;
    usual = USUAL[dice.between(0, USUAL.length)];
    kind =
        octets < 250
            ? dice.weighted(8, 17, 25, 50)
            : dice.weighted(octets < 600 ? 1 : 0, octets < 1500 ? 6 : 0, 25, 70);
  }

  /** Octets of the next segment, if there are so many. */
  int segment() {
    return switch (kind) {
      case 0 -> 1;
      case 1 -> dice.between(1, 30);
      case 2 -> 1 + dice.size(2899);
      default -> usual;
    };
  }
}
