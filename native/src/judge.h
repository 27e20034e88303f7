/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What a hook hands its packets to. */
#ifndef JUDGE_H
#define JUDGE_H

#include "answers.h"
#include "plain_packet.h"
#include "requests.h"

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

static __always_inline void note_connection(packet_t *packet, const struct payload *payload)
{
	struct workspace *w = take_workspace(packet);

	if (!w)
		return;
	w->payload = *payload;
	if (payload->may_be_quic)
		note_quic(packet, 0);
	else
		note_opening(packet);
	release_workspace(packet);
}

/* A packet that is received: the result that it goes under. */
static __always_inline int judge_received(packet_t *packet, int no_link_header)
{
	struct payload payload;
	int result = no_link_header ? find_plain_payload(packet, 1, &payload)
				    : find_plain_payload(packet, 0, &payload);

	if (result == RESULT_COUNT) {
		__builtin_memset(&payload, 0, sizeof(payload));
		result = find_payload(packet, no_link_header, &payload);
		if ((payload.flags & TCP_SYN) || payload.may_be_quic)
			note_connection(packet, &payload);
	}
	if (result != RESULT_REQUEST)
		return result;
	return judge_payload(packet, &payload);
}

/* A packet that is sent. */
static __always_inline void judge_sent(packet_t *packet, int no_link_header)
{
	struct payload payload;
	int result = no_link_header ? find_plain_payload(packet, 1, &payload)
				    : find_plain_payload(packet, 0, &payload);
	struct workspace *w;

	if (result == RESULT_NO_PAYLOAD || result == RESULT_NOT_TCP)
		return;
	if (result == RESULT_COUNT) {
		__builtin_memset(&payload, 0, sizeof(payload));
		result = find_payload(packet, no_link_header, &payload);
	}
	if (!payload.may_be_quic &&
	    (result != RESULT_REQUEST || port_state(payload.remote_port) != PORT_HTTP))
		return;
	w = take_workspace(packet);
	if (!w)
		return;
	w->payload = payload;
	if (payload.may_be_quic)
		note_quic(packet, 1);
	else
		follow_answers(packet);
	release_workspace(packet);
}

#endif
