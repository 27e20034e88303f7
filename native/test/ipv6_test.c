// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* IPv6 and its extension headers. */
#include "check.h"

#define HEADERS_MAX 7 /* before TCP */

static struct builder b;

static const struct {
	__u8 protocol;
	__u32 unit; /* octets that its length octet counts */
} extensions[] = {
	{IPPROTO_HOPOPTS, 8}, {IPPROTO_ROUTING, 8}, {IPPROTO_DSTOPTS, 8},
	{IPPROTO_MH, 8},      {IPPROTO_AH, 4},
};

#define EXTENSIONS (sizeof(extensions) / sizeof(extensions[0]))

static void finish_request(void)
{
	tcp(&b, PSH | ACK, 0);
	text(&b, GET_LINE);
	close_ip(&b);
}

static void each_extension(void)
{
	__u32 e, units;

	for (e = 0; e < EXTENSIONS; e++) {
		for (units = 0; units < 256; units++) {
			ethernet(&b, ETH_P_IPV6);
			ipv6(&b, extensions[e].protocol);
			extension(&b, IPPROTO_TCP, units, extensions[e].unit);
			finish_request();
			expect("extension header", e * 1000 + units, &b, RESULT_REQUEST);
		}
		ethernet(&b, ETH_P_IPV6);
		ipv6(&b, extensions[e].protocol);
		extension(&b, IPPROTO_TCP, 1, extensions[e].unit);
		finish_request();
		while (b.length-- > 0)
			expect("extension header, cut", e * 1000 + b.length, &b, RESULT_TRUNCATED);
		ipv6_request(&b);
		b.at[b.network + 6] = extensions[e].protocol;
		b.at[b.network + 40] = IPPROTO_TCP;
		b.at[b.network + 41] = 200;
		expect("extension header beyond the packet", e, &b, RESULT_TRUNCATED);
	}
}

static void chains(void)
{
	__u32 count, i, e;

	for (count = 2; count <= HEADERS_MAX + 3; count++) {
		for (e = 0; e < EXTENSIONS; e++) {
			ethernet(&b, ETH_P_IPV6);
			ipv6(&b, extensions[e].protocol);
			for (i = 0; i < count; i++)
				extension(&b,
					  i + 1 < count
						  ? extensions[(e + i + 1) % EXTENSIONS].protocol
						  : IPPROTO_TCP,
					  i % 3, extensions[(e + i) % EXTENSIONS].unit);
			finish_request();
			expect("chain of headers", count * 10 + e, &b,
			       count <= HEADERS_MAX ? RESULT_REQUEST : RESULT_MALFORMED);
		}
	}
	ethernet(&b, ETH_P_IPV6);
	ipv6(&b, IPPROTO_HOPOPTS);
	for (i = 0; i < HEADERS_MAX; i++)
		extension(&b, i + 1 < HEADERS_MAX ? IPPROTO_DSTOPTS : IPPROTO_TCP, 255, 8);
	finish_request();
	expect("chain of the longest headers", 0, &b, RESULT_REQUEST);
	ethernet(&b, ETH_P_IPV6);
	ipv6(&b, IPPROTO_DSTOPTS);
	extension(&b, IPPROTO_DSTOPTS, 0, 8);
	extension(&b, IPPROTO_UDP, 0, 8);
	udp(&b, 4789);
	close_ip(&b);
	expect("chain before a tunnel", 0, &b, RESULT_ENCAPSULATED);
}

