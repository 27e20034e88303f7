// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* IPv4 and what it carries; TCP. */
#include "check.h"

static struct builder b;

static void header_lengths(void)
{
	__u32 options, words;

	for (options = 0; options <= 40; options += 4) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_TCP, options);
		tcp(&b, PSH | ACK, 0);
		text(&b, GET_LINE);
		close_ip(&b);
		expect("octets of IPv4 options", options, &b, RESULT_REQUEST);
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_TCP, 0);
		tcp(&b, PSH | ACK, options);
		text(&b, GET_LINE);
		close_ip(&b);
		expect("octets of TCP options", options, &b, RESULT_REQUEST);
	}
	for (words = 0; words < 5; words++) {
		ipv4_request(&b);
		b.at[b.network] = 0x40 | words;
		expect("words of IPv4 header", words, &b, RESULT_MALFORMED);
		ipv4_request(&b);
		b.at[b.transport + 12] = words << 4 | 0x0f;
		expect("words of TCP header", words, &b, RESULT_MALFORMED);
		ipv6_request(&b);
		b.at[b.transport + 12] = words << 4 | 0x0f;
		expect("words of TCP header in IPv6", words, &b, RESULT_MALFORMED);
	}
	for (words = 5; words < 16; words++) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_TCP, 0);
		tcp(&b, ACK, 0);
		close_ip(&b);
		b.at[b.transport + 12] = words << 4;
		expect("TCP header beyond the packet", words, &b,
		       words == 5 ? RESULT_NO_PAYLOAD : RESULT_MALFORMED);
		fill(&b, 'G', 40);
		expect("TCP header into the padding", words, &b,
		       words == 5 ? RESULT_NO_PAYLOAD : RESULT_MALFORMED);
	}
	ipv4_request(&b);
	b.at[b.transport + 12] |= 0x0f;
	expect("reserved bits of TCP", 0, &b, RESULT_REQUEST);
}

static void total_lengths(void)
{
	__u32 length, cut;

	for (length = 1; length < 60; length++) {
		ipv4_request(&b);
		b.at[b.network] = 0x4f;
		set16(&b, b.network + 2, length);
		expect("total length less than the header", length, &b, RESULT_MALFORMED);
	}
	for (length = 1; length < 28; length++) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_ICMP, 8);
		text(&b, GET_LINE);
		set16(&b, b.network + 2, length);
		expect("total length of ICMP less than the header", length, &b, RESULT_MALFORMED);
	}
	ipv4_request(&b);
	set16(&b, b.network + 2, b.length - b.network + 1);
	expect("total length one beyond", 0, &b, RESULT_TRUNCATED);
	set16(&b, b.network + 2, 0xffff);
	expect("total length far beyond", 0, &b, RESULT_TRUNCATED);
	for (cut = 0; cut <= sizeof(GET_LINE) - 1; cut++) {
		ipv4_request(&b);
		set16(&b, b.network + 2, 40 + cut);
		/* what follows is padding, though it looks like the rest of a request */
		expect("total length in the payload", cut, &b,
		       cut == 0	  ? RESULT_NO_PAYLOAD
		       : cut < 24 ? RESULT_LINE_INCOMPLETE
				  : RESULT_REQUEST);
	}
	for (length = 20; length < 40; length++) {
		ipv4_request(&b);
		set16(&b, b.network + 2, length);
		expect("total length in the TCP header", length, &b, RESULT_MALFORMED);
	}
}

/* Short packets are padded to 60 octets of Ethernet. */
static void padding(void)
{
	__u32 options;

	for (options = 0; options <= 4; options += 4) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_TCP, 0);
		tcp(&b, ACK, options);
		close_ip(&b);
		fill(&b, 0, 60 - b.length);
		expect("acknowledgement and padding", options, &b, RESULT_NO_PAYLOAD);
		b.length = b.transport + 20 + options;
		text(&b, GET_LINE);
		expect("acknowledgement and padding like a request", options, &b,
		       RESULT_NO_PAYLOAD);
	}
	ethernet(&b, ETH_P_IPV6);
	ipv6(&b, IPPROTO_TCP);
	tcp(&b, ACK, 0);
	close_ip(&b);
	text(&b, GET_LINE);
	expect("IPv6 acknowledgement and padding like a request", 0, &b, RESULT_NO_PAYLOAD);
	ipv4_request(&b);
	fill(&b, 0, 200);
	expect("request and padding", 0, &b, RESULT_REQUEST);
	ethernet(&b, ETH_P_IP);
	ipv4(&b, IPPROTO_TCP, 0);
	tcp(&b, ACK, 0);
	text(&b, "GET /");
	close_ip(&b);
	text(&b, " HTTP/1.1\r\n");
	expect("half a line and padding like its rest", 0, &b, RESULT_LINE_INCOMPLETE);
}

