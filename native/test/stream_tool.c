// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Follows packets for whoever has another judge to compare with. Reads records, in network order:
 *
 *   'i' LENGTH:16 OCTETS   a packet that was received, with an Ethernet header
 *   'e' LENGTH:16 OCTETS   a packet that was sent
 *   'c'                    answered by all counts up to here: request_map, packet_map and
 *                          unseen_map, a 64-bit number of this machine's order for each entry
 *   'f'                    answers are due
 *   'n'                    connections are over, and forgotten
 */
#include <stdio.h>

#include "host_program.h"

static __u64 packets[PACKET_MAP_ENTRIES];

static void receive(packet_t *packet)
{
	packets[host_received(packet, 0)]++;
}

static void send(packet_t *packet)
{
	host_sent(packet, 0);
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

/* All entries of a map, of which the host has the first ones. */
static int answer_map(const __u64 *counts, __u32 count, __u32 entries)
{
	const __u64 none = 0;
	__u32 i;

	for (i = 0; i < entries; i++)
		if (fwrite(i < count ? &counts[i] : &none, sizeof(none), 1, stdout) != 1)
			return -1;
	return 0;
}

static int answer(void)
{
	return answer_map(host.requests, METHOD_COUNT, REQUEST_MAP_ENTRIES) ||
	       answer_map(packets, PACKET_MAP_ENTRIES, PACKET_MAP_ENTRIES) ||
	       answer_map(host.unseen, UNSEEN_COUNT, UNSEEN_MAP_ENTRIES);
}

static void forget_connections(void)
{
	host_clear(&host_flows);
	host_clear(&host_openings);
	host_clear(&host_blocks);
	host_clear(&host_pending);
	host_clear(&host_heads);
}

int main(void)
{
	int kind, status = 0;

	host_forget();
	host.excluded_port = -1;
	while (!status && (kind = getchar()) != EOF) {
		if (kind == 'i' || kind == 'e')
			status = take_packet(kind);
		else if (kind == 'c')
			status = answer();
		else if (kind == 'n')
			forget_connections();
		else if (kind == 'f')
			status = fflush(stdout);
		else
			status = -1;
	}
	if (status)
		fprintf(stderr, "stream_tool: not a record\n");
	return status ? 2 : 0;
}
