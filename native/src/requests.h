/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What clients send: under which result a packet goes, and which requests it makes known. */
#ifndef REQUESTS_H
#define REQUESTS_H

#include "connection.h"

/* Where the first data that is seen of a connection stands in it. */
enum standing {
	STANDS_FIRST,
	STANDS_BEHIND, /* something before it has not come yet */
	STANDS_SOMEWHERE,
	STANDS_IN_ANSWERS, /* it is the server's */
};

/* A new connection on the ports of one that was followed; not so a SYN that is sent again. */
static __always_inline void forget_last(const struct workspace *w, __u32 start)
{
	const struct flow *flow = find_flow(&w->key);

	if (flow && !((flow->flags & FLOW_STARTED) && flow->start == start))
		drop_flow(&w->key);
}

/* The SYN of a connection says where its data begins, and who is its server. */
SUBPROGRAM int note_opening(packet_t *packet)
{
	struct workspace *w = workspace();
	struct opening opening = {};

	if (!w || read_key(packet, &w->payload, &w->key, 0))
		return -1;
	opening.start = w->payload.sequence;
	if (w->payload.flags & TCP_ACK)
		opening.flags = OPENING_SERVER;
	else if (port_state(w->payload.local_port) == PORT_HTTP)
		forget_last(w, opening.start);
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
	count_unseen(protocol);
}

/* `may_head`: it could be a request, and so it matters if it is of an answer to one. */
static __always_inline enum standing find_standing(struct workspace *w, int may_head)
{
	struct opening *opening = find_opening(&w->key);
	const struct flow *answered;
	struct flow_key reverse;
	__u32 ahead;

	if (!opening) {
		if (!may_head)
			return STANDS_SOMEWHERE;
		reverse = reversed(&w->key);
		answered = find_flow(&reverse);
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

/* `phase` is what the packet's first octet belongs to. */
static __always_inline int result_of(const struct workspace *w, __u8 phase)
{
	if (w->counted)
		return RESULT_REQUEST;
	if (w->excluded > 1)
		return RESULT_EXCLUDED;
	if (w->too_long)
		return RESULT_LINE_TOO_LONG;
	if (w->stream.phase == PHASE_LOST)
		return w->stream.flags & STREAM_UNPROVEN ? RESULT_NOT_HTTP : RESULT_RESYNC;
	if (phase == PHASE_START)
		return RESULT_LINE_INCOMPLETE;
	if (phase < PHASE_BODY)
		return RESULT_HEAD_CONTINUED;
	return RESULT_BODY;
}

/* So that the next packets are not taken for a beginning; it may still turn out to be HTTP. */
static __always_inline void become_foreign(struct workspace *w)
{
	w->stream.phase = PHASE_LOST;
	w->stream.next = w->payload.sequence + w->payload.length;
	w->flow.flags = (w->flow.flags & FLOW_STARTED) | FLOW_FOREIGN;
	w->flow.lost_at = w->payload.acknowledgement;
	w->flow.requests = w->stream;
}

static __always_inline int leave_foreign(struct workspace *w, int result)
{
	become_foreign(w);
	make_flow(&w->key, &w->flow);
	return result;
}

/* Keeps a packet that came before the connection's first. */
static __always_inline int keep_early(packet_t *packet, struct workspace *w)
{
	__u32 start = w->flow.start;

	begin_flow(w, start);
	w->flow.start = start;
	w->flow.flags |= FLOW_STARTED;
	begin_packet(w, 0);
	if (hold(packet, w->payload.sequence, w->payload.offset, w->payload.length))
		return leave_foreign(w, RESULT_RESYNC);
	w->flow.requests = w->stream;
	learn(w->payload.local_port, PORT_HTTP);
	make_flow(&w->key, &w->flow);
	return RESULT_OUT_OF_ORDER;
}

/* No request, on a port that has had none: if a connection begins so, or answers, it is for others.
 */
static __always_inline int pass_by(const struct workspace *w, enum standing standing, int result)
{
	if (standing == STANDS_FIRST || standing == STANDS_IN_ANSWERS)
		learn(w->payload.local_port, PORT_OTHER);
	return result;
}

/* The first packet that is seen of a connection; where it stands matters if its port may be HTTP's.
 */
static __always_inline int judge_first(packet_t *packet, struct workspace *w, __u8 port)
{
	enum standing standing = STANDS_SOMEWHERE;
	struct look look = first_look(packet, &w->payload);
	int result;

	if (look.unseen != UNSEEN_COUNT)
		note_unseen(w, look.unseen);
	begin_flow(w, w->payload.sequence);
	if (look.result == LOOK_FURTHER) {
		begin_packet(w, 0);
		read_all(packet);
	}
	if (port != PORT_OTHER || (look.result == LOOK_FURTHER && w->stop != STOP_LOST))
		standing = find_standing(w, look.result == LOOK_FURTHER);
	if (standing == STANDS_IN_ANSWERS &&
	    (port == PORT_HTTP || (look.result == LOOK_FURTHER && w->stop != STOP_LOST)))
		return port == PORT_UNKNOWN ? pass_by(w, standing, RESULT_RESPONSE)
					    : RESULT_RESPONSE;
	if (standing == STANDS_BEHIND && look.result != RESULT_TLS)
		return keep_early(packet, w);
	if (look.result != LOOK_FURTHER)
		return port == PORT_HTTP ? leave_foreign(w, look.result)
					 : pass_by(w, standing, look.result);
	if (w->stop == STOP_RECOGNISED)
		prove(packet, w);
	result = result_of(w, PHASE_START);
	if (result == RESULT_NOT_HTTP)
		return port == PORT_HTTP ? leave_foreign(w, result) : pass_by(w, standing, result);
	leave_requests(packet, w);
	learn(w->payload.local_port, PORT_HTTP);
	make_flow(&w->key, &w->flow);
	return result;
}

/* A new connection between the same ports: its SYN tells. */
static __always_inline int begins_anew(struct workspace *w)
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
	release_held();
	begin_flow(w, start);
	w->flow.start = start;
	w->flow.flags |= FLOW_STARTED;
	return 1;
}

/* The first packet of it may show that it is something else, as any connection's first. */
static __always_inline int look_anew(packet_t *packet, struct workspace *w, __u32 ahead)
{
	struct look look = first_look(packet, &w->payload);

	if (look.unseen != UNSEEN_COUNT)
		note_unseen(w, look.unseen);
	if (look.result == LOOK_FURTHER || (ahead && look.result != RESULT_TLS))
		return LOOK_FURTHER;
	become_foreign(w);
	return look.result;
}

/* What was lost may be a body, and go on; not so what began with something else than HTTP. */
static __always_inline int may_head_request(const struct workspace *w)
{
	__u32 foreign = FLOW_STARTED | FLOW_FOREIGN;

	return (w->flow.flags & foreign) == foreign ||
	       w->flow.lost_at != w->payload.acknowledgement;
}

/* On a connection that cannot be followed: the next that heads a request, once the server has
 * answered, is taken for one. */
static __always_inline int judge_lost(packet_t *packet, struct workspace *w)
{
	__u32 start = w->flow.start, lost_at = w->flow.lost_at;
	__u32 flags = w->flow.flags & (FLOW_STARTED | FLOW_FOREIGN);
	__s32 known = w->flow.requests.next - w->payload.sequence;
	struct look look;
	int result;

	/* Octets that were there before are none of this packet's. */
	if (known > 0) {
		w->payload.sequence += known;
		w->payload.offset += known;
		w->payload.length -= known;
	}
	look = first_look(packet, &w->payload);
	if (look.result != LOOK_FURTHER || !may_head_request(w)) {
		w->flow.requests.next = w->payload.sequence + w->payload.length;
		if (!(flags & FLOW_FOREIGN))
			return RESULT_RESYNC;
		return look.result == LOOK_FURTHER ? RESULT_NOT_HTTP : look.result;
	}
	begin_flow(w, w->payload.sequence);
	w->flow.start = start;
	w->flow.flags = flags;
	begin_packet(w, 0);
	read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet, w);
	result = result_of(w, PHASE_START);
	leave_requests(packet, w);
	if (result != RESULT_NOT_HTTP)
		return result;
	w->flow.lost_at = lost_at;
	return flags & FLOW_FOREIGN ? result : RESULT_RESYNC;
}

