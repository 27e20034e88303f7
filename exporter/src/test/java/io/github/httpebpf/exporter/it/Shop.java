package io.github.httpebpf.exporter.it;

import java.util.List;

/** A site for the boards: what it answers at each of its paths, and how it is counted by URL. */
final class Shop {

  static final String HOST = "shop.example";

  /** At {@code /account} a refusal that takes its time, at {@code /gone} no answer. */
  static final String LOCATIONS =
      """
      location /orders { return 200 "[{ \\"state\\": \\"sent\\" }]\\n"; }
      location /static { return 200 "%s\\n"; }
      location /checkout { return 503; }
      location /legacy { return 404; }
      location /account { auth_basic shop; auth_basic_user_file /dev/null; auth_delay 150ms; }
      location /gone { return 444; }
      location / { return 200 "ok\\n"; }
      """
          .formatted("0123456789".repeat(300));

  static final List<String> OPTIONS =
      List.of("--urls", "--urls.route", "/static/*", "--urls.exclude", "/health");

  private Shop() {}
}
