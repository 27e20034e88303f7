package io.github.httpebpf.exporter.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.List;

/** What the program in the kernel keeps of connections: {@code native/src/flow.h}. */
final class ConnectionState {

  private static final List<String> HASHES =
      List.of("flow_map", "opening_map", "block_map", "pending_map", "head_map");
  private static final String PORTS = "port_map";
  private static final int PORT_COUNT = 65536;

  /** None of its keys is longer. */
  private static final int KEY_ROOM = 64;

  /** What the exporter itself never calls, so that the bindings do without. */
  private static final class Calls {
    static final MethodHandle NEXT_KEY =
        linked("bpf_map_get_next_key", ValueLayout.ADDRESS, ValueLayout.ADDRESS);
    static final MethodHandle DELETE = linked("bpf_map_delete_elem", ValueLayout.ADDRESS);

    private static MethodHandle linked(String function, ValueLayout... pointers) {
      MemorySegment address =
          SymbolLookup.libraryLookup("libbpf.so.1", Arena.global()).find(function).orElseThrow();
      FunctionDescriptor descriptor =
          FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)
              .appendArgumentLayouts(pointers);
      return Linker.nativeLinker().downcallHandle(address, descriptor);
    }
  }

  private final HttpProbe probe;

  ConnectionState(HttpProbe probe) {
    this.probe = probe;
  }

  /** From now on no packet was seen before. Nothing may reach the program in the meantime. */
  void forget() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment key = arena.allocate(KEY_ROOM, Long.BYTES);
      for (String map : HASHES) {
        int descriptor = probe.mapDescriptor(map);
        while ((int) Calls.NEXT_KEY.invokeExact(descriptor, MemorySegment.NULL, key) == 0) {
          NativeCalls.check((int) Calls.DELETE.invokeExact(descriptor, key), "empty", map);
        }
      }
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
    probe.write(PORTS, new byte[PORT_COUNT]);
  }
}
