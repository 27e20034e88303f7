/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Bodies: of a known length, or in chunks (RFC 9112 section 7.1). */
#ifndef MESSAGE_BODY_H
#define MESSAGE_BODY_H

#include "head_fields.h"

#define CHUNK_DIGITS_MAX 15

/* The octets of a body or chunk are passed over, wherever they are; `count` of them at most. */
static __always_inline __u32 pass_over(struct workspace *w, __u32 count)
{
	struct stream *s = &w->stream;

	if (s->phase != PHASE_BODY && s->phase != PHASE_CHUNK)
		return count; /* what has no end */
	if (count > s->left)
		count = s->left;
	s->left -= count;
	if (s->left)
		return count;
	if (s->phase == PHASE_BODY) {
		end_message(w);
	} else {
		s->phase = PHASE_CHUNK_END;
		s->index = 0;
	}
	return count;
}

static __always_inline void begin_chunk(struct stream *s)
{
	s->phase = s->left ? PHASE_CHUNK : PHASE_TRAILER;
}

static __always_inline int hexadecimal(__u8 octet)
{
	if (octet >= '0' && octet <= '9')
		return octet - '0';
	octet |= 0x20;
	if (octet >= 'a' && octet <= 'f')
		return octet - 'a' + 10;
	return -1;
}

static __always_inline __u32 read_chunk_size(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);
	int digit = hexadecimal(octet);

	if (digit >= 0) {
		if (s->index == CHUNK_DIGITS_MAX)
			return lose(w, position);
		s->left = s->left << 4 | digit;
		s->index++;
	} else if (s->index == 0) {
		return lose(w, position);
	} else if (octet == '\n') {
		begin_chunk(s);
	} else if (octet == ';' || octet == ' ' || octet == '\t' || octet == '\r') {
		s->phase = PHASE_CHUNK_REST;
	} else {
		return lose(w, position);
	}
	return position + 1;
}

static __always_inline __u32 read_chunk_end(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);

	if (octet == '\r' && !s->index) {
		s->index = 1;
	} else if (octet == '\n') {
		s->index = 0;
		s->phase = PHASE_CHUNK_SIZE;
	} else {
		return lose(w, position);
	}
	return position + 1;
}

static __always_inline __u32 read_trailer(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);

	if (octet == '\n') {
		end_message(w);
		return position + 1;
	}
	if (octet == '\r') {
		s->phase = PHASE_TRAILER_END;
		return position + 1;
	}
	s->phase = PHASE_TRAILER_REST;
	return position;
}

/* Behind a CR at the beginning of a line of a head or trailer. */
static __always_inline __u32 read_empty_line(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;
	int head = s->phase == PHASE_HEAD_END;

	if (octet_at(w, position) != '\n') {
		s->phase = head ? PHASE_REST : PHASE_TRAILER_REST;
		return position;
	}
	if (head)
		end_head(w);
	else
		end_message(w);
	return position + 1;
}

#endif
