/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/*
 * What the kernel program and its readers share: ids, keys and values of the pinned maps.
 * Published ids and shapes never change; new ones are appended, new data gets a new map.
 */
#ifndef HTTP_COUNTER_H
#define HTTP_COUNTER_H

#include <linux/types.h>

/* Keys of request_map. RFC 9110 section 9.3, and PATCH of RFC 5789. */
enum http_method {
	METHOD_OTHER = 0,
	METHOD_GET = 1,
	METHOD_HEAD = 2,
	METHOD_POST = 3,
	METHOD_PUT = 4,
	METHOD_DELETE = 5,
	METHOD_CONNECT = 6,
	METHOD_OPTIONS = 7,
	METHOD_TRACE = 8,
	METHOD_PATCH = 9,
	METHOD_COUNT = 10,
};

/* Keys of packet_map, the ledger: every run of the program adds one to exactly one of them. */
enum packet_result {
	RESULT_REQUEST = 0,    /* heads a request, counted in request_map */
	RESULT_NO_PAYLOAD = 1, /* TCP without data: handshakes, acknowledgements, resets */
	RESULT_NOT_HTTP = 2,  /* TCP data that does not head a request: bodies, responses, others */
	RESULT_TLS = 3,	      /* begins with a TLS record: what is inside cannot be seen */
	RESULT_HTTP2 = 4,     /* the HTTP/2 connection preface */
	RESULT_NOT_TCP = 5,   /* ARP, UDP (hence QUIC), ICMP, ... */
	RESULT_FRAGMENT = 6,  /* an IP fragment: not judged */
	RESULT_TRUNCATED = 7, /* ends before its headers say so: not judged */
	RESULT_LINE_TOO_LONG = 8, /* request line of more than REQUEST_LINE_MAX octets */
	RESULT_EXCLUDED = 9,	  /* heads a request, to a port that the user excluded */
	RESULT_ENCAPSULATED =
		10,	       /* a tunnel that is not unpacked: GRE, IP in IP, VXLAN, MPLS, ... */
	RESULT_MALFORMED = 11, /* lengths or versions in its headers that cannot be */
	RESULT_LINE_INCOMPLETE =
		12, /* could head a request, but the packet ends before the line does */
	RESULT_HEAD_CONTINUED =
		13,	  /* goes on with a request's head, and no request line ends in it */
	RESULT_BODY = 14, /* of a request's body, and no request line ends in it */
	RESULT_RETRANSMISSION = 15, /* all of it was there before */
	RESULT_OUT_OF_ORDER =
		16, /* something before it is missing yet: kept, and judged when that comes */
	RESULT_RESPONSE =
		17, /* from a server: begins a response, or what it carries looks like requests */
	RESULT_TUNNEL = 18, /* behind 101, or behind 2xx to CONNECT */
	RESULT_UNDECIDED =
		19, /* behind Upgrade or CONNECT, before the answer: kept, and judged then */
	RESULT_RESYNC = 20, /* of a connection that cannot be followed, until it heads a request */
	RESULT_COUNT = 21,
};

/* Keys of unseen_map: connections that carry what cannot be counted. */
enum unseen_protocol {
	UNSEEN_TLS = 0,
	UNSEEN_HTTP2 = 1,  /* without TLS */
	UNSEEN_QUIC = 2,   /* HTTP/3 */
	UNSEEN_TUNNEL = 3, /* since 101, or since 2xx to CONNECT */
	UNSEEN_COUNT = 4,
};

#define CONFIG_PORT_LABELS   1
#define CONFIG_CGROUP_LABELS 2
#define CONFIG_URLS	     4

#define REQUEST_MAP_ENTRIES  16
#define PACKET_MAP_ENTRIES   64
#define UNSEEN_MAP_ENTRIES   16

/* RFC 9112 section 3: the length of a request line that everyone should support. */
#define REQUEST_LINE_MAX 8000

/* Value of request_map. */
struct datarec {
	__u64 rx_packets; /* requests */
};

/* Key of port_request_map and cgroup_request_map, the values of which are numbers of requests. */
struct series_key {
	__u64 owner; /* a local port; the id of a cgroup; or SERIES_OTHER */
	__u32 method;
	__u32 reserved;
};

#define SERIES_OTHER 0

