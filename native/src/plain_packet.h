/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The short way to the payload of ordinary packets, through their linear part. Pure. */
#ifndef PLAIN_PACKET_H
#define PLAIN_PACKET_H

#include "packet_parse.h"

/* As they lie in a packet, which the verifier lets be read unaligned. */
static __always_inline __u32 plain_be16(const __u8 *at)
{
#ifdef __bpf__
	return __builtin_bswap16(*(const __u16 *)at);
#else
	return be16(at);
#endif
}

static __always_inline __u32 plain_be32(const __u8 *at)
{
#ifdef __bpf__
	return __builtin_bswap32(*(const __u32 *)at);
#else
	return (__u32)be16(at) << 16 | be16(at + 2);
#endif
}

/* What is found of a plain packet, in one word, which is always known: a result, and of data where
 * it ends and whether it is of IPv6. */
#define PLAIN_RESULT(plain) ((int)((plain)&0xff))
#define PLAIN_IS_IPV6	    0x100
#define PLAIN_END_SHIFT	    32

/* Of a segment whose headers are plain. Anything out of the ordinary is left to find_payload. */
static __always_inline __u64 plain_tcp(packet_t *packet, const __u8 *tcp, __u32 offset, __u32 end)
{
	__u32 header = (tcp[12] >> 4) * 4;
	__u8 flags = tcp[13];

	if (header < 20 || offset + header > end || end > packet_length(packet) ||
	    (flags & (TCP_SYN | TCP_RST)))
		return RESULT_COUNT;
	if (offset + header == end)
		return flags & TCP_FIN ? RESULT_COUNT : RESULT_NO_PAYLOAD;
	return (__u64)end << PLAIN_END_SHIFT | RESULT_REQUEST;
}

/* Likewise of a datagram; `end` is where its IP packet ends. */
static __always_inline __u64 plain_udp(packet_t *packet, const __u8 *udp, __u32 offset, __u32 end)
{
	__u32 port = plain_be16(udp + 2);

	if (offset + 8 > end || end > packet_length(packet) ||
	    plain_be16(udp + 4) >= QUIC_DATAGRAM_MIN + 8 || port == PORT_GENEVE ||
	    port == PORT_VXLAN || port == PORT_VXLAN_LINUX)
		return RESULT_COUNT;
	return RESULT_NOT_TCP;
}

#define PLAIN_IPV4 20
#define PLAIN_IPV6 40
#define PLAIN_TCP  20

static __always_inline __u64 plain_ipv4(packet_t *packet, const __u8 *ip, __u32 offset)
{
	__u32 end = offset + plain_be16(ip + 2);

	if (ip[0] != 0x45 || (plain_be16(ip + 6) & (IP_MORE_FRAGMENTS | IP_FRAGMENT_OFFSET)))
		return RESULT_COUNT;
	if (ip[9] == IPPROTO_UDP)
		return plain_udp(packet, ip + PLAIN_IPV4, offset + PLAIN_IPV4, end);
	if (ip[9] != IPPROTO_TCP)
		return RESULT_COUNT;
	return plain_tcp(packet, ip + PLAIN_IPV4, offset + PLAIN_IPV4, end);
}

static __always_inline __u64 plain_ipv6(packet_t *packet, const __u32 offset)
{
	const __u8 *at = packet_header(packet, offset + PLAIN_IPV6 + PLAIN_TCP);
	const __u8 *ip;

	if (!at)
		return RESULT_COUNT;
	ip = at + offset;
	if (ip[0] >> 4 != 6 || ip[6] != IPPROTO_TCP)
		return RESULT_COUNT;
	return PLAIN_IS_IPV6 | plain_tcp(packet, ip + PLAIN_IPV6, offset + PLAIN_IPV6,
					 offset + PLAIN_IPV6 + plain_be16(ip + 4));
}

/*
 * What nearly all packets are: Ethernet without tags, or no link header; IP without options, TCP,
 * all in the linear part. RESULT_COUNT: this one is not.
 */
static __always_inline __u64 find_plain(packet_t *packet, const int no_link_header)
{
	const __u32 offset = no_link_header ? 0 : ETH_HLEN;
	const __u8 *at = packet_header(packet, offset + PLAIN_IPV4 + PLAIN_TCP);
	__u32 ethertype;

	if (!at)
		return RESULT_COUNT;
	if (no_link_header)
		return at[0] >> 4 == 6 ? plain_ipv6(packet, 0) : plain_ipv4(packet, at, 0);
	if (packet_tag_removed(packet))
		return RESULT_COUNT;
	ethertype = plain_be16(at + 12);
	if (ethertype == ETH_P_IP)
		return plain_ipv4(packet, at + ETH_HLEN, ETH_HLEN);
	if (ethertype == ETH_P_IPV6)
		return plain_ipv6(packet, ETH_HLEN);
	return ethertype == ETH_P_ARP ? RESULT_NOT_TCP : RESULT_COUNT;
}

/* Of data that was found. Negative if it is not there any more, which cannot be. */
static __always_inline int read_plain(packet_t *packet, int no_link_header, __u64 plain,
				      struct payload *payload)
{
	__u32 ip = no_link_header ? 0 : ETH_HLEN, end = plain >> PLAIN_END_SHIFT;
	int ipv6 = plain & PLAIN_IS_IPV6 ? 1 : 0;
	__u32 offset = ip + (ipv6 ? PLAIN_IPV6 : PLAIN_IPV4);
	const __u8 *tcp = packet_linear(packet, offset, PLAIN_TCP);

	if (!tcp)
		return -1;
	payload->offset = offset + (tcp[12] >> 4) * 4;
	payload->length = end - payload->offset;
	payload->sequence = plain_be32(tcp + 4);
	payload->acknowledgement = plain_be32(tcp + 8);
	payload->remote_port = plain_be16(tcp);
	payload->local_port = plain_be16(tcp + 2);
	payload->addresses = ip + (ipv6 ? 8 : 12);
	payload->network = 0;
	payload->ipv6 = ipv6;
	payload->flags = tcp[13];
	payload->may_be_quic = 0;
	payload->reserved = 0;
	return 0;
}

#endif
