package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.libbpf.Libbpf;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * A network namespace whose interfaces are captured. Thread-safe.
 *
 * @param name what stands before the names of its captures: that which {@code ip netns} knows it
 *     by, or its path; nothing for the one that this process is in
 */
public record NetworkNamespace(String name) {

  /** The one that this process is in. */
  public static final NetworkNamespace OWN = new NetworkNamespace("");

  /** Where iproute2 keeps those that have a name. */
  private static final Path NAMED = Path.of("/var/run/netns");

  private static final Path ALSO_NAMED = Path.of("/run/netns");
  private static final Pattern NAME = Pattern.compile("(?!\\.{1,2}$)[^/\\s\\p{Cntrl}]+");

  /** Of a name in a bpf file system, as in others. */
  private static final int LENGTH_MAX = 255;

  private static final String OPERATION = "enter network namespace";

  private static final class Calls {
    static final MethodHandle FOPEN =
        NativeCalls.capturing(Libbpf.fopen$address(), Libbpf.fopen$descriptor());
    static final MethodHandle SETNS =
        NativeCalls.capturing(Libbpf.setns$address(), Libbpf.setns$descriptor());
  }

  /**
   * Takes the user's word, whether there is such a namespace or not.
   *
   * @throws IllegalArgumentException with one line for the user
   */
  public static NetworkNamespace of(String text) {
    String name = text;
    if (text.startsWith("/")) {
      Path path = Path.of(text).normalize();
      boolean isNamed = NAMED.equals(path.getParent()) || ALSO_NAMED.equals(path.getParent());
      name = isNamed ? String.valueOf(path.getFileName()) : path.toString();
    } else if (!NAME.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "--netns '" + text + "': neither the name of a network namespace nor an absolute path");
    }
    if (PinRoot.encodeNetns(name).length() > LENGTH_MAX) {
      throw new IllegalArgumentException("--netns '" + text + "': too long to be pinned");
    }
    return new NetworkNamespace(name);
  }

  /** That of a capture's name. */
  static NetworkNamespace ofCapture(String capture) {
    return new NetworkNamespace(CaptureSpec.netnsOf(capture));
  }

  public boolean isOwn() {
    return name.isEmpty();
  }

  /** Itself, or if it is the one that this process is in, that. */
  public NetworkNamespace resolved() {
    return !isOwn() && isThere(Interfaces.namespace()) ? OWN : this;
  }

  private Path path() {
    return name.startsWith("/") ? Path.of(name) : NAMED.resolve(name);
  }

  /** The name of a capture there. */
  String capture(String interfaceName) {
    return isOwn() ? interfaceName : name + "/" + interfaceName;
  }

  /** Whether the namespace of that inode still has this name, so far as this process may see. */
  boolean isThere(long inode) {
    OptionalLong found = inode();
    return found.isPresent() && found.getAsLong() == inode;
  }

  /** Whether it certainly has not; where no namespace has a name, they are out of sight. */
  boolean hasGone(long inode) {
    if (isOwn() || !Files.isDirectory(name.startsWith("/") ? Path.of("/") : NAMED)) {
      return false;
    }
    OptionalLong found = inode();
    return found.isPresent() && found.getAsLong() != inode;
  }

  /** Empty if it may not be looked for; 0 if nothing is there. */
  private OptionalLong inode() {
    try {
      return OptionalLong.of((Long) Files.getAttribute(path(), "unix:ino"));
    } catch (NoSuchFileException e) {
      return OptionalLong.of(0);
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Runs something there, and waits for it: on a thread of its own, since what enters a namespace
   * is the thread, with all that it starts, and nobody else may be given it afterwards.
   *
   * @throws BpfException if it cannot be entered, or what was run throws
   */
  public <T> T call(Supplier<T> action) {
    if (isOwn()) {
      return action.get();
    }
    FutureTask<T> task = new FutureTask<>(() -> enterAnd(action));
    Thread.ofPlatform().daemon().name("netns " + name).start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Likewise without a result. */
  public void run(Runnable action) {
    Boolean done =
        call(
            () -> {
              action.run();
              return true;
            });
    assert done;
  }

  /** Starts a thread that does something there; it begins by entering, which may fail. */
  void start(
      String threadName, Runnable action, java.util.function.Consumer<BpfException> failure) {
    Runnable whole =
        () -> {
          try {
            if (!isOwn()) {
              enter();
            }
            action.run();
          } catch (BpfException e) {
            failure.accept(e);
          }
        };
    Thread.ofPlatform().daemon().name(threadName).start(whole);
  }

  private <T> T enterAnd(Supplier<T> action) {
    enter();
    return action.get();
  }

  /** Moves this thread, for good. */
  private void enter() {
    NativeLibrary.version();
    // What is no plain file would not be opened, but waited for.
    if (Files.exists(path()) && !Files.isRegularFile(path())) {
      throw new BpfException(OPERATION + " " + name + ": " + path() + " is not one");
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = NativeCalls.callState(arena);
      MemorySegment file =
          (MemorySegment)
              Calls.FOPEN.invokeExact(
                  state, arena.allocateFrom(path().toString()), arena.allocateFrom("re"));
      if (file.equals(MemorySegment.NULL)) {
        throw refused(NativeCalls.errno(state));
      }
      int result = (int) Calls.SETNS.invokeExact(state, Libbpf.fileno(file), Libbpf.CLONE_NEWNET());
      Errno errno = NativeCalls.errno(state);
      Libbpf.fclose(file);
      if (result != 0) {
        throw refused(errno);
      }
    } catch (BpfException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeCalls.unexpected(e);
    }
  }

  private BpfException refused(Errno errno) {
    String hint;
    if (errno.equals(Errno.ENOENT)) {
      hint = "there is no " + path() + "; ip netns lists those that have a name";
    } else if (errno.equals(Errno.EINVAL)) {
      hint = path() + " is no network namespace";
    } else {
      hint = "needs root, or CAP_SYS_ADMIN";
    }
    return NativeCalls.failure(OPERATION, name, errno, "", hint);
  }
}
