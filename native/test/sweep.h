/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A client's stream, sent in every way that must not matter; counted as the reference does. */
#ifndef SWEEP_H
#define SWEEP_H

#include "connection_builder.h"
#include "reference_stream.h"

static inline struct connection begin_sweep(int ipv6, __u32 start)
{
	struct connection c;

	begin_case();
	learn_port(ipv6);
	c = connect_to(ipv6, start);
	client_syn(&c);
	return c;
}

static inline void expect_as_reference(const char *what, int detail, const void *stream,
				       __u32 length)
{
	struct reference_stream reference = {.data = {stream, length}};
	__u32 method;

	reference_read(&reference);
	expect_requests(what, detail, reference.counted);
	for (method = 0; method < METHOD_COUNT; method++)
		check_number(what, detail, "of a method", reference.methods[method],
			     host.requests[method]);
}

/* In pieces of so many octets. Of each octet it is known how often requests were counted by then.
 */
static inline void in_pieces(const char *what, const void *stream, __u32 length, __u32 size)
{
	struct connection c = begin_sweep(size % 2, 0u - length / 2);
	__u32 at, count;

	for (at = 0; at < length; at += size) {
		count = length - at < size ? length - at : size;
		client_at(&c, at, (const __u8 *)stream + at, count);
		expect_as_reference(what, at, stream, at + count);
	}
	expect_nothing_kept(what, size);
}

static inline void in_two(const char *what, const void *stream, __u32 length, __u32 cut)
{
	struct connection c = begin_sweep(cut % 2, cut);

	client_at(&c, 0, stream, cut);
	expect_as_reference(what, cut, stream, cut);
	client_at(&c, cut, (const __u8 *)stream + cut, length - cut);
	expect_as_reference(what, cut, stream, length);
	expect_nothing_kept(what, cut);
}

static inline void in_three(const char *what, const void *stream, __u32 length, __u32 cut,
			    __u32 second)
{
	struct connection c = begin_sweep(cut % 2, cut);

	client_at(&c, 0, stream, cut);
	client_at(&c, cut, (const __u8 *)stream + cut, second - cut);
	client_at(&c, second, (const __u8 *)stream + second, length - second);
	expect_as_reference(what, cut * 1000 + second, stream, length);
}

/* Cut in two everywhere, in three at many places, and into pieces down to an octet. */
static inline void everywhere(const char *what, const void *stream, __u32 length)
{
	__u32 cut, second;

	for (cut = 1; cut < length; cut++)
		in_two(what, stream, length, cut);
	for (cut = 1; cut < length; cut += 1 + length / 40)
		for (second = cut + 1; second < length; second += 1 + length / 40)
			in_three(what, stream, length, cut, second);
	for (cut = 1; cut < 12; cut++)
		in_pieces(what, stream, length, cut);
}

/* And it is stated how many requests that are, lest the reference be wrong too. */
static inline void stream_case(const char *what, const char *stream, __u32 requests)
{
	struct reference_stream reference = {.data = {(const __u8 *)stream, strlen(stream)}};

	reference_read(&reference);
	check_number(what, 0, "requests of the reference", requests, reference.counted);
	everywhere(what, stream, strlen(stream));
}

#endif
