/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The values of the fields that tell where a message ends. */
#ifndef FIELD_VALUES_H
#define FIELD_VALUES_H

#include "workspace.h"

/* Nobody can send as much as more digits say. */
#define LENGTH_DIGITS_MAX 15
#define LENGTH_ENDED	  (LENGTH_DIGITS_MAX + 1)

/* Content-Length = 1*DIGIT, in blanks (RFC 9110 section 8.6). */
static __always_inline void end_length(struct stream *s)
{
	if (s->index == 0 || ((s->flags & STREAM_LENGTH) && s->left != s->value))
		s->flags |= STREAM_SPOILT;
	s->flags |= STREAM_LENGTH;
	s->left = s->value;
	s->phase = PHASE_FIELD;
}

static __always_inline __u32 read_length(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);

	if (octet == '\n') {
		end_length(s);
	} else if (octet == ' ' || octet == '\t' || octet == '\r') {
		if (s->index)
			s->index = LENGTH_ENDED;
	} else if (octet >= '0' && octet <= '9' && s->index < LENGTH_DIGITS_MAX) {
		s->value = s->value * 10 + octet - '0';
		s->index++;
	} else {
		s->flags |= STREAM_SPOILT;
		s->phase = PHASE_REST;
	}
	return position + 1;
}

/* `index`: octets of "chunked" that fit; or that there is no more to fit, or that a blank came. */
#define CODING_OTHER 8
#define CODING_BLANK 16

static __always_inline void end_coding(struct stream *s)
{
	s->flags |= STREAM_CODED | STREAM_CHUNKED;
	if ((s->index & ~CODING_BLANK) != 7)
		s->flags &= ~STREAM_CHUNKED;
	s->phase = PHASE_FIELD;
}

/* The last of the codings is to be "chunked" (RFC 9112 section 6.1). */
static __always_inline __u32 read_coding(struct workspace *w, __u32 position)
{
	const __u64 chunked = OCTETS('c', 'h', 'u', 'n', 'k', 'e', 'd', 0);
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);

	if (octet == '\n')
		end_coding(s);
	else if (octet == ',')
		s->index = 0;
	else if (octet == ' ' || octet == '\t' || octet == '\r')
		s->index |= s->index ? CODING_BLANK : 0;
	else if (s->index < 7 && (octet | 0x20) == (__u8)(chunked >> 8 * (s->index & 7)))
		s->index++;
	else
		s->index = CODING_OTHER;
	return position + 1;
}

/* Octets of a value that one step looks at. */
#define VALUE_OCTETS 16

/* The value of one of those fields, or as much of it as one step looks at. */
SUBPROGRAM int read_value(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 i, position, end;

	if (!w)
		return 0;
	position = w->reached;
	end = w->end;
	KEEP_LOOP
	for (i = 0; i < VALUE_OCTETS && position < end; i++) {
		if (w->stream.phase == PHASE_LENGTH)
			position = read_length(w, position);
		else if (w->stream.phase == PHASE_CODING)
			position = read_coding(w, position);
		else
			break;
		position = forget(w, position);
	}
	w->reached = position;
	return 0;
}

#endif
