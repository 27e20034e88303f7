/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Behind Upgrade and CONNECT: what the answer makes of the client's octets that were kept. */
#ifndef DECISIONS_H
#define DECISIONS_H

#include "connection.h"

/* Reads on in the client's direction, in what was kept of it. */
static __always_inline void read_kept(packet_t *packet, struct workspace *w)
{
	w->answers = 0;
	w->stop = 0;
	begin_packet(w, w->payload.length);
	read_all(packet);
	if (w->stop == STOP_RECOGNISED)
		prove(packet);
}

/* Until the client's next packet. */
static __always_inline void leave_kept(packet_t *packet, struct workspace *w)
{
	if (w->stream.phase == PHASE_LOST) {
		release_held(packet);
		w->flow.lost_at = w->payload.sequence;
	}
	leave_message(packet);
	w->flow.requests = w->stream;
	w->answers = 1;
	w->stop = 0;
}

/* The answer has come: what was kept of the client's octets can be judged. */
SUBPROGRAM int decide(packet_t *packet)
{
	struct workspace *w = workspace(packet);

	if (!w || w->flow.requests.phase != PHASE_UNDECIDED ||
	    (__s32)(w->flow.answered - w->flow.requested) < 0)
		return 0;
	w->stream = w->flow.requests;
	if (w->flow.tunnel == w->flow.requested) {
		enter_tunnel(w);
		release_held(packet);
	} else {
		w->stream.phase = PHASE_START;
		read_kept(packet, w);
	}
	leave_kept(packet, w);
	return 0;
}

#endif