static void fragments(void)
{
	static const struct {
		const char *what;
		int offset, more;
		int result;
	} cases[] = {
		{"atomic fragment", 0, 0, RESULT_REQUEST},
		{"atomic fragment, reserved bits", 0, 6, RESULT_REQUEST},
		{"first fragment", 0, 1, RESULT_FRAGMENT},
		{"middle fragment", 181, 1, RESULT_FRAGMENT},
		{"last fragment", 362, 0, RESULT_FRAGMENT},
		{"offset 8", 1, 0, RESULT_FRAGMENT},
		{"offset 256", 32, 0, RESULT_FRAGMENT},
		{"offset 32768", 4096, 0, RESULT_FRAGMENT},
	};
	__u32 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ethernet(&b, ETH_P_IPV6);
		ipv6(&b, IPPROTO_FRAGMENT);
		fragment(&b, IPPROTO_TCP, cases[i].offset, cases[i].more);
		b.at[b.network + 41] = 0xff; /* reserved: not a length */
		finish_request();
		expect(cases[i].what, 0, &b, cases[i].result);
		ethernet(&b, ETH_P_IPV6);
		ipv6(&b, IPPROTO_DSTOPTS);
		extension(&b, IPPROTO_FRAGMENT, 2, 8);
		fragment(&b, IPPROTO_TCP, cases[i].offset, cases[i].more);
		finish_request();
		expect(cases[i].what, 1, &b, cases[i].result);
	}
	ethernet(&b, ETH_P_IPV6);
	ipv6(&b, IPPROTO_FRAGMENT);
	fragment(&b, IPPROTO_TCP, 0, 0);
	finish_request();
	while (b.length-- > 0)
		expect("atomic fragment, cut", b.length, &b, RESULT_TRUNCATED);
}

static void payload_lengths(void)
{
	__u32 length, whole, cut;

	ipv6_request(&b);
	set16(&b, b.network + 4, b.length - b.network - 40 + 1);
	expect("payload length one beyond", 0, &b, RESULT_TRUNCATED);
	for (length = 1; length < 20; length++) {
		ipv6_request(&b);
		set16(&b, b.network + 4, length);
		expect("payload length in the TCP header", length, &b, RESULT_MALFORMED);
	}
	for (cut = 0; cut <= sizeof(GET_LINE) - 1; cut++) {
		ipv6_request(&b);
		set16(&b, b.network + 4, 20 + cut);
		expect("payload length in the line", cut, &b,
		       cut == 0	  ? RESULT_NO_PAYLOAD
		       : cut < 24 ? RESULT_LINE_INCOMPLETE
				  : RESULT_REQUEST);
	}
	ipv6_request(&b);
	whole = b.length;
	set16(&b, b.network + 4, 0);
	for (cut = 0; cut <= whole; cut++) {
		b.length = cut;
		expect("payload length 0, cut", cut, &b,
		       cut < 68	       ? RESULT_TRUNCATED
		       : cut < 74      ? RESULT_MALFORMED
		       : cut == 74     ? RESULT_NO_PAYLOAD
		       : cut < 74 + 24 ? RESULT_LINE_INCOMPLETE
				       : RESULT_REQUEST);
	}
	fill(&b, 'a', 70000);
	expect("payload length 0, more than 65,535 octets", 0, &b, RESULT_REQUEST);
}

static int carried_result(int next)
{
	switch (next) {
	case 4:	  /* IP in IP */
	case 41:  /* IPv6 */
	case 47:  /* GRE */
	case 50:  /* ESP */
	case 137: /* MPLS */
		return RESULT_ENCAPSULATED;
	case 0:
	case 43:
	case 44:
	case 51:
	case 60:
	case 135: /* an extension header of no octets: what follows is not there */
	case 6:
	case 17:
		return RESULT_TRUNCATED;
	default:
		return RESULT_NOT_TCP;
	}
}

static void next_headers(void)
{
	int next;

	for (next = 0; next < 256; next++) {
		ethernet(&b, ETH_P_IPV6);
		ipv6(&b, next);
		expect("next header, no payload", next, &b, carried_result(next));
	}
	for (next = 0; next < 8; next++) {
		ethernet(&b, ETH_P_IPV6);
		ipv6(&b, IPPROTO_UDP);
		udp(&b, 4785 + next);
		text(&b, GET_LINE);
		close_ip(&b);
		expect("UDP port", 4785 + next, &b,
		       next == 4 ? RESULT_ENCAPSULATED : RESULT_NOT_TCP);
	}
	ethernet(&b, ETH_P_IPV6);
	ipv6(&b, IPPROTO_TCP);
	tcp(&b, RST | ACK, 0);
	text(&b, GET_LINE);
	close_ip(&b);
	expect("reset with a text", 0, &b, RESULT_NO_PAYLOAD);
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	each_extension();
	chains();
	fragments();
	payload_lengths();
	next_headers();
	return check_end();
}
