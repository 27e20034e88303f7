/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What of a request's head tells its URL: kept while the head is read, wherever packets cut it. */
#ifndef REQUEST_HEAD_H
#define REQUEST_HEAD_H

#include "workspace.h"

/* Of what requests' heads say more is needed than where they end. */
static __always_inline int keeps_heads(const struct workspace *w)
{
	return counts_urls() || w->traced;
}

static __always_inline __u64 now(struct workspace *w)
{
	if (!w->now)
		w->now = monotonic_time();
	return w->now;
}

/* Octets of the target from `position` on, `count` of them, behind those that came before. */
SUBPROGRAM int keep_target(packet_t *packet, __u32 position, __u32 count)
{
	struct workspace *w = workspace(packet);
	__u32 i, at;

	if (!w)
		return 0;
	at = w->head.target_length;
	KEEP_LOOP
	for (i = 0; i < TARGET_ROOM; i += 8) {
		if (i >= count || at + i >= TARGET_ROOM)
			break;
		put_word(w->head.target, within(at + i, TARGET_ROOM), word_at(w, position + i));
	}
	w->head.target_length = at + count;
	return 0;
}

/* Likewise; as long as all of it is in the window, it stays there. */
static __always_inline void note_target(packet_t *packet, struct workspace *w, __u32 position,
					__u32 count)
{
	if (!w->head.target_length)
		w->target_from = offsetof(struct workspace, window) + position;
	if (w->target_from == HEAD_TARGET)
		keep_target(packet, position, count);
	else
		w->head.target_length += count;
}

/* The window is to hold something else. */
static __always_inline void free_window(packet_t *packet, struct workspace *w)
{
	__u32 length = w->head.target_length;

	if (w->target_from == HEAD_TARGET)
		return;
	w->head.target_length = 0;
	keep_target(packet, w->target_from - offsetof(struct workspace, window), length);
	w->target_from = HEAD_TARGET;
}

static __always_inline int is_blank(__u8 octet)
{
	return octet == ' ' || octet == '\t';
}

/* Blanks before the value of Host, or as many as one step looks at. */
static __always_inline __u32 skip_blanks(const struct workspace *w, __u32 position, __u32 end)
{
	__u32 i;

	KEEP_LOOP
	for (i = 0; i < HOST_ROOM / 8 && position < end; i++) {
		if (!is_blank(octet_at(w, position)))
			break;
		position++;
	}
	return position;
}

/* Octets of the value of Host, or as many as one step looks at. */
static __always_inline void read_host(struct workspace *w)
{
	__u32 i, position, end, taken, length;
	__u64 word, feeds;

	end = w->end;
	position = w->reached;
	length = w->head.host_length;
	if (!length)
		position = skip_blanks(w, position, end);
	KEEP_LOOP
	for (i = 0; i < HOST_ROOM / 8 && position < end; i++) {
		word = word_at(w, position);
		/* Behind the window there are zeros. */
		feeds = first_zero(word ^ EACH('\n'));
		taken = feeds ? first_octet(feeds) : 8;
		if (taken > end - position)
			taken = end - position;
		if (length < HOST_ROOM)
			put_word(w->head.host, within(length, HOST_ROOM), word);
		length = blur(length + taken, end);
		position = blur(position + taken, end);
		if (feeds) {
			position++;
			w->head.has_host = 1;
			w->stream.phase = PHASE_FIELD;
			break;
		}
	}
	w->head.host_length = length;
	w->reached = position;
}

static __always_inline void begin_head(struct request_head *head)
{
	head->target_length = 0;
	head->host_length = 0;
	head->has_host = 0;
	head->lost = 0;
}

static __always_inline void name_connection(struct workspace *w)
{
	if (!w->flow.connection)
		w->flow.connection = (__u64)random_number() << 32 | random_number() | 1;
}

/* The head goes on in another packet. */
static __always_inline void keep_head(packet_t *packet, struct workspace *w)
{
	free_window(packet, w);
	name_connection(w);
	make_head(&w->flow.connection, &w->head);
	w->flow.flags |= FLOW_KEEPS_HEAD;
}

static __always_inline void forget_head(struct workspace *w)
{
	if (!(w->flow.flags & FLOW_KEEPS_HEAD))
		return;
	w->flow.flags &= ~FLOW_KEEPS_HEAD;
	drop_head(&w->flow.connection);
}

/* What came of it is not known. */
static __always_inline void lose_head(struct workspace *w)
{
	begin_head(&w->head);
	w->head.lost = 1;
}

/* It does. */
SUBPROGRAM int load_head(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	const struct request_head *head;

	if (!w)
		return 0;
	head = find_head(&w->flow.connection);
	if (head)
		w->head = *head;
	else
		lose_head(w);
	return 0;
}

#endif
