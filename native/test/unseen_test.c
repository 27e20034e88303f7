// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Connections that carry what cannot be counted: each once. */
#include "sweep.h"

#define HELLO "\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03"

static const __u8 preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

static int says(struct connection *c, const void *data, __u32 length)
{
	return client_at(c, c->sent, data, length);
}

/* On a port that is known, and not; with a SYN before. */
static void unseen(int known)
{
	struct connection c;

	begin_case();
	if (known)
		learn_port(0);
	c = connect_to(0, 100);
	client_syn(&c);
	check_result("hello", known, RESULT_TLS, says(&c, HELLO, 11));
	check_result("hello, sent again", known, known ? RESULT_RETRANSMISSION : RESULT_TLS,
		     client_at(&c, 0, HELLO, 11));
	check_result("second hello", known, RESULT_TLS, says(&c, HELLO, 11));
	check_result("data", known, RESULT_TLS, says(&c, "\x17\x03\x03\x00\x20 abc", 9));
	check_number("TLS connections", known, "", 1, host.unseen[UNSEEN_TLS]);
	c = connect_to(1, 100);
	client_syn(&c);
	check_result("data first", known, RESULT_TLS, says(&c, "\x17\x03\x03\x00\x20 abc", 9));
	check_number("TLS data", known, "", 1, host.unseen[UNSEEN_TLS]);
	c = connect_to(1, 100);
	client_syn(&c);
	check_result("preface", known, RESULT_HTTP2, says(&c, preface, 24));
	check_result("preface again", known, known ? RESULT_RETRANSMISSION : RESULT_HTTP2,
		     client_at(&c, 0, preface, 24));
	says(&c, "\x00\x00\x00\x04\x01\x00\x00\x00\x00", 9);
	check_number("HTTP/2 connections", known, "", 1, host.unseen[UNSEEN_HTTP2]);
	c.client_start = 777777;
	c.sent = 0;
	client_syn(&c);
	check_result("used again", known, RESULT_HTTP2, says(&c, preface, 24));
	check_number("HTTP/2 connections", known, "", 2, host.unseen[UNSEEN_HTTP2]);
	c.client_start = 999999;
	c.sent = 0;
	client_syn(&c);
	check_result("used again", known, RESULT_TLS, says(&c, HELLO, 11));
	check_number("TLS connections", known, "", 2, host.unseen[UNSEEN_TLS]);
	expect_requests("unseen", known, 0);
}

static packet_t datagram(__u16 from, __u16 to, const char *first, __u32 length)
{
	packet_t packet;

	ethernet(&net.packet, ETH_P_IP);
	ipv4(&net.packet, IPPROTO_UDP, 0);
	udp(&net.packet, to);
	set16(&net.packet, net.packet.transport, from);
	set16(&net.packet, net.packet.transport + 4, 8 + length);
	memset(net.packet.at + net.packet.network + 12, 7, 8);
	put(&net.packet, first, 5);
	fill(&net.packet, 0, length - 5);
	close_ip(&net.packet);
	packet = new_packet(net.packet.length);
	memcpy((void *)packet.octets, net.packet.at, net.packet.length);
	packet.peek = net.peek;
	return packet;
}

static void quic(void)
{
	static const char initial[] = "\xc3\0\0\0\1", second[] = "\xd3\x6b\x33\x43\xcf";

	begin_case();
	check_result("QUIC", 0, RESULT_NOT_TCP, receive(datagram(4000, 443, initial, 1200)));
	receive(datagram(4000, 443, initial, 1200));
	check_number("QUIC, again", 0, "", 1, host.unseen[UNSEEN_QUIC]);
	receive(datagram(4001, 443, second, 1252));
	check_number("QUIC, version 2", 0, "", 2, host.unseen[UNSEEN_QUIC]);
	receive(datagram(4002, 443, initial, 1199));
	receive(datagram(4003, 443, "\xe3\0\0\0\1", 1200));
	receive(datagram(4004, 443, "\xc3\0\0\0\2", 1200));
	receive(datagram(4005, 443, "\x43\0\0\0\1", 1200));
	check_number("no QUIC", 0, "", 2, host.unseen[UNSEEN_QUIC]);
	transmit(datagram(5000, 443, initial, 1200));
	receive(datagram(443, 5000, initial, 1200));
	check_number("a server's, of a client here", 0, "", 2, host.unseen[UNSEEN_QUIC]);
}

static void test(void)
{
	unseen(0);
	unseen(1);
	quic();
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
