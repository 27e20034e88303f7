/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Where heads and messages end, and what follows them (RFC 9112 sections 6.3 and 9.3). */
#ifndef MESSAGE_END_H
#define MESSAGE_END_H

#include "exchanges.h"

static __always_inline void enter_tunnel(struct workspace *w)
{
	w->stream.phase = PHASE_TUNNEL;
	count_unseen(w, UNSEEN_TUNNEL);
}

/* Behind Upgrade and CONNECT the server's answer decides, which may have come before the body's
 * end.
 */
static __always_inline void await_answer(struct workspace *w)
{
	struct stream *s = &w->stream;

	if (w->flow.tunnel == w->flow.requested) {
		enter_tunnel(w);
	} else if ((__s32)(w->flow.answered - w->flow.requested) < 0) {
		s->phase = PHASE_UNDECIDED;
		w->stop = STOP_UNDECIDED;
	}
}

static __always_inline void end_message(struct workspace *w)
{
	struct stream *s = &w->stream;
	int upgrade = s->flags & STREAM_UPGRADE;

	s->phase = PHASE_START;
	s->flags &= STREAM_UNPROVEN | STREAM_TRACED;
	s->left = 0;
	if (upgrade && !w->answers)
		await_answer(w);
}

static __always_inline void begin_body(struct workspace *w)
{
	struct stream *s = &w->stream;

	s->index = 0;
	if (s->flags & STREAM_CHUNKED) {
		s->left = 0;
		s->phase = PHASE_CHUNK_SIZE;
	} else if (s->left) {
		s->phase = PHASE_BODY;
	} else {
		end_message(w);
	}
}

/* A transfer coding takes precedence over whatever the Content-Length is (RFC 9112 section 6.3). */
static __always_inline int is_spoilt(const struct stream *s)
{
	if (s->flags & STREAM_CODED)
		return !(s->flags & STREAM_CHUNKED);
	return s->flags & STREAM_SPOILT;
}

static __always_inline void end_request_head(struct workspace *w)
{
	struct stream *s = &w->stream;
	__u64 bit = 1ull << (++w->flow.requested & 63);

	if (w->flow.flags & FLOW_URL_DUE)
		w->ended = READ_REQUEST;
	if (s->method == METHOD_HEAD)
		w->flow.head_requests |= bit;
	else
		w->flow.head_requests &= ~bit;
	if (s->method == METHOD_CONNECT) {
		s->flags |= STREAM_UPGRADE;
		end_message(w);
	} else if (is_spoilt(s)) {
		lose(w, 0);
	} else {
		begin_body(w);
	}
}

/* A CONNECT is the last request as long as it is not answered. */
static __always_inline int opens_tunnel(const struct workspace *w, __u32 status)
{
	const struct flow *flow = &w->flow;

	if (status == 101)
		return 1;
	return status >= 200 && status < 300 && flow->requests.phase == PHASE_UNDECIDED &&
	       flow->requests.method == METHOD_CONNECT && flow->answered == flow->requested;
}

static __always_inline void end_response_head(struct workspace *w)
{
	struct stream *s = &w->stream;
	__u32 status = s->status;

	/* an interim response */
	if (status < 200 && status != 101) {
		s->flags &= ~STREAM_UPGRADE;
		end_message(w);
		return;
	}
	w->flow.answered++;
	w->ended = READ_RESPONSE;
	if (opens_tunnel(w, status)) {
		w->flow.tunnel = w->flow.answered;
		s->phase = PHASE_UNTIL_CLOSE;
	} else if (status == 204 || status == 304 ||
		   (w->flow.head_requests >> (w->flow.answered & 63) & 1)) {
		end_message(w);
	} else if ((s->flags & STREAM_CHUNKED) || (s->flags & STREAM_LENGTH)) {
		begin_body(w);
	} else {
		s->phase = PHASE_UNTIL_CLOSE;
	}
	/* What it decides comes before the next answer is read, which may be one to what was kept.
	 */
	if (w->flow.requests.phase == PHASE_UNDECIDED && w->flow.answered == w->flow.requested)
		w->stop = STOP_UNDECIDED;
}

static __always_inline void end_head(struct workspace *w)
{
	if (w->answers)
		end_response_head(w);
	else
		end_request_head(w);
}

#endif
