/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * From the first octet of a packet to its TCP payload. Pure: no maps, no context, no kernel.
 *
 * Whoever includes this defines the packet before:
 *
 *	packet_t
 *	packet_length(packet)                    octets in all, paged ones too
 *	packet_read(packet, offset, to, length)  length is a constant: a header
 *	packet_copy(packet, offset, to, length, room)
 *	                                         of data, at most room
 *	packet_peek(packet, offset, &word)       eight octets; may fail where a copy would not
 *	packet_header(packet, length)            the first octets, if they can be had without a copy
 *	packet_tag_removed(packet)               0, or 1: a VLAN tag that is no longer among them
 *	packet_removed_tag(packet)               that tag
 *
 * Reading, copying and peeking answer 0, or negative if the octets are not all there.
 *
 * In the kernel they stand on a __sk_buff, in the host's tests on a byte array.
 */
#ifndef PACKET_PARSE_H
#define PACKET_PARSE_H

#include <linux/types.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/in6.h>

#include "dialect.h"
#include "http_counter.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
	       "octets are compared as little-endian words");

#define IPV6_HEADERS_MAX   8

#define IP_MORE_FRAGMENTS  0x2000
#define IP_FRAGMENT_OFFSET 0x1fff

#define TCP_FIN		   0x01
#define TCP_SYN		   0x02
#define TCP_RST		   0x04
#define TCP_ACK		   0x10

#define PORT_GENEVE	   6081
#define PORT_VXLAN	   4789
#define PORT_VXLAN_LINUX   8472

/* The client's first datagrams are not smaller (RFC 9000 section 14.1). */
#define QUIC_DATAGRAM_MIN 1200

/* A TCP segment; its data is what an IP header says, not what padding or offloads make of the
 * frame.
 */
struct payload {
	__u32 offset;
	__u32 length;
	__u32 sequence; /* of the first octet of data */
	__u32 acknowledgement;
	__u16 remote_port; /* source, in host order */
	__u16 local_port;  /* destination, in host order */
	__u32 addresses;   /* where they are, source first */
	__u32 network;	   /* VLAN identifiers, 12 bits each */
	__u8 ipv6;
	__u8 flags;	  /* of TCP */
	__u8 may_be_quic; /* a datagram, large enough; no TCP fields then */
	__u8 reserved;
};

static __always_inline __u16 be16(const __u8 *at)
{
	return (__u16)(at[0] << 8 | at[1]);
}

static __always_inline __u32 be32(const __u8 *at)
{
	return (__u32)be16(at) << 16 | be16(at + 2);
}

/* UDP to the port of a known tunnel hides requests; any other UDP is just not TCP. */
static __always_inline int judge_udp(packet_t *packet, __u32 offset, struct payload *payload)
{
	__u8 udp[8] PACKET_ALIGNED;

	if (packet_read(packet, offset, udp, sizeof(udp)))
		return RESULT_TRUNCATED;
	payload->offset = offset + sizeof(udp);
	payload->remote_port = be16(udp);
	payload->local_port = be16(udp + 2);
	payload->may_be_quic = be16(udp + 4) >= QUIC_DATAGRAM_MIN + sizeof(udp);
	switch (payload->local_port) {
	case PORT_GENEVE:
	case PORT_VXLAN:
	case PORT_VXLAN_LINUX:
		return RESULT_ENCAPSULATED;
	default:
		return RESULT_NOT_TCP;
	}
}

static __always_inline int judge_not_tcp(packet_t *packet, __u32 offset, __u8 protocol,
					 struct payload *payload)
{
	switch (protocol) {
	case IPPROTO_UDP:
		return judge_udp(packet, offset, payload);
	case IPPROTO_IPIP:
	case IPPROTO_IPV6:
	case IPPROTO_GRE:
	case IPPROTO_ESP:
	case IPPROTO_AH: /* in IPv4 */
	case IPPROTO_MPLS:
		return RESULT_ENCAPSULATED;
	default:
		return RESULT_NOT_TCP;
	}
}

/* RFC 9293 section 3.1. `end` is where the IP packet ends. */
static __always_inline int parse_tcp(packet_t *packet, __u32 offset, __u32 end,
				     struct payload *payload)
{
	__u8 tcp[14] PACKET_ALIGNED;
	__u32 header;