/* What came too early is kept, unless all that is missing is of a body. */
static __always_inline int keep_or_pass(packet_t *packet, struct workspace *w, __u32 ahead)
{
	__u8 phase = w->stream.phase;

	if ((phase == PHASE_BODY || phase == PHASE_CHUNK) && ahead <= w->stream.left) {
		w->stream.next += pass_over(w, ahead);
		return 0;
	}
	/* A window no client has: if the server takes it all the same, its answer tells. */
	if (!(w->flow.flags & FLOW_ANSWERED) || ahead + w->payload.length <= HELD_MAX)
		if (hold(packet, w->payload.sequence, w->payload.offset, w->payload.length))
			lose(w, 0);
	begin_packet(w, w->payload.length);
	return 1;
}

/* The answer that would decide goes another way, but the client has it. */
static __always_inline int is_answered_unseen(const struct workspace *w)
{
	return !(w->flow.flags & FLOW_ANSWERED) &&
	       (__s32)(w->payload.acknowledgement - w->flow.answers.next) > 0;
}

/* What was kept for that answer goes on as HTTP: nobody said otherwise. */
static __always_inline void read_undecided(packet_t *packet, struct workspace *w)
{
	w->stream.phase = PHASE_START;
	begin_packet(w, w->payload.length);
	read_all(packet);
	w->stop = 0;
}

