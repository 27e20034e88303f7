/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What the program keeps of connections: keys and values of its state maps. */
#ifndef FLOW_H
#define FLOW_H

#include <linux/types.h>

#define FLOWS_MAX    65536
#define OPENINGS_MAX 16384
#define BLOCKS_MAX   4096
#define PENDING_MAX  16384
#define HEADS_MAX    1024

/* A connection, as its client's packets name it. IPv4 addresses have three words of zero. */
struct flow_key {
	__u32 client[4];
	__u32 server[4];
	__u16 client_port; /* in host order, like the next */
	__u16 server_port;
	__u32 network; /* which one the addresses belong to: VLAN identifiers, 12 bits each, and the
			  interface where several share a program, or the cgroup; NETWORK_UDP */
};

#define NETWORK_UDP (1u << 31)

/* How a connection began, from its SYN. */
struct opening {
	__u32 start; /* sequence number of the first octet */
	__u32 flags;
};

#define OPENING_SERVER 1 /* sent SYN and ACK: what it sends are answers */
#define OPENING_UNSEEN 2 /* is in unseen_map */
#define OPENING_USED   4 /* has been followed: its first octets came long ago */

/* Where the next octet of a direction of a connection stands in HTTP. */
enum phase {
	PHASE_START = 0, /* before a start line, and the empty lines before it */
	PHASE_METHOD,
	PHASE_TARGET,
	PHASE_VERSION,
	PHASE_STATUS,
	PHASE_FIELD, /* at the beginning of a line of the head */
	PHASE_FIELD_NAME,
	PHASE_REST,	/* behind what matters of the line */
	PHASE_LENGTH,	/* in the value of Content-Length */
	PHASE_CODING,	/* in the value of Transfer-Encoding */
	PHASE_HOST,	/* in the value of Host */
	PHASE_HEAD_END, /* behind the CR of the empty line */
	PHASE_BODY,
	PHASE_CHUNK_SIZE,
	PHASE_CHUNK_REST, /* of the line that has a chunk's size */
	PHASE_CHUNK,
	PHASE_CHUNK_END,
	PHASE_TRAILER,
	PHASE_TRAILER_REST,
	PHASE_TRAILER_END,
	PHASE_UNDECIDED,   /* behind Upgrade or CONNECT: the answer tells */
	PHASE_TUNNEL,	   /* no longer HTTP */
	PHASE_UNTIL_CLOSE, /* a response's body without a length */
	PHASE_LOST,
};

struct stream {
	__u32 next;  /* sequence number of the next octet */
	__u8 phase;  /* enum phase */
	__u8 index;  /* octets seen of what the phase reads */
	__u8 method; /* of the request, or of that which is answered; enum http_method, or
			METHOD_NONE */
	__u8 flags;
	__u64 left;	 /* octets of the body or chunk to come; in a head its Content-Length; of a
			    method its octets */
	__u64 value;	 /* octets of the request line; of a Content-Length its digits */
	__u32 accounted; /* sequence number up to which octets are counted */
	__u16 status;	 /* of a response */
	__u16 reserved;
};

/* Of a response to nothing that was seen. */
#define METHOD_NONE	255

#define STREAM_CHUNKED	1
#define STREAM_LENGTH	2 /* has a Content-Length */
#define STREAM_SPOILT	4 /* has one that no server takes */
#define STREAM_UPGRADE	8
#define STREAM_TARGET	16  /* the target has one of the forms of RFC 9112 section 3.2 */
#define STREAM_UNPROVEN 32  /* no request line was seen yet */
#define STREAM_CODED	64  /* has a Transfer-Encoding */
#define STREAM_TRACED	128 /* somebody was told of it, and is to be told of its end */

/* A request that awaits its answer. */
struct exchange {
	__u64 began;  /* when its first octet was seen: nanoseconds of the monotonic clock */
	__u64 url;    /* its owner in url_request_map; 0: none of its own, or not known yet */
	__u32 number; /* of the request in its connection, from 1 on */
	__u8 method;  /* enum http_method */
	__u8 reserved[3];
};

/* Further ones, behind one that is not answered yet. */
struct pending_key {
	__u64 connection; /* struct flow's name of it */
	__u32 number;
	__u32 reserved;
};

/*
 * Either direction has its side, written by its own program alone, which holds that side's lock;
 * what matters for both is written with both locks held.
 */
struct flow {
	__u64 lock; /* the CPUs that are at the requests */
	struct stream requests;
	__u64 head_requests; /* a bit for each of the last 64 requests: its answer has no body */
	__u32 start;	     /* sequence number of the first octet */
	__u32 requested;     /* heads of requests so far */
	__u32 held;	     /* name of the kept octets in block_map */
	__u32 held_start;    /* sequence number of the first of them */
	__u32 held_end;	     /* sequence number behind the last of them */
	__u32 lost_at; /* acknowledgement number of the client when its requests were lost; before,
			  where a stray segment ends */
	__u32 flags;
	__u32 reserved;
	__u64 began;		 /* when the first octet of the request being read was seen */
	__u64 connection;	 /* its name in pending_map, or 0 */
	struct exchange awaited; /* the request that found none unanswered */
	__u64 answers_lock;	 /* the CPUs that are at the answers */
	struct stream answers;
	__u32 answered;	     /* heads of final responses so far */
	__u32 tunnel;	     /* the number of the request whose answer opened a tunnel, or 0 */
	__u32 server_seen;   /* whether any of its packets was */
	__u32 settled;	     /* the last request of which it is known what became */
	__u64 answer_began;  /* when the first octet of the answer being read was seen */
	__u64 answer_octets; /* of it, so far */
};

#define FLOW_STARTED	1  /* `start` is known */
#define FLOW_HOLDS	2  /* octets are kept */
#define FLOW_FOREIGN	4  /* never was HTTP */
#define FLOW_URL_DUE	8  /* a request counts, and its URL is not known yet */
#define FLOW_KEEPS_HEAD 16 /* what came of its head is in head_map */

/* What of a request's head tells its URL, while that head is read. */
#define TARGET_ROOM 256
#define HOST_ROOM   128

struct request_head {
	__u32 target_length; /* of which the first TARGET_ROOM octets are here */
	__u32 host_length;
	__u8 has_host;
	__u8 lost; /* it was not to be kept */
	__u8 reserved[6];
	__u8 target[TARGET_ROOM + 8];
	__u8 host[HOST_ROOM + 8];
};

/* Octets that came too early, by where they stand among the sequence numbers. */
struct block_key {
	__u32 held;
	__u32 number; /* sequence number / BLOCK_OCTETS */
};

#define BLOCK_OCTETS 1024

/* How far ahead octets are kept. */
#define HELD_MAX (256 * BLOCK_OCTETS)

struct block {
	__u64 present[BLOCK_OCTETS / 64];
	__u8 octets[BLOCK_OCTETS];
};

/* What a local port is for, as far as is known. */
enum port_state {
	PORT_UNKNOWN = 0,
	PORT_HTTP = 1,	/* a request came, or what could be its beginning */
	PORT_OTHER = 2, /* a connection began with something else, and none with a request yet */
};

struct port_set {
	__u8 state[65536];
};

_Static_assert(sizeof(struct flow_key) == 40, "no padding: it is hashed");
_Static_assert(sizeof(struct stream) == 32, "copied by words");
_Static_assert(sizeof(struct exchange) == 24, "copied by words");
_Static_assert(sizeof(struct pending_key) == 16, "no padding: it is hashed");
_Static_assert(sizeof(struct flow) == 192, "copied by words");
_Static_assert(sizeof(struct block_key) == 8, "no padding: it is hashed");

#endif
