/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a hook hands its packets to. */
#ifndef JUDGE_H
#define JUDGE_H

#include "answers.h"
#include "endings.h"
#include "link_parse.h"
#include "plain_packet.h"

/* Data that is received. Most that is no request shows it at once, on a port that is not for them.
 */
static __always_inline int judge_payload(packet_t *packet, const struct payload *payload)
{
	__u8 port = port_state(payload->local_port);
	struct workspace *w;
	struct look look;
	int result;

	if (port == PORT_OTHER) {
		look = first_look(packet, payload);
		if (look.result != LOOK_FURTHER && look.unseen == UNSEEN_COUNT)
			return look.result;
	}
	w = take_workspace(packet);
	if (!w)
		return RESULT_RESYNC;
	w->payload = *payload;
	result = judge_data(packet, port);
	release_workspace(packet);
	return result;
}

static __always_inline int judge_plain_data(packet_t *packet, int no_link_header, __u64 plain)
{
	struct payload payload;

	if (read_plain(packet, no_link_header, plain, &payload))
		return RESULT_TRUNCATED;
	return judge_payload(packet, &payload);
}

/* Its payload into the workspace; answers as find_payload does. */
SUBPROGRAM int parse_packet(packet_t *packet, __u32 no_link_header)
{
	struct workspace *w = workspace(packet);

	if (!w)
		return RESULT_TRUNCATED;
	__builtin_memset(&w->payload, 0, sizeof(w->payload));
	return find_payload(packet, no_link_header, &w->payload);
}

/* The client's last words, without data. */
static __always_inline int is_farewell(const struct workspace *w, int result)
{
	return result == RESULT_NO_PAYLOAD && (w->payload.flags & (TCP_FIN | TCP_RST)) &&
	       port_state(w->payload.local_port) == PORT_HTTP;
}

/* One whose headers are out of the ordinary, or that begins or ends a connection. */
static __always_inline int judge_unusual(packet_t *packet, __u32 no_link_header)
{
	struct workspace *w = take_workspace(packet);
	int result;

	if (!w)
		return RESULT_RESYNC;
	result = parse_packet(packet, no_link_header);
	if (w->payload.may_be_quic)
		note_quic(packet, 0);
	else if (w->payload.flags & TCP_SYN)
		note_opening(packet);
	else if (is_farewell(w, result))
		note_end(packet, 0);
	if (result == RESULT_REQUEST)
		result = judge_data(packet, port_state(w->payload.local_port));
	release_workspace(packet);
	return result;
}

/* A packet that is received: the result that it goes under. */
static __always_inline int judge_received(packet_t *packet, __u32 no_link_header)
{
	__u64 plain = no_link_header ? find_plain(packet, 1) : find_plain(packet, 0);
	int result = PLAIN_RESULT(plain);

	if (result == RESULT_COUNT)
		return judge_unusual(packet, no_link_header);
	return result == RESULT_REQUEST ? judge_plain_data(packet, no_link_header, plain) : result;
}

/* Data that is sent. */
static __always_inline void note_plain_data(packet_t *packet, int no_link_header, __u64 plain)
{
	struct payload payload;
	struct workspace *w;

	if (read_plain(packet, no_link_header, plain, &payload) ||
	    port_state(payload.remote_port) != PORT_HTTP)
		return;
	w = take_workspace(packet);
	if (!w)
		return;
	w->payload = payload;
	follow_answers(packet);
	if (payload.flags & TCP_FIN)
		note_end(packet, 1);
	release_workspace(packet);
}

static __always_inline void note_unusual(packet_t *packet, __u32 no_link_header)
{
	struct workspace *w = take_workspace(packet);
	int result;

	if (!w)
		return;
	result = parse_packet(packet, no_link_header);
	if (w->payload.may_be_quic)
		note_quic(packet, 1);
	if (port_state(w->payload.remote_port) == PORT_HTTP) {
		if (result == RESULT_REQUEST)
			follow_answers(packet);
		if (w->payload.flags & (TCP_FIN | TCP_RST))
			note_end(packet, 1);
	}
	release_workspace(packet);
}

/* A packet that is sent. */
static __always_inline void judge_sent(packet_t *packet, __u32 no_link_header)
{
	__u64 plain = no_link_header ? find_plain(packet, 1) : find_plain(packet, 0);
	int result = PLAIN_RESULT(plain);

	if (result == RESULT_COUNT)
		note_unusual(packet, no_link_header);
	else if (result == RESULT_REQUEST)
		note_plain_data(packet, no_link_header, plain);
}

#endif