	if (packet_read(packet, offset, tcp, sizeof(tcp)))
		return RESULT_TRUNCATED;
	header = (tcp[12] >> 4) * 4;
	if (header < 20 || offset + header > end)
		return RESULT_MALFORMED;
	payload->offset = offset + header;
	payload->length = end - payload->offset;
	payload->remote_port = be16(tcp);
	payload->local_port = be16(tcp + 2);
	payload->flags = tcp[13];
	/* SYN takes a number itself. */
	payload->sequence = be32(tcp + 4) + ((tcp[13] & TCP_SYN) != 0);
	payload->acknowledgement = be32(tcp + 8);
	/* What a reset carries is a diagnostic text, not data of the stream (RFC 9293
	 * section 3.5.3). */
	if (!payload->length || (tcp[13] & TCP_RST))
		return RESULT_NO_PAYLOAD;
	return RESULT_REQUEST;
}

/* RFC 791 section 3.1. */
static __always_inline int parse_ipv4(packet_t *packet, __u32 offset, struct payload *payload)
{
	__u32 end = packet_length(packet);
	__u32 header, total;
	__u8 ip[20] PACKET_ALIGNED;

	if (packet_read(packet, offset, ip, sizeof(ip)))
		return RESULT_TRUNCATED;
	payload->addresses = offset + 12;
	header = (ip[0] & 0x0f) * 4;
	total = be16(ip + 2);
	if (ip[0] >> 4 != 4 || header < sizeof(ip))
		return RESULT_MALFORMED;
	if (be16(ip + 6) & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET))
		return RESULT_FRAGMENT;
	/* 0: more than 65,535 octets put together by the kernel (BIG TCP) */
	if (total) {
		if (total < header)
			return RESULT_MALFORMED;
		if (offset + total > end)
			return RESULT_TRUNCATED;
		end = offset + total;
	}
	if (ip[9] == IPPROTO_TCP)
		return parse_tcp(packet, offset + header, end, payload);
	return judge_not_tcp(packet, offset + header, ip[9], payload);
}

/* RFC 8200 sections 3 and 4; authentication header: RFC 4302. */
static __always_inline int parse_ipv6(packet_t *packet, __u32 offset, struct payload *payload)
{
	__u32 end = packet_length(packet);
	__u8 ip[8] PACKET_ALIGNED, next[8] PACKET_ALIGNED;
	__u32 length;
	__u8 protocol;
	int i;

	if (packet_read(packet, offset, ip, sizeof(ip)))
		return RESULT_TRUNCATED;
	if (ip[0] >> 4 != 6)
		return RESULT_MALFORMED;
	payload->addresses = offset + 8;
	payload->ipv6 = 1;
	length = be16(ip + 4);
	protocol = ip[6];
	offset += 40;
	/* 0: a jumbogram (RFC 2675) or BIG TCP; the packet's own length holds */
	if (length) {
		if (offset + length > end)
			return RESULT_TRUNCATED;
		end = offset + length;
	}
	KEEP_LOOP
	for (i = 0; i < IPV6_HEADERS_MAX; i++) {
		switch (protocol) {
		case IPPROTO_TCP:
			return parse_tcp(packet, offset, end, payload);
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
		case IPPROTO_MH:
			if (packet_read(packet, offset, next, sizeof(next)))
				return RESULT_TRUNCATED;
			offset += 8 + next[1] * 8;
			break;
		case IPPROTO_AH:
			if (packet_read(packet, offset, next, sizeof(next)))
				return RESULT_TRUNCATED;
			offset += 8 + next[1] * 4;
			break;
		case IPPROTO_FRAGMENT:
			if (packet_read(packet, offset, next, sizeof(next)))
				return RESULT_TRUNCATED;
			/* the only fragment of its packet is none (RFC 6946) */
			if (be16(next + 2) & 0xfff9)
				return RESULT_FRAGMENT;
			offset += 8;
			break;
		default:
			return judge_not_tcp(packet, offset, protocol, payload);
		}
		protocol = next[0];
	}
	return RESULT_MALFORMED;
}

#endif
