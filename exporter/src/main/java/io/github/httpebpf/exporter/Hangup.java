package io.github.httpebpf.exporter;

import java.lang.System.Logger.Level;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** SIGHUP, which by itself would end the process. */
final class Hangup {

  private static final System.Logger LOG = System.getLogger(Hangup.class.getName());

  private Hangup() {}

  /**
   * From now on the signal does this, each time on a thread of its own, and nothing else. Only
   * warns if the JVM keeps the signal to itself (-Xrs).
   */
  static void handle(Runnable action) {
    try {
      // By name: javac warns of this class, of the exported module jdk.unsupported, and nothing
      // turns that warning off. The JDK has no other way to a signal.
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      MethodHandle run =
          MethodHandles.lookup()
              .findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
              .bindTo(action);
      Object proxy =
          MethodHandleProxies.asInterfaceInstance(
              handler, MethodHandles.dropArguments(run, 0, signal));
      Object hangup = signal.getConstructor(String.class).newInstance("HUP");
      signal.getMethod("handle", signal, handler).invoke(null, hangup, proxy);
    } catch (ReflectiveOperationException e) {
      LOG.log(Level.WARNING, "SIGHUP is not heard: {0}", e.toString());
    }
  }
}