static __always_inline int result_of_kept(const struct workspace *w)
{
	if (w->stream.phase == PHASE_LOST)
		return RESULT_RESYNC;
	if (w->counted)
		return RESULT_REQUEST;
	return w->stream.phase == PHASE_UNDECIDED ? RESULT_UNDECIDED : RESULT_OUT_OF_ORDER;
}

/* A packet of a connection that is followed; `w->flow` is to be written back. */
static __always_inline int judge_next(packet_t *packet, struct workspace *w)
{
	__u32 length = w->payload.length;
	__u32 ahead = w->payload.sequence - w->flow.requests.next;
	int result;
	__u8 phase;

	w->stream = w->flow.requests;
	if (ahead && begins_anew(w)) {
		ahead = w->payload.sequence - w->stream.next;
		result = look_anew(packet, w, ahead);
		if (result != LOOK_FURTHER)
			return result;
	}
	if ((__s32)(ahead + length) <= 0)
		return RESULT_RETRANSMISSION;
	if (w->stream.phase == PHASE_LOST)
		return judge_lost(packet, w);
	if (w->stream.phase == PHASE_TUNNEL) {
		w->flow.requests.next = w->payload.sequence + length;
		return RESULT_TUNNEL;
	}
	if (w->stream.phase == PHASE_UNDECIDED && is_answered_unseen(w)) {
		read_undecided(packet, w);
		ahead = w->payload.sequence - w->stream.next;
		if (w->stream.phase == PHASE_LOST || (__s32)(ahead + length) <= 0) {
			leave_requests(packet, w);
			return result_of(w, PHASE_START);
		}
	}
	if ((__s32)ahead > 0) {
		if (keep_or_pass(packet, w, ahead)) {
			leave_requests(packet, w);
			return result_of_kept(w);
		}
		ahead = 0;
	}
	phase = w->stream.phase;
	begin_packet(w, -ahead);
	if (phase != PHASE_UNDECIDED)
		read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet, w);
	leave_requests(packet, w);
	return phase == PHASE_UNDECIDED ? result_of_kept(w) : result_of(w, phase);
}

/* Most data is of bodies, of tunnels and of what is no HTTP, and in order: it takes little then. */
static __always_inline int judge_plain(packet_t *packet, struct flow *flow,
				       const struct payload *payload)
{
	struct stream *requests = &flow->requests;
	struct look look;
	int result;

	if (requests->next != payload->sequence || (flow->flags & FLOW_HOLDS))
		return RESULT_COUNT;
	if (requests->phase == PHASE_BODY || requests->phase == PHASE_CHUNK) {
		if (payload->length >= requests->left)
			return RESULT_COUNT;
		requests->left -= payload->length;
		result = RESULT_BODY;
	} else if (requests->phase == PHASE_TUNNEL) {
		result = RESULT_TUNNEL;
	} else if (requests->phase == PHASE_LOST) {
		look = first_look(packet, payload);
		if (look.result == LOOK_FURTHER)
			return RESULT_COUNT;
		result = flow->flags & FLOW_FOREIGN ? look.result : RESULT_RESYNC;
	} else {
		return RESULT_COUNT;
	}
	requests->next += payload->length;
	return result;
}

/* The payload is in the workspace. */
SUBPROGRAM int judge_data(packet_t *packet, __u32 port)
{
	struct workspace *w = workspace();
	struct flow *flow;
	int result;

	if (!w || read_key(packet, &w->payload, &w->key, 0))
		return RESULT_TRUNCATED;
	flow = port == PORT_HTTP ? find_flow(&w->key) : (void *)0;
	if (!flow) {
		begin_work(w, 0, w->payload.local_port);
		return judge_first(packet, w, port);
	}
	if (lock_flow(flow))
		return RESULT_RESYNC;
	result = judge_plain(packet, flow, &w->payload);
	if (result == RESULT_COUNT) {
		begin_work(w, 0, w->payload.local_port);
		copy_flow(&w->flow, flow);
		result = judge_next(packet, w);
		copy_flow(flow, &w->flow);
	}
	unlock_flow(flow);
	return result;
}

/* A client's first datagram, if it is one of QUIC: counted once a connection, where it arrives. */
SUBPROGRAM int note_quic(packet_t *packet, int sent)
{
	struct workspace *w = workspace();
	struct opening noted = {.flags = sent ? 0 : OPENING_UNSEEN};
	const struct opening *opening;
	struct flow_key reverse;
	__u8 octets[5] PACKET_ALIGNED;

	if (!w || packet_read(packet, w->payload.offset, octets, sizeof(octets)) ||
	    !is_quic_initial(octets) || read_key(packet, &w->payload, &w->key, 0))
		return 0;
	w->key.network |= NETWORK_UDP;
	reverse = reversed(&w->key);
	if (find_opening(&reverse)) /* the server answers */
		return 0;
	opening = find_opening(&w->key);
	if (opening && (sent || opening->flags))
		return 0;
	if (!sent)
		count_unseen(UNSEEN_QUIC);
	return make_opening(&w->key, &noted);
}

#endif
