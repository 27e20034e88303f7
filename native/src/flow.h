/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the program keeps of connections: keys and values of its state maps. */
#ifndef FLOW_H
#define FLOW_H

#include <linux/types.h>

/* A connection, as its client's packets name it. IPv4 addresses are mapped into IPv6's. */
struct flow_key {
	__u32 client[4];
	__u32 server[4];
	__u16 client_port; /* in host order, as the next */
	__u16 server_port;
	__u32 network; /* VLAN tags, and the protocol that the ports belong to */
};

/* How a connection began. */
struct opening {
	__u32 start; /* sequence number of the first octet */
	__u32 flags;
};

struct flow {
	__u64 lock;
	__u64 reserved[15];
};

/* Octets of a connection that came too early, by where they stand in its sequence numbers. */
struct block_key {
	__u32 flow;
	__u32 number;
};

#define BLOCK_OCTETS 1024

struct block {
	__u64 present[BLOCK_OCTETS / 64];
	__u8 octets[BLOCK_OCTETS];
};

struct port_set {
	__u8 learned[65536];
};

#endif
