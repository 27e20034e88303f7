/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Asks the parser in every way that must not matter, and aborts if it did. */
#ifndef HOST_JUDGE_H
#define HOST_JUDGE_H

#include <stdio.h>
#include <stdlib.h>

#include "host_program.h"
#include "link_parse.h"

/* A verdict on a packet that is the first of its connection, and on a port not learned yet. */
struct verdict {
	__u8 result; /* enum packet_result */
	__u8 method; /* enum http_method of the first request, if the result is RESULT_REQUEST */
	__u16 local_port; /* likewise */
};

/* Around a line in the middle of a packet: what follows would end it, or spoil it, were it looked
 * at. Addresses are read before it. */
#define LINE_BEFORE 8
#define LINE_BEHIND 160
static const char *const line_behind[] = {" HTTP/1.1\r\n", "(\"\x7f: "};

static void must_agree(const char *what, __u32 one, __u32 other)
{
	if (one == other)
		return;
	fprintf(stderr, "%s: 0x%x and 0x%x\n", what, one, other);
	abort();
}

static packet_t new_packet(__u32 length)
{
	__u8 *octets = malloc(length);

	assert(octets);
	return (packet_t){.octets = octets, .length = length};
}

/* Octets of the verdict in one number: result, method, port. */
static __u32 number(struct verdict verdict)
{
	return verdict.result | verdict.method << 8 | (__u32)verdict.local_port << 16;
}

/* A line that was too long came first, whatever was found behind it. */
static struct verdict verdict_of(int result, __u16 port)
{
	if (result == RESULT_REQUEST && host.first_too_long)
		return (struct verdict){.result = RESULT_LINE_TOO_LONG};
	if (result == RESULT_REQUEST)
		return (struct verdict){result, host.first_method, port};
	return (struct verdict){.result = result};
}

static struct verdict judge(packet_t *packet, int no_link_header)
{
	struct payload payload = {};

	host_forget();
	host.excluded_port = -1;
	find_payload(packet, no_link_header, &payload);
	return verdict_of(host_received(packet, no_link_header), payload.local_port);
}

/* Of data that some packet carries. */
static int match_line(packet_t *packet, __u32 offset, __u32 length)
{
	struct payload payload = {
		.offset = offset, .length = length, .sequence = 1000, .local_port = 80};
	struct verdict verdict;

	host_forget();
	host.excluded_port = -1;
	verdict = verdict_of(host_received_data(packet, &payload), payload.local_port);
	return verdict.result | verdict.method << 8;
}

static inline struct verdict judge_octets(const __u8 *octets, __u32 length, int no_link_header)
{
	packet_t packet = new_packet(length);
	struct verdict copied, peeked;

	memcpy((void *)packet.octets, octets, length);
	copied = judge(&packet, no_link_header);
	packet.peek = 1;
	peeked = judge(&packet, no_link_header);
	free((void *)packet.octets);
	must_agree("verdict by copy and by peek", number(copied), number(peeked));
	return peeked;
}

static int match_placed(const __u8 *line, __u32 length, const char *end)
{
	__u32 before = LINE_BEFORE;
	__u32 behind = end ? LINE_BEHIND : 0;
	packet_t packet = new_packet(before + length + behind);
	__u8 *octets = (__u8 *)packet.octets;
	int copied, peeked;

	memset(octets, 'G', before + length + behind);
	memcpy(octets + before, line, length);
	if (end)
		memcpy(octets + before + length, end, strlen(end));
	copied = match_line(&packet, before, length);
	packet.peek = 1;
	peeked = match_line(&packet, before, length);
	free(octets);
	must_agree("line by copy and by peek", copied, peeked);
	return peeked;
}

/* What match_line says of data that is all of a packet, and of the same in the midst of one. */
static inline int match_octets(const __u8 *line, __u32 length)
{
	int alone = match_placed(line, length, NULL);
	__u32 i;

	for (i = 0; i < sizeof(line_behind) / sizeof(line_behind[0]); i++)
		must_agree("line alone and within a packet", alone,
			   match_placed(line, length, line_behind[i]));
	return alone;
}

#endif
