/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The lines behind a start line, of which those matter that tell where the message ends. */
#ifndef HEAD_FIELDS_H
#define HEAD_FIELDS_H

#include "message_end.h"

/* Spans of lines that one step looks at. */
#define REST_SPANS    16

#define FIELD_LENGTH  0
#define FIELD_CODING  1
#define FIELD_UPGRADE 2
#define FIELD_HOST    3

/* While a name is read, `index` holds the octets matched, and above them which name it may be. */
#define FIELD_SHIFT	6
#define FIELD_NAME_ROOM 32

struct field_name {
	__u8 octets[FIELD_NAME_ROOM]; /* in lower case, with the colon */
	__u8 fold[FIELD_NAME_ROOM];   /* what makes a letter, and nothing else, lower case */
	__u64 length;
};

static const struct field_name field_names[4] = {
	{"content-length:", "       \0      \0", 15},
	{"transfer-encoding:", "        \0        \0", 18},
	{"upgrade:", "       \0", 8},
	{"host:", "    \0", 5},
};

static __always_inline __u64 name_word(const __u8 *octets)
{
#ifdef __bpf__
	return *(const __u64 *)octets;
#else
	__u64 word;

	__builtin_memcpy(&word, octets, sizeof(word));
	return word;
#endif
}

#define HOST_FIELD_OCTETS 5

/* Most lines of that name are seen to be at once. */
static __always_inline int begins_host(__u64 word)
{
	return ((word | OCTETS(' ', ' ', ' ', ' ', 0, 0, 0, 0)) &
		octets_before_index(HOST_FIELD_OCTETS)) == OCTETS('h', 'o', 's', 't', ':', 0, 0, 0);
}

#define LENGTH_FIELD_OCTETS 15

/* Whether that is the name of the line at `position`, of which the first word is its. */
static __always_inline int ends_as_length(const struct workspace *w, __u32 position)
{
	__u64 lower = word_at(w, position + 8) | OCTETS(' ', ' ', ' ', ' ', ' ', ' ', 0, 0);

	return (lower & octets_before_index(LENGTH_FIELD_OCTETS - 8)) ==
	       OCTETS('l', 'e', 'n', 'g', 't', 'h', ':', 0);
}

/* Whether the line at `position`, a word of which there is, may be one that matters; the next step
 * finds out. */
static __always_inline int may_matter(const struct workspace *w, __u32 position, __u32 end)
{
	__u64 word = word_at(w, position), lower = word | EACH(0x20ull);

	if (lower == OCTETS('c', 'o', 'n', 't', 'e', 'n', 't', '-'))
		return position + LENGTH_FIELD_OCTETS > end || ends_as_length(w, position);
	return (word & 0xff) <= '\r' || lower == OCTETS('t', 'r', 'a', 'n', 's', 'f', 'e', 'r') ||
	       lower == OCTETS('u', 'p', 'g', 'r', 'a', 'd', 'e', ':') ||
	       (!w->answers && keeps_heads(w) && begins_host(word));
}

/* Whether a line is seen at once to be none of them. */
static __always_inline int is_other_line(const struct workspace *w, __u32 position, __u32 end)
{
	return position + 8 <= end && !may_matter(w, position, end);
}

/* Where the first line feed is among the octets of a span, or SPAN_OCTETS. */
static __always_inline __u32 find_feed(const __u8 *span)
{
	__u64 a = first_zero(get_word(span, 0) ^ EACH('\n'));
	__u64 b = first_zero(get_word(span, 8) ^ EACH('\n'));
	__u64 c = first_zero(get_word(span, 16) ^ EACH('\n'));
	__u64 d = first_zero(get_word(span, 24) ^ EACH('\n'));

	if (!(a | b | c | d))
		return SPAN_OCTETS;
	if (a | b)
		return a ? first_octet(a) : 8 + first_octet(b);
	return c ? 16 + first_octet(c) : 24 + first_octet(d);
}

/* Reads to behind the line feed that ends the line, or behind what one step looks at. `in_head`:
 * lines that do not matter are passed over too. */
