package io.github.httpebpf.exporter.bpf;

import io.github.httpebpf.exporter.bpf.stream.PacketStream;

/** A stream on which judges differ, and what they say. */
record StreamDifference(PacketStream stream, String text) {}
