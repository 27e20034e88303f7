// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Follows packets for whoever has another judge to compare with. Reads records, in network order:
 *
 *   'i' LENGTH:16 OCTETS   a packet that was received, with an Ethernet header
 *   'e' LENGTH:16 OCTETS   a packet that was sent
 *   'c'                    answered by all counts up to here: request_map, packet_map and
 *                          unseen_map, a 64-bit number of this machine's order for each entry
 *   'f'                    answers are due
 */
#include <stdio.h>
#include <stdlib.h>

#include "host_packet.h"
#include "http_parse.h"

static __u64 requests[REQUEST_MAP_ENTRIES];
static __u64 packets[PACKET_MAP_ENTRIES];
static __u64 unseen[UNSEEN_MAP_ENTRIES];

static void receive(packet_t *packet)
{
	struct verdict verdict = judge(packet, 0);

	packets[verdict.result]++;
	if (verdict.result == RESULT_REQUEST)
		requests[verdict.method]++;
}

static void send(packet_t *packet)
{
	(void)packet;
}

static int take_packet(int kind)
{
	int high = getchar(), low = getchar();
	__u32 length = high << 8 | low;
	packet_t packet = {.length = length};
	__u8 *octets;

	if (high == EOF || low == EOF)
		return -1;
	octets = malloc(length);
	if (!octets || fread(octets, 1, length, stdin) != length)
		return -1;
	packet.octets = octets;
	/* In the kernel a test run's packets are linear. */
	packet.peek = 1;
	if (kind == 'i')
		receive(&packet);
	else
		send(&packet);
	free(octets);
	return 0;
}

static int answer(void)
{
	if (fwrite(requests, sizeof(requests), 1, stdout) != 1)
		return -1;
	if (fwrite(packets, sizeof(packets), 1, stdout) != 1)
		return -1;
	return fwrite(unseen, sizeof(unseen), 1, stdout) == 1 ? 0 : -1;
}

int main(void)
{
	int kind, status = 0;

	while (!status && (kind = getchar()) != EOF) {
		if (kind == 'i' || kind == 'e')
			status = take_packet(kind);
		else if (kind == 'c')
			status = answer();
		else if (kind == 'f')
			status = fflush(stdout);
		else
			status = -1;
	}
	if (status)
		fprintf(stderr, "stream_tool: not a record\n");
	return status ? 2 : 0;
}
