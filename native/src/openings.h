/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* How connections begin: who is the server, and where the first octets stand; and those that carry
 * what cannot be counted. */
#ifndef OPENINGS_H
#define OPENINGS_H

#include "connection.h"

/* Where the first data that is seen of a connection stands in it. */
enum standing {
	STANDS_FIRST,
	STANDS_BEHIND, /* something before it has not come yet */
	STANDS_SOMEWHERE,
	STANDS_IN_ANSWERS, /* it is the server's */
};

/* A new connection on the ports of one that was followed; not so a SYN that is sent again. */
static __always_inline void forget_last(packet_t *packet, const struct workspace *w, __u32 start)
{
	const struct flow *flow = find_flow(packet, &w->key);

	if (flow && !((flow->flags & FLOW_STARTED) && flow->start == start))
		drop_flow(packet, &w->key);
}

/* The SYN of a connection says where its data begins, and who is its server. */
SUBPROGRAM int note_opening(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	struct opening opening = {};

	if (!w || read_key(packet, w, 0))
		return -1;
	opening.start = w->payload.sequence;
	if (w->payload.flags & TCP_ACK)
		opening.flags = OPENING_SERVER;
	else if (port_state(w->payload.local_port) == PORT_HTTP)
		forget_last(packet, w, opening.start);
	return make_opening(&w->key, &opening);
}

/* Once a connection: not for what is sent again, nor for a second ClientHello. */
static __always_inline void note_unseen(struct workspace *w, __u32 protocol)
{
	struct opening *opening = find_opening(&w->key);

	if (opening) {
		if (opening->flags || opening->start != w->payload.sequence)
			return;
		opening->flags = OPENING_UNSEEN;
	}
	count_unseen(w, protocol);
}

/* `may_head`: it could be a request, and so it matters if it is of an answer to one. Answers
 * with enum standing. */
SUBPROGRAM int find_standing(packet_t *packet, int may_head)
{
	struct workspace *w = workspace(packet);
	struct opening *opening;
	const struct flow *answered;
	struct flow_key reverse;
	__u32 ahead;

	if (!w)
		return STANDS_SOMEWHERE;
	opening = find_opening(&w->key);
	if (!opening) {
		if (!may_head)
			return STANDS_SOMEWHERE;
		reverse = reversed(&w->key);
		answered = find_other_flow(&reverse);
		if (answered && !(answered->requests.flags & STREAM_UNPROVEN))
			return STANDS_IN_ANSWERS;
		return STANDS_SOMEWHERE;
	}
	if (opening->flags & OPENING_SERVER)
		return STANDS_IN_ANSWERS;
	ahead = w->payload.sequence - opening->start;
	if (ahead > HELD_MAX || (opening->flags & OPENING_USED))
		return STANDS_SOMEWHERE;
	opening->flags |= OPENING_USED;
	w->flow.start = opening->start;
	w->flow.flags |= FLOW_STARTED;
	return ahead ? STANDS_BEHIND : STANDS_FIRST;
}

/* A new connection between the same ports: its SYN tells. */
static __always_inline int begins_anew(packet_t *packet, struct workspace *w)
{
	struct opening *opening = find_opening(&w->key);
	__u32 start;

	if (!opening || (opening->flags & (OPENING_SERVER | OPENING_USED)))
		return 0;
	start = opening->start;
	if ((w->flow.flags & FLOW_STARTED) && w->flow.start == start)
		return 0;
	if (w->payload.sequence - start > HELD_MAX)
		return 0;
	opening->flags |= OPENING_USED;
	release_held(packet);
	count_url(packet);
	forget_head(w);
	begin_flow(w, start);
	w->flow.start = start;
	w->flow.flags |= FLOW_STARTED;
	return 1;
}

/* A client's first datagram, if it is one of QUIC: counted once a connection, where it arrives. */
SUBPROGRAM int note_quic(packet_t *packet, int sent)
{
	struct workspace *w = workspace(packet);
	struct opening noted = {.flags = sent ? 0 : OPENING_UNSEEN};
	const struct opening *opening;
	struct flow_key reverse;
	__u8 octets[5] PACKET_ALIGNED;

	if (!w || packet_read(packet, w->payload.offset, octets, sizeof(octets)) ||
	    !is_quic_initial(octets) || read_key(packet, w, 0))
		return 0;
	w->key.network |= NETWORK_UDP;
	reverse = reversed(&w->key);
	if (find_opening(&reverse)) /* the server answers */
		return 0;
	opening = find_opening(&w->key);
	if (opening && (sent || opening->flags))
		return 0;
	if (!sent)
		count_unseen(w, UNSEEN_QUIC);
	return make_opening(&w->key, &noted);
}

#endif