/* Key of response_map: its owner is the status code, and SERIES_OTHER where there was no more room.
 */
#define RESPONSE_MAP_ENTRIES 256

/* Of durations; the bounds are those of OpenTelemetry's http.server.request.duration. */
#define DURATION_BUCKETS 15

/* Value of exchange_map, by method: what became of requests. */
struct exchange_counts {
	/* answered within 5, 10, 25, 50, 75, 100, 250, 500, 750 ms, 1, 2.5, 5, 7.5, 10 s, and
	 * later; each in one of them */
	__u64 durations[DURATION_BUCKETS];
	__u64 nanoseconds;     /* from the first octet of requests to that of their responses */
	__u64 unanswered;      /* of which the connection ended before */
	__u64 request_octets;  /* TCP payload of the requests */
	__u64 response_octets; /* and of their responses */
	__u64 reserved;
};

#define EXCHANGE_MAP_ENTRIES 16

/* Unless the loader is told otherwise. */
#define SERIES_MAX 200

/* Likewise of URLs. */
#define URL_SERIES_MAX 1000

/* Octets of a host or a path; longer ones are cut, and end in the three octets of U+2026. */
#define HOST_MAX   120
#define PATH_MAX   240
#define CUT_OCTETS 3

/* Value of url_name_map: what its key, an owner in url_request_map, stands for. */
struct url_name {
	__u16 host_length;
	__u16 path_length;
	__u32 reserved;
	__u8 host[136]; /* zeros behind */
	__u8 path[264];
};

/* Value of url_request_map, the key of which is a struct series_key. */
struct url_counts {
	__u64 requests;
	__u64 responses;   /* final ones */
	__u64 nanoseconds; /* from requests to those */
};

/* In a key of url_response_map, the method, and above it the status code. */
#define STATUS_SHIFT 8

/* Routes that a path may be counted under. */
#define ROUTES_MAX   64
#define SEGMENTS_MAX 24

/* Set by the loader, as capture_config is. Routes are bits, the first given the lowest. */
struct route_table {
	__u64 all;
	__u64 excluded;		       /* those whose requests have no series of their own */
	__u64 any[SEGMENTS_MAX];       /* with a parameter in that place */
	__u64 ends[SEGMENTS_MAX + 1];  /* of so many segments */
	__u64 tails[SEGMENTS_MAX + 1]; /* of so many, and any that follow */
	__u16 lengths[ROUTES_MAX];
	__u8 paths[ROUTES_MAX][264]; /* zeros behind */
};

/* Key of route_map: a segment's text, in its place, to the routes that have it there. */
struct route_key {
	__u64 hash;
	__u32 place;
	__u32 length;
};

/* Elements of trace_map. */
enum trace_element {
	TRACE_UNTIL =
		0, /* requests are traced up to this time: nanoseconds of the monotonic clock */
	TRACE_DROPPED = 1,	   /* requests for which the ring had no room */
	TRACE_DROPPED_ANSWERS = 2, /* and records of what became of requests */
	TRACE_ELEMENTS = 3,
};

/* trace_ring_map has one element, a BPF_MAP_TYPE_RINGBUF of whoever traces, of any size: of each
 * request a record, and later those of what became of it. */
enum trace_kind {
	TRACE_REQUEST = 1,	/* its head has ended, or nobody can tell how it goes on */
	TRACE_RESPONSE = 2,	/* the head of its final response has ended */
	TRACE_RESPONSE_END = 3, /* and so has that response */
	TRACE_UNANSWERED = 4,	/* its connection ended before */
};

/* What every record begins with. A request's goes on as struct trace_request. */
struct trace_record {
	__u64 connection; /* any number, the same for all requests of a connection */
	__u64 began;  /* when the request's first octet was seen: nanoseconds of the monotonic clock
		       */
	__u64 at;     /* likewise: when the response's first octet was seen, or its end */
	__u64 octets; /* of the response that ended: TCP payload */
	__u32 number; /* of the request in its connection, from 1 on */
	__u16 status;
	__u8 method; /* enum http_method */
	__u8 kind;   /* enum trace_kind */
};

#define TRACE_TEXT_ROOM 512

