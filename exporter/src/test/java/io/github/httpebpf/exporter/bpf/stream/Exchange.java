package io.github.httpebpf.exporter.bpf.stream;

/**
 * What a client sends, and what the server sends on that.
 *
 * @param answerable how many of the octets the server must have before it begins to answer
 * @param answer empty if there is none
 * @param closes whether nothing follows the answer
 */
@SuppressWarnings("ArrayRecordComponent")
record Exchange(byte[] octets, int answerable, byte[] answer, boolean closes) {}
