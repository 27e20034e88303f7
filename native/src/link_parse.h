/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* From the first octet of a frame to its IP header, and on from there. Pure. */
#ifndef LINK_PARSE_H
#define LINK_PARSE_H

#include "packet_parse.h"

#define VLAN_TAGS_MAX		 2
#define VLAN_IDENTIFIER		 0xfff
#define ETHERTYPE_MPLS		 0x8847
#define ETHERTYPE_MPLS_MULTICAST 0x8848
#define ETHERTYPE_PPPOE		 0x8864
#define ETHERTYPE_QINQ_OLD	 0x9100

static __always_inline int parse_ethertype(packet_t *packet, __u32 offset, __u16 ethertype,
					   struct payload *payload)
{
	switch (ethertype) {
	case ETH_P_IP:
		return parse_ipv4(packet, offset, payload);
	case ETH_P_IPV6:
		return parse_ipv6(packet, offset, payload);
	case ETHERTYPE_MPLS:
	case ETHERTYPE_MPLS_MULTICAST:
	case ETHERTYPE_PPPOE:
	case ETH_P_8021Q: /* a third tag */
	case ETH_P_8021AD:
	case ETHERTYPE_QINQ_OLD:
		return RESULT_ENCAPSULATED;
	default:
		return RESULT_NOT_TCP;
	}
}

static __always_inline int is_vlan(__u16 ethertype)
{
	return ethertype == ETH_P_8021Q || ethertype == ETH_P_8021AD ||
	       ethertype == ETHERTYPE_QINQ_OLD;
}

/*
 * RESULT_REQUEST if there is a payload to look at, else the verdict. The NIC or the kernel moves
 * the outermost tag into the packet's metadata: there is nothing to skip for it then, but it is
 * one.
 */
static __always_inline int find_payload(packet_t *packet, int no_link_header,
					struct payload *payload)
{
	__u32 offset = ETH_HLEN;
	__u16 ethertype;
	__u8 octets[4] PACKET_ALIGNED;
	int i = packet_tag_removed(packet);

	if (no_link_header) {
		if (packet_read(packet, 0, octets, 1))
			return RESULT_TRUNCATED;
		ethertype = octets[0] >> 4 == 6 ? ETH_P_IPV6 : ETH_P_IP;
		return parse_ethertype(packet, 0, ethertype, payload);
	}
	if (packet_read(packet, offset - 2, octets, 2))
		return RESULT_TRUNCATED;
	ethertype = be16(octets);
	if (i)
		payload->network = packet_removed_tag(packet) & VLAN_IDENTIFIER;
	KEEP_LOOP
	for (; i < VLAN_TAGS_MAX && is_vlan(ethertype); i++) {
		if (packet_read(packet, offset, octets, sizeof(octets)))
			return RESULT_TRUNCATED;
		payload->network = payload->network << 12 | (be16(octets) & VLAN_IDENTIFIER);
		ethertype = be16(octets + 2);
		offset += 4;
	}
	return parse_ethertype(packet, offset, ethertype, payload);
}

#endif
