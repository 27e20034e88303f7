/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * The program on the host, as its users see it: what it keeps, and what packets are handed to. It
 * is compiled once, in host_program.c; no user includes the program itself.
 */
#ifndef HOST_PROGRAM_H
#define HOST_PROGRAM_H

#include "host_map.h"
#include "host_packet.h"
#include "workspace.h"

extern struct host_map host_flows;
extern struct host_map host_openings;
extern struct host_map host_blocks;
extern struct host_map host_pending;

extern struct host_map host_heads;
extern struct host_map host_names;
extern struct host_map host_urls;
extern struct host_map host_url_responses;
extern struct host_map host_routes;

#define RECORDS_ROOM 64

extern struct host {
	struct workspace workspace;
	struct port_set ports;
	int any_learned;
	int any_response;
	__u64 requests[METHOD_COUNT];
	__u64 unseen[UNSEEN_COUNT];
	struct exchange_counts exchanges[METHOD_COUNT];
	__u64 responses[METHOD_COUNT][1000];
	__u64 time; /* nanoseconds */
	int urls;   /* whether they are counted */
	int traced;
	struct trace_request records[RECORDS_ROOM];
	__u32 records_max;
	__u32 records_count;
	__u64 records_dropped[TRACE_ELEMENTS];
	__u32 names_max;
	struct route_table routes;
	int first_method;   /* the first that was counted since host_forget, or -1 */
	int first_too_long; /* whether a line was too long before it */
	int excluded_port;
	__u32 random;
} host;

/* A packet that is received: the result that it goes under. */
int host_received(packet_t *packet, __u32 no_link_header);

/* A packet that is sent. */
void host_sent(packet_t *packet, __u32 no_link_header);

/* Data that some received packet carries. */
int host_received_data(packet_t *packet, const struct payload *payload);

/* The hash of text of which that word comes next. */
__u64 host_hash_on(__u64 hash, __u64 word);

/* As if just loaded. */
static inline void host_forget(void)
{
	host_clear(&host_flows);
	host_clear(&host_openings);
	host_clear(&host_blocks);
	host_clear(&host_pending);
	host_clear(&host_heads);
	host_clear(&host_names);
	host_clear(&host_urls);
	host_clear(&host_url_responses);
	if (host.any_learned)
		memset(&host.ports, 0, sizeof(host.ports));
	host.any_learned = 0;
	memset(host.requests, 0, sizeof(host.requests));
	memset(host.unseen, 0, sizeof(host.unseen));
	memset(host.exchanges, 0, sizeof(host.exchanges));
	if (host.any_response)
		memset(host.responses, 0, sizeof(host.responses));
	host.any_response = 0;
	memset(&host.workspace, 0xa5, sizeof(host.workspace));
	host.records_count = 0;
	memset(host.records_dropped, 0, sizeof(host.records_dropped));
	host.first_method = -1;
	host.first_too_long = 0;
}

static inline void host_learn(__u16 port, __u8 state)
{
	host.ports.state[port] = state;
	host.any_learned = 1;
}

/* Made if it is not there. */
static inline void *host_series(struct host_map *map, __u64 owner, __u32 method)
{
	struct series_key key = {.owner = owner, .method = method};
	struct url_counts none = {};

	if (!host_value(map, &key))
		host_put(map, &key, &none);
	return host_value(map, &key);
}

#endif
