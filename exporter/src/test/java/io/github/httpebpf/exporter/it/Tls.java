package io.github.httpebpf.exporter.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** OpenSSL's own HTTPS server, with a certificate of its own, on the server of a {@link Lan}. */
final class Tls implements AutoCloseable {

  private final Path folder;
  private final Process process;

  Tls(Lan lan) throws IOException {
    folder = Files.createTempDirectory("tls");
    Path key = folder.resolve("key.pem");
    Path certificate = folder.resolve("certificate.pem");
    Shell.out(
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-subj",
        "/CN=server",
        "-keyout",
        key.toString(),
        "-out",
        certificate.toString());
    process =
        new ProcessBuilder(
                lan.onServer(
                    "openssl",
                    "s_server",
                    "-quiet",
                    "-www",
                    "-accept",
                    "8443",
                    "-key",
                    key.toString(),
                    "-cert",
                    certificate.toString()))
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    // Over loopback, which the scenarios do not capture.
    Shell.await(
        "it answers",
        () -> Shell.run(lan.onServer("curl", "-sk", "https://127.0.0.1:8443/")).status() == 0);
  }

  String url() {
    return "https://" + Lan.SERVER_IPV4 + ":8443/";
  }

  @Override
  public void close() throws IOException {
    // Its connections end with it.
    process.destroyForcibly().onExit().join();
    Shell.run("rm", "-r", folder.toString());
  }
}
