// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The program, for all that runs it on the host: compiling it takes longer than all of them. */
#include "host_storage.h"
#include "judge.h"

struct host_map host_flows = {sizeof(struct flow_key), sizeof(struct flow), 0, {}};
struct host_map host_openings = {sizeof(struct flow_key), sizeof(struct opening), 0, {}};
struct host_map host_blocks = {sizeof(struct block_key), sizeof(struct block), 0, {}};
struct host_map host_pending = {sizeof(struct pending_key), sizeof(struct exchange), 0, {}};

struct host_map host_heads = {sizeof(__u64), sizeof(struct request_head), 0, {}};
struct host_map host_names = {sizeof(__u64), sizeof(struct url_name), 0, {}};
struct host_map host_urls = {sizeof(struct series_key), sizeof(struct url_counts), 0, {}};
struct host_map host_url_responses = {sizeof(struct series_key), sizeof(__u64), 0, {}};
struct host_map host_routes = {sizeof(struct route_key), sizeof(__u64), 0, {}};

struct host host;

int host_received(packet_t *packet, __u32 no_link_header)
{
	return judge_received(packet, no_link_header);
}

void host_sent(packet_t *packet, __u32 no_link_header)
{
	judge_sent(packet, no_link_header);
}

int host_received_data(packet_t *packet, const struct payload *payload)
{
	return judge_payload(packet, payload);
}

__u64 host_hash_on(__u64 hash, __u64 word)
{
	return mix(hash, word);
}
