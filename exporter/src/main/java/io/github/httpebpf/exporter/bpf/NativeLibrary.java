package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.lang.foreign.MemorySegment;

/** Links libbpf, once, and says helpfully why it cannot be. Thread-safe. */
public final class NativeLibrary {

  private static final String HINT =
      "install it: apt-get install libbpf1 (Debian 12, Ubuntu 24.04 or later)";

  private NativeLibrary() {}

  /**
   * The version of the linked libbpf, such as {@code 1.1}; links it first if need be.
   *
   * @throws BpfException if there is none, or none of major version 1
   */
  public static String version() {
    return Linked.VERSION.get();
  }

  private static final class Linked {
    static final java.util.function.Supplier<String> VERSION = link();

    /**
     * The outcome is kept, the failure too: a class that failed to initialise forgets its cause.
     */
    private static java.util.function.Supplier<String> link() {
      try {
        int major = Libbpf.libbpf_major_version();
        String version = Libbpf.libbpf_version_string().getString(0).substring(1);
        if (major != 1) {
          return failing(
              new BpfException("link libbpf.so.1: its version is " + version + "; " + HINT));
        }
        // What libbpf would print, the exceptions say.
        Libbpf.libbpf_set_print(MemorySegment.NULL);
        return () -> version;
      } catch (ExceptionInInitializerError | UnsatisfiedLinkError | NoClassDefFoundError e) {
        return failing(new BpfException("link libbpf.so.1: not found; " + HINT, e));
      } catch (IllegalCallerException e) {
        return failing(
            new BpfException(
                "link libbpf.so.1: native access is off; start java with --enable-native-access=ALL-UNNAMED",
                e));
      }
    }

    private static java.util.function.Supplier<String> failing(BpfException failure) {
      return () -> {
        throw failure;
      };
    }
  }
}
