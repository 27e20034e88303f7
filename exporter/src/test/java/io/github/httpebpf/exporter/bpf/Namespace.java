package io.github.httpebpf.exporter.bpf;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread in a network namespace that {@code ip netns} made: there, calls see its interfaces. */
public final class Namespace implements AutoCloseable {

  private static final int CLONE_NEWNET = 0x40000000;

  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  public Namespace(String name) {
    call(
        () -> {
          enter("/run/netns/" + name);
          return name;
        });
  }

  private static void enter(String path) throws Exception {
    try (Arena arena = Arena.ofConfined();
        Descriptor namespace =
            new Descriptor(
                call(
                    "open",
                    FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
                    arena.allocateFrom(path),
                    0))) {
      FunctionDescriptor setns = FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT);
      call("setns", setns, namespace.number(), CLONE_NEWNET);
    }
  }

  /** A libc function that returns -1 if it fails. */
  static int call(String function, FunctionDescriptor descriptor, Object... arguments)
      throws Exception {
    MemorySegment address = Linker.nativeLinker().defaultLookup().find(function).orElseThrow();
    MethodHandle handle = Linker.nativeLinker().downcallHandle(address, descriptor);
    int result;
    try {
      result = (int) handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
    if (result < 0) {
      throw new IllegalStateException(function + " failed");
    }
    return result;
  }

  /** Runs something there, and waits for it. */
  public <T> T call(Callable<T> action) {
    try {
      return thread.submit(action).get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What is on an interface's ingress hooks: ids of tcx programs, then clsact filters. */
  public List<String> hooked(String interfaceName) {
    return hooked(Direction.INGRESS, interfaceName);
  }

  /** Likewise at egress. */
  public List<String> hookedAtEgress(String interfaceName) {
    return hooked(Direction.EGRESS, interfaceName);
  }

  private List<String> hooked(Direction direction, String interfaceName) {
    return call(
        () -> {
          int index = index(interfaceName);
          List<String> hooked = new java.util.ArrayList<>();
          TcxHook.programs(direction, index, interfaceName)
              .forEach(id -> hooked.add("tcx program " + id));
          ClsactHook.filters(direction, index, interfaceName)
              .forEach(each -> hooked.add(each.toString()));
          return hooked;
        });
  }

  static int index(String interfaceName) {
    return Interfaces.find(interfaceName, interfaceName).index();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
