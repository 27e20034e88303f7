package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.Endpoints;
import io.github.httpebpf.exporter.bpf.stream.StreamPacket;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The same code compiled for the host: {@code native/test/stream_tool.c}, which says what goes over
 * its pipes. Answers wait in a pipe until they are read, so no more than {@link #QUESTIONS_MAX} may
 * be open.
 */
final class StreamHost implements AutoCloseable {

  /** Entries of the maps, as in {@code http_counter.h}. */
  private static final int REQUESTS = 16;

  private static final int PACKETS = 64;
  private static final int UNSEEN = 16;

  private static final int ANSWER = 8 * (REQUESTS + PACKETS + UNSEEN);

  /** As many answers as a pipe holds, by Linux's default. */
  static final int QUESTIONS_MAX = 65536 / ANSWER;

  private final Process process;
  private final DataOutputStream out;
  private final DataInputStream in;
  private final ByteBuffer record = ByteBuffer.allocate(4096);

  StreamHost(Path tool) throws IOException {
    if (!Files.isExecutable(tool)) {
      throw new IOException(tool + " is not there: make -C native tools builds it");
    }
    process =
        new ProcessBuilder(tool.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out = new DataOutputStream(new BufferedOutputStream(process.getOutputStream(), 1 << 16));
    in = new DataInputStream(new BufferedInputStream(process.getInputStream()));
  }

  void take(Endpoints endpoints, StreamPacket packet) throws IOException {
    record.clear().position(3);
    endpoints.write(packet, record);
    record
        .put(0, (byte) (packet.toServer() ? 'i' : 'e'))
        .putShort(1, (short) (record.position() - 3));
    out.write(record.array(), 0, record.position());
  }

  /** All connections are over: the host's tables only grow. */
  void forget() throws IOException {
    out.write('n');
  }

  /** Asks for the counts of now. */
  void ask() throws IOException {
    out.write('c');
  }

  /** Sends what was written, so that answers come. */
  void flush() throws IOException {
    out.write('f');
    out.flush();
  }

  /** The oldest answer that was not read yet. */
  StreamCounts answer() throws IOException {
    ByteBuffer answer = ByteBuffer.wrap(in.readNBytes(ANSWER)).order(ByteOrder.nativeOrder());
    if (answer.capacity() < ANSWER) {
      throw new IOException("the host's tool ended: see standard error");
    }
    return new StreamCounts(
        read(answer, 0, StreamCounts.REQUESTS),
        read(answer, REQUESTS, StreamCounts.PACKETS),
        read(answer, REQUESTS + PACKETS, StreamCounts.UNSEEN));
  }

  private static long[] read(ByteBuffer answer, int from, int entries) {
    long[] counts = new long[entries];
    answer.asLongBuffer().get(from, counts);
    return counts;
  }

  @Override
  public void close() throws IOException {
    out.close();
    try {
      if (process.waitFor() != 0) {
        throw new IOException("the host's tool ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroy();
    }
  }
}
