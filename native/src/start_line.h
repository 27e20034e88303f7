/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The beginning of a message, and a request line (RFC 9112 section 3), wherever packets cut it. */
#ifndef START_LINE_H
#define START_LINE_H

#include "exchanges.h"

/* A token of so many octets is no method. */
#define METHOD_OCTETS_MAX 128

/* Octets of the line up to the space behind the target, at the most: 8 of the version follow it. */
#define TARGET_END_MAX (REQUEST_LINE_MAX - 9)

/* Words of a target that one step looks at, two at a time if its form is known. */
#define TARGET_WORDS 16
#define TARGET_SPANS 16

static __always_inline __u8 known_method(__u64 token)
{
	if (token == OCTETS('G', 'E', 'T', 0, 0, 0, 0, 0))
		return METHOD_GET;
	if (token == OCTETS('P', 'O', 'S', 'T', 0, 0, 0, 0))
		return METHOD_POST;
	if (token == OCTETS('H', 'E', 'A', 'D', 0, 0, 0, 0))
		return METHOD_HEAD;
	if (token == OCTETS('P', 'U', 'T', 0, 0, 0, 0, 0))
		return METHOD_PUT;
	if (token == OCTETS('D', 'E', 'L', 'E', 'T', 'E', 0, 0))
		return METHOD_DELETE;
	if (token == OCTETS('C', 'O', 'N', 'N', 'E', 'C', 'T', 0))
		return METHOD_CONNECT;
	if (token == OCTETS('O', 'P', 'T', 'I', 'O', 'N', 'S', 0))
		return METHOD_OPTIONS;
	if (token == OCTETS('T', 'R', 'A', 'C', 'E', 0, 0, 0))
		return METHOD_TRACE;
	if (token == OCTETS('P', 'A', 'T', 'C', 'H', 0, 0, 0))
		return METHOD_PATCH;
	return METHOD_OTHER;
}

/* The request line is one: it counts, unless it is to be found out first whether it may. */
static __always_inline void recognise(packet_t *packet, struct workspace *w)
{
	w->stream.phase = PHASE_REST;
	if (w->stream.flags & STREAM_UNPROVEN)
		w->stop = STOP_RECOGNISED;
	else
		count_request(packet, w);
}

static __always_inline void end_method(struct stream *s, __u8 method, __u32 octets)
{
	s->method = method;
	s->value = octets + 1;
	s->index = 0;
	s->left = 0;
	s->phase = PHASE_TARGET;
}

/* All of a method that is known, as it mostly is, and the space behind it. Answers how many octets
 * that are, or 0. */
static __always_inline __u32 read_known_method(struct workspace *w, __u64 word)
{
	__u64 blank = first_zero(word ^ EACH(' '));
	__u32 octets = blank ? first_octet(blank) : 0;
	__u8 method = known_method(word & octets_before_index(octets));

	/* An octet of zero at its end would not be seen. */
	if (method == METHOD_OTHER || !(word >> 8 * (octets - 1) & 0xff))
		return 0;
	end_method(&w->stream, method, octets);
	return octets + 1;
}

/* Takes octets of the method, up to the space behind it. */
static __always_inline __u32 read_method(struct workspace *w, __u32 position, __u32 end)
{
	struct stream *s = &w->stream;
	__u64 word = word_at(w, position);
	__u64 outside;
	__u32 taken, index = s->index;

	taken = index ? 0 : read_known_method(w, word);
	if (taken)
		return position + taken;
	outside = octets_outside_target(word);
	taken = outside ? first_octet(outside) : 8;

	/* Behind the window there are zeros, which are outside. */
	if (outside)
		word &= octets_before_index(taken);
	if (octets_outside_token(word) & (outside ? octets_before_index(taken) : ~0ull))
		return lose(w, position);
	if (index < 8)
		s->left |= word << 8 * index;
	index += taken;
	if (index >= METHOD_OCTETS_MAX)
		return lose(w, position);
	s->index = index;
	position += taken;
	if (taken == 8 || position >= end)
		return position;
	if (!index || octet_at(w, position) != ' ')
		return lose(w, position);
	end_method(s, index < 8 ? known_method(s->left) : METHOD_OTHER, index);
	return position + 1;
}

/* Octets of empty lines that one step passes over. */
#define EMPTY_OCTETS 64

static __always_inline int ends_line(__u8 octet)
{
	return octet == '\r' || octet == '\n';
}

