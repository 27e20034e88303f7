package io.github.httpebpf.exporter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a file says, and where; lines and columns begin at 1. */
class ConfigFileTest {

  private static final KeyTree KEYS =
      KeyTree.of(
          List.of(
              new Key("name", Key.Type.TEXT, false),
              new Key("names", Key.Type.TEXT, true),
              new Key("port", Key.Type.NUMBER, true),
              new Key("urls", Key.Type.SWITCH, false),
              new Key("urls.max-series", Key.Type.NUMBER, false),
              new Key("urls.route", Key.Type.TEXT, true),
              new Key("web.path", Key.Type.TEXT, false)));

  @TempDir private Path folder;

  private List<String> read(String yaml) throws Exception {
    return ConfigFile.read(write(yaml.getBytes(StandardCharsets.UTF_8)), KEYS).stream()
        .map(
            each ->
                each.key().path()
                    + " "
                    + each.place().line()
                    + ":"
                    + each.place().column()
                    + " "
                    + each.values().stream().map(Setting.Value::text).toList())
        .toList();
  }

  private Path write(byte[] yaml) throws IOException {
    return Files.write(folder.resolve("c.yaml"), yaml);
  }

  @Test
  void settingsHaveTheirPlaces() throws Exception {
    assertThat(read("# c\nname: a\nweb:\n  path: /é\nnames: [b, 'c,d']\nport:\n  - 80\n  - 81\n"))
        .containsExactly(
            "name 2:7 [a]", "web.path 4:9 [/é]", "names 5:8 [b, c,d]", "port 7:3 [80, 81]");
  }

  @Test
  void oneValueIsAListOfOne() throws Exception {
    assertThat(read("{names: b, port: 80}")).containsExactly("names 1:9 [b]", "port 1:18 [80]");
    assertThat(read("names: []")).containsExactly("names 1:8 []");
  }

  @Test
  void aSwitchWithKeysBelowItHasTwoForms() throws Exception {
    assertThat(read("urls: true")).containsExactly("urls 1:7 [true]");
    assertThat(read("urls: {enabled: False, max-series: 5, route: [/a, /b]}"))
        .containsExactly(
            "urls 1:17 [false]", "urls.max-series 1:36 [5]", "urls.route 1:46 [/a, /b]");
    assertThat(KEYS.paths().keySet())
        .containsExactly(
            "name",
            "names",
            "port",
            "urls",
            "urls.enabled",
            "urls.max-series",
            "urls.route",
            "web.path");
  }

  @Test
  void nothingIsNoMistake() throws Exception {
    assertThat(read("")).isEmpty();
    assertThat(read("# name: a\n")).isEmpty();
    assertThat(read("web:\n  # path: /a\n")).isEmpty();
    assertThat(read("web: &x {path: /a}")).containsExactly("web.path 1:16 [/a]");
  }

  @Test
  void onlyASwitchHasKeysBelowIt() {
    List<Key> keys =
        List.of(new Key("a", Key.Type.TEXT, false), new Key("a.b", Key.Type.TEXT, false));

    assertThatThrownBy(() -> KeyTree.of(keys))
        .hasMessage("a: has keys below it, and no name there");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nam: a                    | :1:1: unknown key 'nam'; there are name, names, port, urls, web
          web: {pat: a}             | :1:7: unknown key 'pat' below web; there are path
          web.path: /a              | :1:1: unknown key 'web.path'; there are name, names, port, urls, web
          name: a~name: b           | :2:1: name: is in line 1 already
          urls: true~urls: {}       | :2:1: urls: is in line 1 already
          web: {path: a, path: b}   | :1:16: web.path: is in line 1 already
          name: [a]                 | :1:7: name: expected text, not a list
          name: {a: b}              | :1:7: name: expected text, not a mapping
          names: [a, [b]]           | :1:12: names: expected text, not a list
          name: 5                   | :1:7: name: expected text, not '5'; put it in quotes
          name: true                | :1:7: name: expected text, not 'true'; put it in quotes
          name:                     | :1:6: name: expected text, not nothing
          names: [a, 1.5]           | :1:12: names: expected text, not '1.5'; put it in quotes
          name: !x a                | :1:7: name: expected text, not 'a'; put it in quotes
          port: '80'                | :1:7: port: expected a whole number, not '80'
          port: 80.0                | :1:7: port: expected a whole number, not '80.0'
          urls: yes                 | :1:7: urls: expected true or false, not 'yes'
          urls: 1                   | :1:7: urls: expected true or false, not '1'
          urls: [true]              | :1:7: urls: expected true or false, not a list
          urls: {enabled: [true]}   | :1:17: urls.enabled: expected true or false, not a list
          web: /a                   | :1:6: web: expected keys, of path
          - name                    | :1:1: expected keys, of name, names, port, urls, web
          name                      | :1:1: expected keys, of name, names, port, urls, web
          ? [a]~: b                 | :1:3: expected the name of a key
          name: [a                  | :1:9: no YAML: expected ',' or ']', but got <stream end>
          name: a~---~name: b       | :2:1: no YAML: but found another document
          name: *x                  | :1:7: no YAML: found undefined alias x
          name: a~  b: c            | :2:4: no YAML: mapping values are not allowed here
          name: é\u0001x            | :1:8: no YAML: it has the character U+0001
          """)
  void aMistakeIsOneLineWithItsPlace(String yaml, String line) throws IOException {
    Path file = write(yaml.replace('~', '\n').getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> ConfigFile.read(file, KEYS))
        .isExactlyInstanceOf(ConfigException.class)
        .hasMessage(file + line);
  }

  @Test
  void filesThatAreNoneAreMistakes() throws IOException {
    Path latin = write(new byte[] {'a', '\n', 'b', (byte) 0xff});
    assertThatThrownBy(() -> ConfigFile.read(latin, KEYS)).hasMessage(latin + ":2:2: not UTF-8");

    Path deep = write("[".repeat(200_000).getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> ConfigFile.read(deep, KEYS))
        .hasMessage(deep + ": no configuration: nested too deep");

    Path large = write(new byte[(1 << 20) + 1]);
    assertThatThrownBy(() -> ConfigFile.read(large, KEYS))
        .hasMessage(large + ": longer than 1048576 bytes");

    Path none = folder.resolve("none");
    assertThatThrownBy(() -> ConfigFile.read(none, KEYS)).hasMessage(none + ": no such file");
    assertThatThrownBy(() -> ConfigFile.read(folder, KEYS))
        .hasMessage(folder + ": cannot be read: Is a directory");
  }
}
