/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* A status line, up to its code (RFC 9112 section 4), wherever packets cut it. */
#ifndef STATUS_LINE_H
#define STATUS_LINE_H

#include "workspace.h"

static __always_inline __u32 read_status_octet(struct workspace *w, __u32 position)
{
	const __u64 version = OCTETS('H', 'T', 'T', 'P', '/', '1', '.', 0);
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);
	__u32 index = s->index;
	int fits;

	if (index < 7)
		fits = octet == (__u8)(version >> 8 * index);
	else if (index == 8)
		fits = octet == ' ';
	else
		fits = octet >= '0' && octet <= '9';
	if (!fits)
		return lose(w, position);
	if (index > 8)
		s->status = s->status * 10 + octet - '0';
	s->index = index + 1;
	if (index == 11)
		s->phase = PHASE_REST;
	return position + 1;
}

#define STATUS_OCTETS 12
#define DIGITS_3      OCTETS(0x80, 0x80, 0x80, 0, 0, 0, 0, 0)

/* All of "HTTP/1.1 200", as it mostly is. */
static __always_inline int read_whole_status(struct workspace *w, __u32 position)
{
	const __u64 version = OCTETS('H', 'T', 'T', 'P', '/', '1', '.', 0);
	__u64 word = word_at(w, position), digits = word_at(w, position + 8) >> 8;

	if ((word & octets_before_index(7)) != version || !octets_between(word >> 56, '0', '9') ||
	    octet_at(w, position + 8) != ' ' ||
	    (octets_between(digits, '0', '9') & DIGITS_3) != DIGITS_3)
		return -1;
	digits -= OCTETS('0', '0', '0', 0, 0, 0, 0, 0);
	w->stream.status =
		(digits & 0xff) * 100 + (digits >> 8 & 0xff) * 10 + (digits >> 16 & 0xff);
	w->stream.index = STATUS_OCTETS;
	w->stream.phase = PHASE_REST;
	return 0;
}

/* Where packets cut it, or it is none, an octet at a time. */
SUBPROGRAM int read_status(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 i, position, end;

	if (!w)
		return 0;
	position = w->reached;
	end = w->end;
	if (!w->stream.index && position + STATUS_OCTETS <= end &&
	    !read_whole_status(w, position)) {
		w->reached = position + STATUS_OCTETS;
		return 0;
	}
	KEEP_LOOP
	for (i = 0; i < STATUS_OCTETS && position < end; i++) {
		if (w->stream.phase != PHASE_STATUS)
			break;
		position = read_status_octet(w, position);
		position = forget(w, position);
	}
	w->reached = position;
	return 0;
}

#endif
