// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Any stream behind a request, in any order of any segments of it, with answers at its end: what
 * the reference counts in the whole.
 *
 * An input: an octet of switches, one that says how many segments come first, 4 for each of them
 * (where it begins, and its length), then the stream.
 */
#include "connection_builder.h"
#include "reference_stream.h"

#define FIRST	       "GET / HTTP/1.1\r\n\r\n"
#define OK	       "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
#define SWITCH_IPV6    1
#define SWITCH_PEEK    2
#define SWITCH_UPGRADE 4 /* whether servers switch protocols */
#define SWITCH_SMALL   8 /* the rest comes in small segments */
#define PIECES_MAX     64

static __u8 stream[sizeof(FIRST) + 65536];

static __u32 number_of(const __u8 *octets)
{
	return octets[0] << 8 | octets[1];
}

static __u32 least(__u32 one, __u32 other)
{
	return one < other ? one : other;
}

static struct reference_stream expected(__u32 length, __u32 answered, __u32 tunnel,
					enum reference_end *end)
{
	struct reference_stream reference = {
		.data = {stream, length}, .answered = answered, .tunnel = tunnel};

	*end = reference_read(&reference);
	return reference;
}

/* All that was asked is answered, as often as more becomes known by that. */
static void answer(struct connection *c, __u32 length, int upgrade)
{
	enum reference_end end;
	struct reference_stream reference = expected(length, 0, 0, &end);
	__u32 answered = 0;

	while (end == REFERENCE_UNDECIDED) {
		while (++answered < reference.requests)
			server_says(c, OK);
		if (upgrade && reference.method == METHOD_CONNECT)
			server_says(c, OK);
		else
			server_says(c, upgrade ? "HTTP/1.1 101 \r\n\r\n"
					       : "HTTP/1.1 400 \r\nContent-Length: 0\r\n\r\n");
		reference = expected(length, answered, upgrade ? answered : 0, &end);
	}
	must_agree("requests", reference.counted, requests_counted());
	for (answered = 0; answered < METHOD_COUNT; answered++)
		must_agree("of a method", reference.methods[answered], host.requests[answered]);
	must_agree("tunnels", end == REFERENCE_TUNNEL, host.unseen[UNSEEN_TUNNEL]);
}

static void segments(struct connection *c, const __u8 *script, __u32 count, __u32 length)
{
	__u32 i, at, size;

	for (i = 0; i < count; i++) {
		at = number_of(script + 4 * i) % length;
		size = least(number_of(script + 4 * i + 2), length - at);
		/* what looks like TLS is taken for it, if nothing came before */
		if (size &&
		    (c->sent || !reference_is_tls((struct reference_data){stream + at, size})))
			client_at(c, at, stream + at, size);
	}
}

int LLVMFuzzerTestOneInput(const __u8 *input, size_t size);

int LLVMFuzzerTestOneInput(const __u8 *input, size_t size)
{
	__u32 count, length, at, step;
	struct connection c;

	if (size < 2 || size > 65536)
		return 0;
	count = least(input[1] % PIECES_MAX, (size - 2) / 4);
	length = size - 2 - 4 * count;
	memcpy(stream, FIRST, strlen(FIRST));
	memcpy(stream + strlen(FIRST), input + 2 + 4 * count, length);
	length += strlen(FIRST);
	net.peek = (input[0] & SWITCH_PEEK) != 0;
	begin_case();
	learn_port(input[0] & SWITCH_IPV6);
	c = connect_to(input[0] & SWITCH_IPV6, 0u - length / 2);
	client_syn(&c);
	segments(&c, input + 2, count, length);
	step = input[0] & SWITCH_SMALL ? 1 + input[0] / 16 : 1400;
	for (at = 0; at < length; at += step)
		client_at(&c, at, stream + at, least(step, length - at));
	answer(&c, length, input[0] & SWITCH_UPGRADE);
	return 0;
}
