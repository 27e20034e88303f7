// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Ethernet, VLAN tags, no link header; what is neither IPv4 nor IPv6. */
#include "check.h"

static struct builder b;

static void finish_request(__u16 ethertype)
{
	put16(&b, ethertype);
	if (ethertype == ETH_P_IP)
		ipv4(&b, IPPROTO_TCP, 0);
	else
		ipv6(&b, IPPROTO_TCP);
	tcp(&b, PSH | ACK, 0);
	text(&b, GET_LINE);
	close_ip(&b);
}

static void vlan_tags(void)
{
	static const __u16 tpids[] = {0x8100, 0x88a8, 0x9100};
	static const __u16 ethertypes[] = {ETH_P_IP, ETH_P_IPV6};
	__u32 i, j, k, e;

	for (e = 0; e < 2; e++) {
		macs(&b);
		finish_request(ethertypes[e]);
		expect("no tag", e, &b, RESULT_REQUEST);
		for (i = 0; i < 3; i++) {
			macs(&b);
			tag(&b, tpids[i]);
			finish_request(ethertypes[e]);
			expect("one tag", i, &b, RESULT_REQUEST);
			for (j = 0; j < 3; j++) {
				macs(&b);
				tag(&b, tpids[i]);
				tag(&b, tpids[j]);
				finish_request(ethertypes[e]);
				expect("two tags", i * 3 + j, &b, RESULT_REQUEST);
				for (k = 0; k < 3; k++) {
					macs(&b);
					tag(&b, tpids[i]);
					tag(&b, tpids[j]);
					tag(&b, tpids[k]);
					finish_request(ethertypes[e]);
					expect("three tags", i * 9 + j * 3 + k, &b,
					       RESULT_ENCAPSULATED);
				}
			}
		}
	}
}

/* The outermost of the tags is in the metadata, as it is when the kernel delivers. */
static void removed_tag(void)
{
	packet_t packet = {.octets = b.at, .tag_removed = 1};
	int inside, result, i;

	for (inside = 0; inside < 3; inside++) {
		macs(&b);
		for (i = 0; i < inside; i++)
			tag(&b, 0x8100);
		finish_request(ETH_P_IP);
		packet.length = b.length;
		check.cases++;
		result = judge(&packet, 0).result;
		check_result("one tag removed", inside,
			     inside < 2 ? RESULT_REQUEST : RESULT_ENCAPSULATED, result);
	}
}

static void ethertypes(void)
{
	static const struct {
		const char *what;
		int ethertype;
		int result;
	} cases[] = {
		{"ARP", ETH_P_ARP, RESULT_NOT_TCP},
		{"LLDP", 0x88cc, RESULT_NOT_TCP},
		{"flow control", 0x8808, RESULT_NOT_TCP},
		{"802.1X", ETH_P_PAE, RESULT_NOT_TCP},
		{"802.3 length", 0x0040, RESULT_NOT_TCP},
		{"zero", 0, RESULT_NOT_TCP},
		{"0xffff", 0xffff, RESULT_NOT_TCP},
		{"IPv4 with octets swapped", 0x0008, RESULT_NOT_TCP},
		{"PPPoE discovery", 0x8863, RESULT_NOT_TCP},
		{"PPPoE session", 0x8864, RESULT_ENCAPSULATED},
		{"MPLS unicast", 0x8847, RESULT_ENCAPSULATED},
		{"MPLS multicast", 0x8848, RESULT_ENCAPSULATED},
	};
	__u32 i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		ipv4_request(&b);
		set16(&b, 12, cases[i].ethertype);
		expect(cases[i].what, 0, &b, cases[i].result);
		macs(&b);
		tag(&b, ETH_P_8021Q);
		put16(&b, cases[i].ethertype);
		expect(cases[i].what, 1, &b, cases[i].result);
	}
}

static void wrong_version(void)
{
	int version;

	for (version = 0; version < 16; version++) {
		ipv4_request(&b);
		b.at[b.network] = version << 4 | 5;
		expect("ethertype IPv4, version", version, &b,
		       version == 4 ? RESULT_REQUEST : RESULT_MALFORMED);
		ipv6_request(&b);
		b.at[b.network] = version << 4 | 5;
		expect("ethertype IPv6, version", version, &b,
		       version == 6 ? RESULT_REQUEST : RESULT_MALFORMED);
	}
}

static void without_link_header(void)
{
	int version;

	begin(&b);
	expect_bare("empty", 0, &b, RESULT_TRUNCATED);
	expect("empty", 0, &b, RESULT_TRUNCATED);
	for (version = 0; version < 16; version++) {
		begin(&b);
		ipv4(&b, IPPROTO_TCP, 0);
		tcp(&b, ACK, 0);
		text(&b, GET_LINE);
		close_ip(&b);
		b.at[0] = version << 4 | 5;
		if (version == 6)
			continue;
		expect_bare("version", version, &b,
			    version == 4 ? RESULT_REQUEST : RESULT_MALFORMED);
	}
	begin(&b);
	ipv6(&b, IPPROTO_TCP);
	tcp(&b, ACK, 0);
	text(&b, GET_LINE);
	close_ip(&b);
	expect_bare("version 6", 0, &b, RESULT_REQUEST);
	expect("IPv6 where Ethernet should be", 0, &b, RESULT_NOT_TCP);
	ipv4_request(&b);
	expect_bare("Ethernet where IP should be", 0, &b, RESULT_MALFORMED);
}

/* Of a whole packet that says how long it is, every shorter one is truncated. */
static void truncation(void)
{
	__u32 whole, tags, e;

	for (e = 0; e < 2; e++) {
		for (tags = 0; tags <= 2; tags++) {
			macs(&b);
			for (whole = 0; whole < tags; whole++)
				tag(&b, ETH_P_8021Q);
			finish_request(e ? ETH_P_IPV6 : ETH_P_IP);
			for (whole = b.length; b.length-- > 0;)
				expect("cut, with tags", tags * 1000 + b.length, &b,
				       RESULT_TRUNCATED);
			b.length = whole;
		}
		begin(&b);
		if (e)
			ipv6(&b, IPPROTO_TCP);
		else
			ipv4(&b, IPPROTO_TCP, 8);
		tcp(&b, ACK, 12);
		text(&b, GET_LINE);
		close_ip(&b);
		while (b.length-- > 0)
			expect_bare("cut", b.length, &b, RESULT_TRUNCATED);
	}
}

/* However little of it is missing, and wherever the line ends. */
static void truncated_data(void)
{
	static const __u8 protocols[] = {IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, IPPROTO_GRE};
	__u32 p, e;

	for (p = 0; p < sizeof(protocols); p++) {
		for (e = 0; e < 2; e++) {
			ethernet(&b, e ? ETH_P_IPV6 : ETH_P_IP);
			if (e)
				ipv6(&b, protocols[p]);
			else
				ipv4(&b, protocols[p], 0);
			tcp(&b, ACK, 0);
			text(&b, GET_LINE);
			fill(&b, 'a', 1000);
			close_ip(&b);
			b.length--;
			expect("one octet of data missing", protocols[p], &b, RESULT_TRUNCATED);
			b.length = b.transport + 20;
			expect("all of the data missing", protocols[p], &b, RESULT_TRUNCATED);
		}
	}
}

int main(int argc, char **argv)
{
	check_begin(argc, argv);
	vlan_tags();
	removed_tag();
	ethertypes();
	wrong_version();
	without_link_header();
	truncation();
	truncated_data();
	return check_end();
}
