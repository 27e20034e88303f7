/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Connections, driven packet by packet: what the client sends is received, what the server sends is
 * sent. Octets are named by where they stand in their direction's stream. */
#ifndef CONNECTION_BUILDER_H
#define CONNECTION_BUILDER_H

#include "check.h"

struct connection {
	int ipv6;
	__u16 client_port;
	__u16 server_port;
	__u32 client_start; /* sequence number of the client's first octet */
	__u32 server_start;
	__u32 sent;	    /* octets of the client, up to the last */
	__u32 answered;	    /* octets of the server, likewise */
	__u32 acknowledged; /* octets of the server that the client says it has */
};

static struct {
	struct builder packet;
	int peek;
	__u16 port; /* of the last connection's client */
	__u32 results[RESULT_COUNT];
} net;

/* Of a port that nothing is known of yet, unless another connection was there. */
static inline struct connection connect_to(int ipv6, __u32 client_start)
{
	return (struct connection){
		.ipv6 = ipv6,
		.client_port = ++net.port,
		.server_port = LOCAL_PORT,
		.client_start = client_start,
		.server_start = 0xfffff000,
	};
}

static inline void put_addresses(const struct connection *c, int from_server)
{
	__u32 length = c->ipv6 ? 16 : 4;
	__u8 *source = net.packet.at + net.packet.network + (c->ipv6 ? 8 : 12);

	memset(source, from_server ? 2 : 1, length);
	memset(source + length, from_server ? 1 : 2, length);
}

static inline void set32(struct builder *b, __u32 offset, __u32 value)
{
	set16(b, offset, value >> 16);
	set16(b, offset + 2, value & 0xffff);
}

static inline packet_t segment(const struct connection *c, int from_server, __u8 flags,
			       __u32 sequence, __u32 acknowledgement, const void *data,
			       __u32 length)
{
	struct builder *b = &net.packet;
	packet_t packet;

	ethernet(b, c->ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	if (c->ipv6)
		ipv6(b, IPPROTO_TCP);
	else
		ipv4(b, IPPROTO_TCP, 0);
	put_addresses(c, from_server);
	tcp(b, flags, 0);
	set16(b, b->transport, from_server ? c->server_port : c->client_port);
	set16(b, b->transport + 2, from_server ? c->client_port : c->server_port);
	set32(b, b->transport + 4, sequence);
	set32(b, b->transport + 8, acknowledgement);
	put(b, data, length);
	if (b->length - b->network <= 65535)
		close_ip(b);
	packet = new_packet(b->length);
	memcpy((void *)packet.octets, b->at, b->length);
	packet.peek = net.peek;
	return packet;
}

static inline int receive(packet_t packet)
{
	int result = host_received(&packet, 0);

	free((void *)packet.octets);
	assert(result >= 0 && result < RESULT_COUNT);
	net.results[result]++;
	return result;
}

static inline void transmit(packet_t packet)
{
	host_sent(&packet, 0);
	free((void *)packet.octets);
}

static inline int client_syn(struct connection *c)
{
	return receive(segment(c, 0, SYN, c->client_start - 1, 0, "", 0));
}

static inline void server_syn(struct connection *c)
{
	transmit(segment(c, 1, SYN | ACK, c->server_start - 1, c->client_start + c->sent, "", 0));
}

/* The client's octets from `at` on. */
static inline int client_at(struct connection *c, __u32 at, const void *data, __u32 length)
{
	if ((__s32)(at + length - c->sent) > 0)
		c->sent = at + length;
	return receive(segment(c, 0, PSH | ACK, c->client_start + at,
			       c->server_start + c->acknowledged, data, length));
}

/* The server's octets from `at` on; it has all that was sent. */
static inline void server_at(struct connection *c, __u32 at, const void *data, __u32 length)
{
	if ((__s32)(at + length - c->answered) > 0)
		c->answered = at + length;
	transmit(segment(c, 1, PSH | ACK, c->server_start + at, c->client_start + c->sent, data,
			 length));
}

static inline int client_says(struct connection *c, const char *text)
{
	return client_at(c, c->sent, text, strlen(text));
}

static inline void server_says(struct connection *c, const char *text)
{
	server_at(c, c->answered, text, strlen(text));
	c->acknowledged = c->answered;
}

/* Without data: the server's last words, or its reset; or the client's. */
static inline void server_ends(struct connection *c, __u8 flags)
{
	transmit(segment(c, 1, flags, c->server_start + c->answered, c->client_start + c->sent, "",
			 0));
}

static inline void client_ends(struct connection *c, __u8 flags)
{
	receive(segment(c, 0, flags, c->client_start + c->sent, c->server_start + c->acknowledged,
			"", 0));
}

static inline __u32 requests_counted(void)
{
	__u32 method, sum = 0;

	for (method = 0; method < METHOD_COUNT; method++)
		sum += host.requests[method];
	return sum;
}

static inline void begin_case(void)
{
	host_forget();
	host.excluded_port = -1;
	memset(net.results, 0, sizeof(net.results));
	check.cases++;
}

/* After it, connections to the port are followed from their first octet on, whatever that is. */
static inline void learn_port(int ipv6)
{
	struct connection c = connect_to(ipv6, 1);

	client_says(&c, "GET / HTTP/1.1\r\n\r\n");
	memset(host.requests, 0, sizeof(host.requests));
	memset(host.exchanges, 0, sizeof(host.exchanges));
	host_clear(&host_flows);
}

/* A case may be named by its number, so that a failure can be found again. */
static inline void expect_requests(const char *what, int detail, __u32 expected)
{
	check_number(what, detail, "requests", expected, requests_counted());
}

static inline void expect_nothing_kept(const char *what, int detail)
{
	check_number(what, detail, "blocks", 0, host_blocks.entries);
}

/* Runs a test for packets whose octets lie in the linear part, and outside. */
static inline int each_way(int argc, char **argv, void (*test)(void))
{
	check_begin(argc, argv);
	for (net.peek = 0; net.peek <= 1; net.peek++)
		test();
	return check_end();
}

#endif