SUBPROGRAM int skip_line(packet_t *packet, __u32 in_head)
{
	struct workspace *w = workspace(packet);
	__u32 i, position, end, last, feed;
	const __u8 *span;

	if (!w)
		return 0;
	position = w->reached;
	end = w->end;
	last = in_head && end > 8 ? end - 8 : 0;
	KEEP_LOOP
	for (i = 0; i < REST_SPANS && position < end; i++) {
		span = w->window + (position & (WINDOW_OCTETS - 1));
		feed = find_feed(span);
		position = blur(position + feed, end);
		if (feed == SPAN_OCTETS)
			continue;
		/* What is behind the window is none of it. */
		position++;
		if (position > last || may_matter(w, position, end))
			break;
	}
	w->reached = position < end ? position : end;
	return 0;
}

/* The name was one of those, and its colon has been read. */
static __always_inline void begin_value(struct workspace *w, __u32 name)
{
	struct stream *s = &w->stream;

	s->index = 0;
	s->phase = PHASE_REST;
	if (name == FIELD_LENGTH) {
		s->phase = PHASE_LENGTH;
		s->value = 0;
	} else if (name == FIELD_CODING) {
		s->phase = PHASE_CODING;
	} else if (name == FIELD_UPGRADE) {
		s->flags |= STREAM_UPGRADE;
	} else if (!w->answers && !w->head.has_host) {
		w->head.host_length = 0;
		s->phase = PHASE_HOST;
	}
}

/* At the beginning of a line. */
static __always_inline __u32 read_field(struct workspace *w, __u32 position, __u32 end)
{
	struct stream *s = &w->stream;
	__u8 octet = octet_at(w, position);
	__u64 word;

	if (octet == '\r' && position + 1 < end && octet_at(w, position + 1) == '\n') {
		octet = '\n';
		position++;
	}
	if (octet == '\n') {
		end_head(w);
		return position + 1;
	}
	if (octet == '\r') {
		s->phase = PHASE_HEAD_END;
		return position + 1;
	}
	if (is_other_line(w, position, end)) {
		s->phase = PHASE_REST;
		return position;
	}
	octet |= 0x20;
	word = word_at(w, position);
	if (octet == 'h' && !w->answers && keeps_heads(w) && begins_host(word)) {
		begin_value(w, FIELD_HOST);
		return position + HOST_FIELD_OCTETS +
		       ((word >> 8 * HOST_FIELD_OCTETS & 0xff) == ' ');
	}
	/* All of its name, but for what a hyphen is taken for. */
	if (octet == 'c' && position + LENGTH_FIELD_OCTETS <= end && word >> 56 == '-') {
		begin_value(w, FIELD_LENGTH);
		return position + LENGTH_FIELD_OCTETS;
	}
	if (octet != 'c' && octet != 't' && octet != 'u' && (octet != 'h' || !keeps_heads(w))) {
		s->phase = PHASE_REST;
		return position;
	}
	s->index = (octet == 'c'   ? FIELD_LENGTH
		    : octet == 't' ? FIELD_CODING
		    : octet == 'u' ? FIELD_UPGRADE
				   : FIELD_HOST)
		   << FIELD_SHIFT;
	s->phase = PHASE_FIELD_NAME;
	return position;
}

static __always_inline __u32 read_field_name(struct workspace *w, __u32 position, __u32 end)
{
	struct stream *s = &w->stream;
	__u32 name = s->index >> FIELD_SHIFT & 3;
	__u32 index = s->index & (FIELD_NAME_ROOM - 1);
	const struct field_name *field = &field_names[name];
	__u32 taken = (__u32)field->length - index;
	__u64 difference;

	if (taken > 8)
		taken = 8;
	if (taken > end - position)
		taken = end - position;
	difference = (word_at(w, position) | name_word(field->fold + index)) ^
		     name_word(field->octets + index);
	if (taken < 8)
		difference &= octets_before_index(taken);
	if (difference) {
		s->phase = PHASE_REST;
		return position;
	}
	index += taken;
	s->index = name << FIELD_SHIFT | index;
	if (index == (__u32)field->length)
		begin_value(w, name);
	return position + taken;
}

#endif