/* Before a message: empty lines are passed over (RFC 9112 section 2.2; servers take any number). */
static __always_inline __u32 read_start(struct workspace *w, __u32 position, __u32 end)
{
	struct stream *s = &w->stream;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < EMPTY_OCTETS && position < end; i++) {
		if (!ends_line(octet_at(w, position)))
			break;
		position = blur(position + 1, end);
	}
	if (position >= end || ends_line(octet_at(w, position)))
		return position;
	w->reached = position;
	begin_message(w);
	s->index = 0;
	s->left = 0;
	s->value = 0;
	s->flags &= STREAM_UNPROVEN;
	s->status = 0;
	s->phase = w->answers ? PHASE_STATUS : PHASE_METHOD;
	return position;
}

/* The space behind the target was found. */
static __always_inline __u32 end_target(struct workspace *w, __u32 position)
{
	struct stream *s = &w->stream;

	if (octet_at(w, position) != ' ' || !(s->flags & STREAM_TARGET))
		return lose(w, position);
	s->index = 0;
	s->phase = PHASE_VERSION;
	return position + 1;
}

/* The first octet decides on the form; what is not origin-form holds a colon, except for "*". */
static __always_inline int begin_target(struct stream *s, __u8 first)
{
	if (first <= ' ' || first == 0x7f)
		return -1;
	s->index = first == '*' ? 1 : 2;
	if (first == '*' || first == '/' || first == ':')
		s->flags |= STREAM_TARGET;
	return 0;
}

/* Up to the end of a target whose form is known, or of what one step looks at. Behind the window
 * there are zeros, which are of no target. */
static __always_inline __u32 pass_target(const struct workspace *w, __u32 position, __u32 end)
{
	const __u8 *span;
	__u64 outside, next;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < TARGET_SPANS && position < end; i++) {
		span = w->window + (position & (WINDOW_OCTETS - 1));
		outside = first_outside_target(get_word(span, 0));
		next = first_outside_target(get_word(span, 8));
		if (outside)
			return position + first_octet(outside);
		if (next)
			return position + 8 + first_octet(next);
		position = blur(position + 16, end);
	}
	return position;
}

/* Likewise of one that is of none of the forms yet: a colon makes it one. */
static __always_inline __u32 pass_unknown_target(struct workspace *w, __u32 position, __u32 end)
{
	__u64 word, outside, colon = 0;
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < TARGET_WORDS && position < end; i++) {
		word = word_at(w, position);
		outside = first_outside_target(word);
		/* One behind the target is in no version, and so refused there. */
		colon |= octets_equal(word, ':');
		if (outside) {
			position += first_octet(outside);
			break;
		}
		position += 8;
	}
	if (colon)
		w->stream.flags |= STREAM_TARGET;
	return position;
}

static __always_inline __u32 read_target(packet_t *packet, struct workspace *w, __u32 position,
					 __u32 end)
{
	struct stream *s = &w->stream;
	__u32 from = position;
	__u8 octet;

	if (s->index == 1)
		return end_target(w, position);
	if (s->index == 0) {
		if (begin_target(s, octet_at(w, position)))
			return lose(w, position);
		if (s->index == 1) {
			s->value++;
			if (keeps_heads(w))
				note_target(packet, w, position, 1);
			return position + 1;
		}
	}
	position = forget(w, s->flags & STREAM_TARGET ? pass_target(w, position, end)
						      : pass_unknown_target(w, position, end));
	if (position > end)
		position = end;
	s->value += position - from;
	if (keeps_heads(w))
		note_target(packet, w, from, position - from);
	if (s->value > TARGET_END_MAX) {
		w->too_long = 1;
		s->phase = PHASE_REST;
		return position;
	}
	octet = octet_at(w, position);
	if (position >= end || (octet > ' ' && octet != 0x7f))
		return position;
	return end_target(w, position);
}

/* "HTTP/1." and a digit. */
static __always_inline __u32 read_version(packet_t *packet, struct workspace *w, __u32 position,
					  __u32 end)
{
	const __u64 version = OCTETS('H', 'T', 'T', 'P', '/', '1', '.', 0);
	struct stream *s = &w->stream;
	__u32 index = s->index & 7;
	__u32 taken = 8 - index;
	__u64 word = word_at(w, position);
	__u64 expected = version >> 8 * index;
	__u8 digit;

	if (taken > end - position)
		taken = end - position;
	digit = word >> 8 * (7 - index);
	if (index + taken < 8) {
		if ((word ^ expected) & octets_before_index(taken & 7))
			return lose(w, position);
		s->index = index + taken;
		return position + taken;
	}
	if ((word ^ expected) & octets_before_index(7 - index))
		return lose(w, position);
	if (digit < '0' || digit > '9')
		return lose(w, position);
	recognise(packet, w);
	return position + taken;
}

#endif
