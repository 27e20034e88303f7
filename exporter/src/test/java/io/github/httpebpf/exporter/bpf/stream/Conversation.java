package io.github.httpebpf.exporter.bpf.stream;

import java.util.ArrayList;
import java.util.List;

/** What is said on one connection, in order; how it is cut into packets is another matter. */
final class Conversation {

  private Conversation() {}

  static List<Exchange> of(Dice dice) {
    Requests requests = new Requests(dice);
    List<Exchange> exchanges = new ArrayList<>();
    int count =
        switch (dice.weighted(42, 46, 11, 1)) {
          case 0 -> 1;
          case 1 -> dice.between(2, 6);
          case 2 -> dice.between(6, 20);
          default -> dice.between(20, 61);
        };
    double spoilt = dice.percent(75) ? 0 : 25;
    double handovers = dice.percent(65) ? 0 : 20;
    for (int i = 0; i < count; i++) {
      if (dice.percent(spoilt)) {
        exchanges.add(dice.percent(90) ? requests.spoiled() : noise(requests, dice));
      } else if (dice.percent(handovers)) {
        boolean accepted = dice.percent(40);
        exchanges.add(requests.handover(accepted));
        if (accepted) {
          addTunnelled(exchanges, requests, dice);
          return exchanges;
        }
      } else {
        exchanges.add(requests.request(i == count - 1));
      }
    }
    return exchanges;
  }

  private static void addTunnelled(List<Exchange> exchanges, Requests requests, Dice dice) {
    for (int i = dice.between(0, 5); i > 0; i--) {
      exchanges.add(dice.percent(50) ? requests.tunnelled() : requests.request(false));
    }
  }

  private static Exchange noise(Requests requests, Dice dice) {
    return new Exchange(requests.noise(1 + dice.size(300)), 0, new byte[0], false);
  }
}
