/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * Reads a direction of a connection as HTTP/1.x messages, one window of octets after the other, and
 * can pause and go on at any octet. What it keeps in between is struct stream.
 */
#ifndef HTTP_STREAM_H
#define HTTP_STREAM_H

#include "field_values.h"
#include "held_octets.h"
#include "message_body.h"
#include "start_line.h"
#include "status_line.h"

/*
 * Steps taken in one go, each of at least one octet and mostly of many. The verifier looks at every
 * one of them, but has forgotten the last one by then: all that a step leaves is in memory.
 */
#define STEPS_MAX 6

/* Goes at one packet. */
#define GOES_MAX     6144
#define GOES_IN_PART 96

/* From here on nothing matters up to the end of the line. */
static __always_inline int is_rest(__u8 phase)
{
	return phase == PHASE_REST || phase == PHASE_CHUNK_REST || phase == PHASE_TRAILER_REST;
}

static __always_inline void read_rest(packet_t *packet, struct workspace *w)
{
	struct stream *s = &w->stream;

	skip_line(packet, s->phase == PHASE_REST);
	settle();
	if (octet_at(w, w->reached - 1) != '\n')
		return;
	if (s->phase == PHASE_CHUNK_REST) {
		begin_chunk(s);
	} else if (s->phase == PHASE_TRAILER_REST) {
		s->phase = PHASE_TRAILER;
	} else {
		s->phase = PHASE_FIELD;
	}
}

/* Most often a request line ends behind its version. */
static __always_inline void end_line(struct workspace *w, __u32 end)
{
	if (w->stream.phase != PHASE_REST || w->stop || w->reached + 2 > end ||
	    octet_at(w, w->reached) != '\r' || octet_at(w, w->reached + 1) != '\n')
		return;
	w->reached += 2;
	w->stream.phase = is_other_line(w, w->reached, end) ? PHASE_REST : PHASE_FIELD;
}

/* A start line, or as much of it as the window holds: where reading is lies in w->reached. */
static __always_inline void read_start_line(packet_t *packet, struct workspace *w)
{
	struct stream *s;
	__u32 end;

	s = &w->stream;
	end = w->end;
	if (s->phase == PHASE_START)
		w->reached = read_start(w, w->reached, end);
	settle();
	if (s->phase == PHASE_METHOD)
		w->reached = read_method(w, w->reached, end);
	settle();
	if (s->phase == PHASE_TARGET && w->reached < end)
		w->reached = read_target(packet, w, w->reached, end);
	settle();
	if (s->phase == PHASE_VERSION && w->reached < end) {
		w->reached = read_version(packet, w, w->reached, end);
		settle();
		end_line(w, end);
	} else if (s->phase == PHASE_STATUS) {
		read_status(packet);
	}
}

/* The value of Host, and most often it is seen at once that the next line does not matter. */
static __always_inline void read_host_line(struct workspace *w)
{
	read_host(w);
	settle();
	if (w->stream.phase == PHASE_FIELD && is_other_line(w, w->reached, w->end))
		w->stream.phase = PHASE_REST;
}

SUBPROGRAM int read_head(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	__u32 end;

	if (!w)
		return 0;
	end = w->end;
	switch (w->stream.phase) {
	case PHASE_FIELD:
		w->reached = read_field(w, w->reached, end);
		break;
	case PHASE_FIELD_NAME:
		w->reached = read_field_name(w, w->reached, end);
		break;
	case PHASE_LENGTH:
	case PHASE_CODING:
		read_value(packet);
		break;
	case PHASE_HEAD_END:
		w->reached = read_empty_line(w, w->reached);
		break;
	}
	settle();
	if (w->stream.phase == PHASE_HOST && w->reached < end)
		read_host_line(w);
	return 0;
}

static __always_inline void read_body(struct workspace *w, __u32 end)
{
	switch (w->stream.phase) {
	case PHASE_CHUNK_SIZE:
		w->reached = read_chunk_size(w, w->reached);
		break;
	case PHASE_CHUNK_END:
		w->reached = read_chunk_end(w, w->reached);
		break;
	case PHASE_TRAILER:
		w->reached = read_trailer(w, w->reached);
		break;
	case PHASE_TRAILER_END:
		w->reached = read_empty_line(w, w->reached);
		break;
	case PHASE_CHUNK_REST:
	case PHASE_TRAILER_REST:
		break;
	default:
		w->reached += pass_over(w, end - w->reached);
	}
}

static __always_inline void read_window(packet_t *packet, struct workspace *w)
{
	__u32 i, end = w->end;

	w->reached = w->position;
	if (w->stream.phase <= PHASE_STATUS)
		read_start_line(packet, w);
	KEEP_LOOP
	for (i = 0; i < STEPS_MAX; i++) {
		settle();
		if (is_rest(w->stream.phase) && !w->stop && w->reached < end)
			read_rest(packet, w);
		settle();
		if (w->reached >= end || w->stop || w->ended || w->stream.phase <= PHASE_STATUS)
			break;
		if (w->stream.phase < PHASE_BODY)
			read_head(packet);
		else
			read_body(w, end);
	}
	settle();
	w->stream.next += w->reached - w->position;
	w->position = w->reached;
}

static __always_inline int is_passed_over(const struct stream *s)
{
	switch (s->phase) {
	case PHASE_BODY:
	case PHASE_CHUNK:
	case PHASE_TUNNEL:
	case PHASE_UNTIL_CLOSE:
		return 1;
	default:
		return 0;
	}
}

/* The next octets of the packet, if there are any, into the window. */
static __always_inline int load_octets(packet_t *packet, struct workspace *w)
{
	__u32 count;

	if (w->remaining && is_passed_over(&w->stream)) {
		count = pass_over(w, w->remaining);
		w->stream.next += count;
		w->offset += count;
		w->remaining -= count;
		if (w->stop)
			return -1;
	}
	count = w->remaining;
	if (!count)
		return -1;
	if (count > WINDOW_OCTETS)
		count = WINDOW_OCTETS;
	free_window(packet, w);
	if (packet_copy(packet, w->offset, w->window, count, WINDOW_OCTETS)) {
		lose(w, 0);
		return -1;
	}
	end_window(w, 0, count);
	w->from_block = 0;
	w->offset += count;
	w->remaining -= count;
	return 0;
}

/*
 * Reads on for a while: what is left of the packet, and then what was kept of the octets behind it.
 * Answers whether there may be more, or that a head has ended first: READ_…
 */
SUBPROGRAM int read_on(packet_t *packet)
{
	struct workspace *w = workspace(packet);
	int held;

	if (!w)
		return 0;
	if (w->position >= w->end && load_octets(packet, w)) {
		if (w->stop || !(w->flow.flags & FLOW_HOLDS))
			return 0;
		held = load_held(packet, w->stream.next);
		if (held == HELD_NO_MORE)
			release_held(packet);
		if (held)
			return 0;
	}
	read_window(packet, w);
	if (w->from_block && w->position >= WINDOW_OCTETS)
		drop_held(w);
	return w->ended ? w->ended : may_read_on(w);
}

#endif
