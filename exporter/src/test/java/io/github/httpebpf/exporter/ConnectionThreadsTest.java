package io.github.httpebpf.exporter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ConnectionThreadsTest {

  private final ExecutorService threads =
      ConnectionThreads.create("test", 2, Duration.ofMillis(200));

  @AfterEach
  void shutDown() {
    threads.shutdownNow();
  }

  @Test
  void stuckTaskDoesNotHoldUpTheNext() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Future<?> stuck = threads.submit(() -> await(release));

    assertThat(threads.submit(() -> "done").get()).isEqualTo("done");

    release.countDown();
    stuck.get();
  }

  @Test
  void atTheLimitTasksWaitAndAreRunInTheEnd() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    Future<?> first = threads.submit(() -> await(release));
    Future<?> second = threads.submit(() -> await(release));
    Future<String> third = threads.submit(() -> "done");
    assertThat(((ThreadPoolExecutor) threads).getPoolSize()).isEqualTo(2);
    assertThat(third.isDone()).isFalse();

    release.countDown();

    first.get();
    second.get();
    assertThat(third.get()).isEqualTo("done");
  }

  @Test
  void idleThreadsEnd() throws Exception {
    Thread thread = threads.submit(Thread::currentThread).get();
    assertThat(thread.isDaemon()).isTrue();

    thread.join(TimeUnit.SECONDS.toMillis(10));

    assertThat(thread.isAlive()).isFalse();
    assertThat(threads.submit(() -> "done").get()).isEqualTo("done");
  }

  @Test
  void afterShutdownTasksAreTurnedAwaySoThatTheServerClosesTheConnection() {
    threads.shutdown();

    assertThatThrownBy(() -> threads.execute(() -> {}))
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessage("test: closed");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
