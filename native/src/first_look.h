/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the first eight octets of TCP data tell, on a connection of which nothing is known. */
#ifndef FIRST_LOOK_H
#define FIRST_LOOK_H

#include "octet_words.h"
#include "other_protocols.h"

/* They could head a request; it takes a reader to know. */
#define LOOK_FURTHER RESULT_COUNT

struct look {
	__u8 result; /* enum packet_result, or LOOK_FURTHER */
	__u8 unseen; /* enum unseen_protocol, or UNSEEN_COUNT */
};

static __always_inline struct look look_of(__u8 result, __u8 unseen)
{
	return (struct look){.result = result, .unseen = unseen};
}

/* A token goes on to the end of the octets, or to a space. Those behind the data are zero. */
static __always_inline int may_be_method(__u64 word, __u32 length)
{
	__u64 outside = octets_outside_target(word);
	__u32 end;

	if (!outside)
		return !octets_outside_token(word);
	end = first_octet(outside);
	if (octets_outside_token(word) & octets_before_index(end))
		return 0;
	return end >= length || (end && (word >> 8 * end & 0xff) == ' ');
}

static __always_inline struct look first_look(packet_t *packet, const struct payload *payload)
{
	__u32 length = payload->length;
	__u64 word = 0, next = 0;
	__u8 first;

	if (length < sizeof(word)) {
		if (packet_copy(packet, payload->offset, &word, length, sizeof(word)))
			return look_of(RESULT_TRUNCATED, UNSEEN_COUNT);
	} else if (packet_peek(packet, payload->offset, &word) &&
		   packet_copy(packet, payload->offset, &word, sizeof(word), sizeof(word))) {
		return look_of(RESULT_TRUNCATED, UNSEEN_COUNT);
	}
	first = word & 0xff;
	if (first <= ' ') {
		if (is_tls_record(word, length))
			return look_of(RESULT_TLS,
				       is_client_hello(word, length) ? UNSEEN_TLS : UNSEEN_COUNT);
		return look_of(first == '\r' || first == '\n' ? LOOK_FURTHER : RESULT_NOT_HTTP,
			       UNSEEN_COUNT);
	}
	if (is_response(word))
		return look_of(RESULT_RESPONSE, UNSEEN_COUNT);
	if (first >= 0x7f || !may_be_method(word, length))
		return look_of(RESULT_NOT_HTTP, UNSEEN_COUNT);
	if (length >= 16 && (word & 0xffffff) == ('P' | 'R' << 8 | 'I' << 16) &&
	    !packet_copy(packet, payload->offset + 8, &next, sizeof(next), sizeof(next)) &&
	    is_http2_preface(word, next))
		return look_of(RESULT_HTTP2, UNSEEN_HTTP2);
	return look_of(LOOK_FURTHER, UNSEEN_COUNT);
}

#endif
