/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The first packet that is seen of a connection. */
#ifndef FIRST_PACKET_H
#define FIRST_PACKET_H

#include "openings.h"

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

static __always_inline int leave_foreign(packet_t *packet, struct workspace *w, int result)
{
	become_foreign(w);
	make_flow(packet, &w->key, &w->flow);
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
		return leave_foreign(packet, w, RESULT_RESYNC);
	w->flow.requests = w->stream;
	learn(w->payload.local_port, PORT_HTTP);
	make_flow(packet, &w->key, &w->flow);
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
		standing = find_standing(packet, look.result == LOOK_FURTHER);
	if (standing == STANDS_IN_ANSWERS &&
	    (port == PORT_HTTP || (look.result == LOOK_FURTHER && w->stop != STOP_LOST)))
		return port == PORT_UNKNOWN ? pass_by(w, standing, RESULT_RESPONSE)
					    : RESULT_RESPONSE;
	if (standing == STANDS_BEHIND && look.result != RESULT_TLS)
		return keep_early(packet, w);
	if (look.result != LOOK_FURTHER)
		return port == PORT_HTTP ? leave_foreign(packet, w, look.result)
					 : pass_by(w, standing, look.result);
	if (w->stop == STOP_RECOGNISED)
		prove(packet);
	result = result_of(w, PHASE_START);
	if (result == RESULT_NOT_HTTP)
		return port == PORT_HTTP ? leave_foreign(packet, w, result)
					 : pass_by(w, standing, result);
	leave_requests(packet, w);
	learn(w->payload.local_port, PORT_HTTP);
	make_flow(packet, &w->key, &w->flow);
	return result;
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

#endif
