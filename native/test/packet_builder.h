/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Packets, put together header by header; where each begins is kept, so that a test can spoil it.
 */
#ifndef PACKET_BUILDER_H
#define PACKET_BUILDER_H

#include <assert.h>
#include <string.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/types.h>

#define LOCAL_PORT 8080
#define GET_LINE   "GET /index.html HTTP/1.1\r\nHost: a\r\n\r\n"

#define FIN	   0x01
#define SYN	   0x02
#define RST	   0x04
#define PSH	   0x08
#define ACK	   0x10

struct builder {
	__u8 at[80000];
	__u32 length;
	__u32 network;	 /* offset of the IP header */
	__u32 transport; /* offset of the TCP or UDP header */
};

static inline void put(struct builder *b, const void *octets, __u32 length)
{
	assert(b->length + length <= sizeof(b->at));
	memcpy(b->at + b->length, octets, length);
	b->length += length;
}

static inline void fill(struct builder *b, __u8 octet, __u32 count)
{
	assert(b->length + count <= sizeof(b->at));
	memset(b->at + b->length, octet, count);
	b->length += count;
}

static inline void text(struct builder *b, const char *octets)
{
	put(b, octets, strlen(octets));
}

static inline void set16(struct builder *b, __u32 offset, __u16 value)
{
	b->at[offset] = value >> 8;
	b->at[offset + 1] = value & 0xff;
}

static inline void put16(struct builder *b, __u16 value)
{
	fill(b, 0, 2);
	set16(b, b->length - 2, value);
}

static inline void begin(struct builder *b)
{
	b->length = b->network = b->transport = 0;
}

static inline void macs(struct builder *b)
{
	begin(b);
	put(b, "\x02\0\0\0\0\x01\x02\0\0\0\0\x02", 2 * ETH_ALEN);
}

static inline void tag(struct builder *b, __u16 tpid)
{
	put16(b, tpid);
	put16(b, 0x2064); /* priority 1, VLAN 100 */
}

static inline void ethernet(struct builder *b, __u16 ethertype)
{
	macs(b);
	put16(b, ethertype);
}

/* `options`: octets of them, a multiple of 4. */
static inline void ipv4(struct builder *b, __u8 protocol, __u32 options)
{
	b->network = b->length;
	fill(b, 0, 20);
	b->at[b->network] = 0x40 | (20 + options) / 4;
	b->at[b->network + 6] = 0x40; /* do not fragment */
	b->at[b->network + 8] = 64;
	b->at[b->network + 9] = protocol;
	fill(b, 1, options);
	b->transport = b->length;
}

static inline void ipv6(struct builder *b, __u8 next)
{
	b->network = b->length;
	fill(b, 0, 40);
	b->at[b->network] = 0x6f; /* the low half belongs to the traffic class */
	b->at[b->network + 6] = next;
	b->at[b->network + 7] = 64;
	b->transport = b->length;
}

/* `units`: value of its length octet, `unit` what it counts. */
static inline void extension(struct builder *b, __u8 next, __u8 units, __u32 unit)
{
	fill(b, next, 1);
	fill(b, units, 1);
	fill(b, 0, 6 + units * unit);
	b->transport = b->length;
}

static inline void fragment(struct builder *b, __u8 next, __u16 offset, int more)
{
	fill(b, next, 1);
	fill(b, 0, 1);
	put16(b, offset << 3 | more);
	fill(b, 0x5a, 4);
	b->transport = b->length;
}

static inline void tcp(struct builder *b, __u8 flags, __u32 options)
{
	b->transport = b->length;
	put16(b, 40000);
	put16(b, LOCAL_PORT);
	fill(b, 0, 16);
	b->at[b->transport + 12] = (20 + options) / 4 << 4;
	b->at[b->transport + 13] = flags;
	fill(b, 1, options);
}

static inline void udp(struct builder *b, __u16 port)
{
	b->transport = b->length;
	put16(b, 40000);
	put16(b, port);
	fill(b, 0, 4);
}

/* Writes the length of the IP packet, which is all that is there by now, into its header. */
static inline void close_ip(struct builder *b)
{
	__u32 length = b->length - b->network;

	if (b->at[b->network] >> 4 == 6)
		set16(b, b->network + 4, length - 40);
	else
		set16(b, b->network + 2, length);
}

/* Whole packets with a GET line. */
static inline void ipv4_request(struct builder *b)
{
	ethernet(b, ETH_P_IP);
	ipv4(b, IPPROTO_TCP, 0);
	tcp(b, PSH | ACK, 0);
	text(b, GET_LINE);
	close_ip(b);
}

static inline void ipv6_request(struct builder *b)
{
	ethernet(b, ETH_P_IPV6);
	ipv6(b, IPPROTO_TCP);
	tcp(b, PSH | ACK, 0);
	text(b, GET_LINE);
	close_ip(b);
}

#endif