/* Total length 0: more octets than the field can say. */
static void big_tcp(void)
{
	__u32 whole, cut;

	ipv4_request(&b);
	whole = b.length;
	set16(&b, b.network + 2, 0);
	expect("total length 0", 0, &b, RESULT_REQUEST);
	fill(&b, 'a', 70000);
	expect("total length 0, more than 65,535 octets", 0, &b, RESULT_REQUEST);
	for (cut = 0; cut < whole; cut++) {
		b.length = cut;
		expect("total length 0, cut", cut, &b,
		       cut < 48	       ? RESULT_TRUNCATED
		       : cut < 54      ? RESULT_MALFORMED
		       : cut == 54     ? RESULT_NO_PAYLOAD
		       : cut < 54 + 24 ? RESULT_LINE_INCOMPLETE
				       : RESULT_REQUEST);
	}
	ethernet(&b, ETH_P_IP);
	ipv4(&b, IPPROTO_TCP, 0);
	tcp(&b, ACK, 0);
	expect("total length 0, no payload", 0, &b, RESULT_NO_PAYLOAD);
}

static void fragments(void)
{
	static const struct {
		const char *what;
		int field;
		int result;
	} cases[] = {
		{"may be fragmented", 0x0000, RESULT_REQUEST},
		{"do not fragment", 0x4000, RESULT_REQUEST},
		{"reserved bit", 0x8000, RESULT_REQUEST},
		{"first fragment", 0x2000, RESULT_FRAGMENT},
		{"first fragment of what may not be", 0x6000, RESULT_FRAGMENT},
		{"middle fragment", 0x20b9, RESULT_FRAGMENT},
		{"last fragment", 0x0172, RESULT_FRAGMENT},
		{"offset 8", 0x0001, RESULT_FRAGMENT},
		{"offset 2048", 0x0100, RESULT_FRAGMENT},
		{"offset 32768", 0x1000, RESULT_FRAGMENT},
	};
	__u32 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ipv4_request(&b);
		set16(&b, b.network + 6, cases[i].field);
		expect(cases[i].what, 0, &b, cases[i].result);
	}
	ethernet(&b, ETH_P_IP);
	ipv4(&b, IPPROTO_UDP, 0);
	udp(&b, 53);
	close_ip(&b);
	set16(&b, b.network + 6, 0x2000);
	expect("fragment of UDP", 0, &b, RESULT_FRAGMENT);
}

static int carried_result(int protocol)
{
	switch (protocol) {
	case 4:	  /* IP in IP */
	case 41:  /* IPv6 */
	case 47:  /* GRE */
	case 50:  /* ESP */
	case 51:  /* AH: not unpacked in IPv4 */
	case 137: /* MPLS */
		return RESULT_ENCAPSULATED;
	case 6:
		return RESULT_REQUEST;
	default:
		return RESULT_NOT_TCP;
	}
}

static void protocols(void)
{
	int protocol;

	for (protocol = 0; protocol < 256; protocol++) {
		ipv4_request(&b);
		b.at[b.network + 9] = protocol;
		expect("IPv4 protocol", protocol, &b, carried_result(protocol));
	}
	for (protocol = 0; protocol < 256; protocol++) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, protocol, 0);
		close_ip(&b);
		expect("IPv4 protocol, no payload", protocol, &b,
		       protocol == IPPROTO_TCP || protocol == IPPROTO_UDP
			       ? RESULT_TRUNCATED
			       : carried_result(protocol));
	}
}

static int udp_result(__u32 port)
{
	return port == 4789 || port == 8472 || port == 6081 ? RESULT_ENCAPSULATED : RESULT_NOT_TCP;
}

static void udp_ports(void)
{
	__u32 port;

	for (port = 0; port < 65536; port += port == 443 || port % 8 == 0 ? 1 : 8 - port % 8) {
		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_UDP, 0);
		udp(&b, port);
		text(&b, GET_LINE);
		close_ip(&b);
		expect("UDP port", port, &b, udp_result(port));
	}
	for (port = 0; port < 3; port++) {
		static const __u16 tunnels[] = {4789, 8472, 6081};

		ethernet(&b, ETH_P_IP);
		ipv4(&b, IPPROTO_UDP, 8);
		udp(&b, tunnels[port]);
		close_ip(&b);
		expect("tunnel, IPv4 options", tunnels[port], &b, RESULT_ENCAPSULATED);
		set16(&b, b.transport, tunnels[port]);
		set16(&b, b.transport + 2, 40000);
		expect("answer from a tunnel's port", tunnels[port], &b, RESULT_NOT_TCP);
	}
}

/* What a packet with SYN and ACK carries is the server's. */
static int data_result(int flags)
{
	if (flags & RST)
		return RESULT_NO_PAYLOAD;
	return (flags & (SYN | ACK)) == (SYN | ACK) ? RESULT_RESPONSE : RESULT_REQUEST;
}

static void tcp_flags(void)
{
	int flags, has_data;

	for (flags = 0; flags < 256; flags++) {
		for (has_data = 0; has_data <= 1; has_data++) {
			ethernet(&b, ETH_P_IP);
			ipv4(&b, IPPROTO_TCP, 0);
			tcp(&b, flags, 0);
			text(&b, has_data ? GET_LINE : "");
			close_ip(&b);
			expect(has_data ? "flags, data" : "flags, no data", flags, &b,
			       has_data ? data_result(flags) : RESULT_NO_PAYLOAD);
		}
	}
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	header_lengths();
	total_lengths();
	padding();
	big_tcp();
	fragments();
	protocols();
	tcp_flags();
	udp_ports();
	return check_end();
}