struct trace_request {
	struct trace_record record;
	__u32 client[4]; /* IPv4 addresses have three words of zero */
	__u32 server[4];
	__u16 client_port;
	__u16 server_port;
	__u16 host_length;
	__u16 path_length;
	__u64 owner; /* as the capture names it: the id of a cgroup, an interface's index << 32, or
			0 */
	__u8 host_cut; /* the host goes on, but no more was kept; likewise the path */
	__u8 path_cut;
	__u8 unknown; /* host and path are not known */
	__u8 reserved[5];
	__u8 text[TRACE_TEXT_ROOM + 8]; /* the host as it was sent, and behind it the path up to its
					   query; the record ends with it */
};

enum capture_hook {
	HOOK_TCX = 1,
	HOOK_CLSACT = 2,
	HOOK_XDP = 3,
	HOOK_CGROUP = 4,
};

/* Value of capture_info, written by the loader, read by whoever wants to know what is pinned here.
 */
struct capture_info {
	__u32 layout; /* of this struct and of the maps beside it: CAPTURE_LAYOUT */
	__u32 ifindex;
	__u32 hook;		/* enum capture_hook */
	__u32 tc_priority;	/* clsact only */
	__u32 tc_handle;	/* clsact only */
	__u32 made_directories; /* of the pin root's path, by loads */
	__u64 netns;		/* inode of the network namespace that ifindex belongs to; with
				   HOOK_CGROUP, of the cgroup */
	char version[40];	/* of the loader, NUL-terminated */
};

#define CAPTURE_LAYOUT 1

/* Set by the loader before the program is loaded, constant from then on. All zero is a valid
 * configuration. */
struct capture_config {
	__u32 no_link_header; /* packets begin with the IP header: tun, WireGuard, PPP */
	__u32 flags;	      /* CONFIG_… */
	__u64 excluded_ports[65536 / 64]; /* one bit a local TCP port */
};

_Static_assert(sizeof(struct datarec) == 8, "read by Java");
_Static_assert(sizeof(struct series_key) == 16, "read by Java");
_Static_assert(sizeof(struct exchange_counts) == 160, "read by Java");
_Static_assert(METHOD_COUNT <= EXCHANGE_MAP_ENTRIES, "exchange_map has room");
_Static_assert(sizeof(struct capture_info) == 72, "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, ifindex) == 4, "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, hook) == 8, "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, tc_priority) == 12,
	       "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, tc_handle) == 16,
	       "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, netns) == 24, "written and read by Java");
_Static_assert(__builtin_offsetof(struct capture_info, version) == 32, "written and read by Java");
_Static_assert(sizeof(struct capture_config) == 8200, "written by Java");
_Static_assert(__builtin_offsetof(struct capture_config, excluded_ports) == 8, "written by Java");
_Static_assert(sizeof(struct url_name) == 408, "read by Java");
_Static_assert(sizeof(struct url_counts) == 24, "read by Java");
_Static_assert(sizeof(struct route_key) == 16, "written by Java");
_Static_assert(sizeof(struct route_table) == 17632, "written by Java");
_Static_assert(__builtin_offsetof(struct route_table, any) == 16, "written by Java");
_Static_assert(__builtin_offsetof(struct route_table, ends) == 208, "written by Java");
_Static_assert(__builtin_offsetof(struct route_table, tails) == 408, "written by Java");
_Static_assert(__builtin_offsetof(struct route_table, lengths) == 608, "written by Java");
_Static_assert(__builtin_offsetof(struct route_table, paths) == 736, "written by Java");
_Static_assert(sizeof(struct trace_record) == 40, "read by Java");
_Static_assert(__builtin_offsetof(struct trace_request, client) == 40, "read by Java");
_Static_assert(__builtin_offsetof(struct trace_request, client_port) == 72, "read by Java");
_Static_assert(__builtin_offsetof(struct trace_request, owner) == 80, "read by Java");
_Static_assert(__builtin_offsetof(struct trace_request, host_cut) == 88, "read by Java");
_Static_assert(__builtin_offsetof(struct trace_request, text) == 96, "read by Java");
_Static_assert(METHOD_COUNT <= REQUEST_MAP_ENTRIES, "request_map has room");
_Static_assert(RESULT_COUNT <= PACKET_MAP_ENTRIES, "packet_map has room");
_Static_assert(UNSEEN_COUNT <= UNSEEN_MAP_ENTRIES, "unseen_map has room");

#endif
