/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What carries requests that cannot be seen, told by the first octets of TCP data. */
#ifndef OTHER_PROTOCOLS_H
#define OTHER_PROTOCOLS_H

#include "octet_words.h"
#include "packet_parse.h"

/* RFC 8446 section 5.1: content type, legacy version, length. */
static __always_inline int is_tls_record(__u64 word, __u32 length)
{
	__u32 type = word & 0xff;
	__u32 major = word >> 8 & 0xff;
	__u32 minor = word >> 16 & 0xff;
	__u32 record = (__u32)((word >> 24 & 0xff) << 8 | (word >> 32 & 0xff));

	return length >= 5 && type >= 20 && type <= 24 && major == 3 && minor <= 4 && record > 0 &&
	       record <= (1 << 14) + 2048;
}

/* A handshake message of the first type: what a client begins with (RFC 8446 section 4). */
static __always_inline int is_client_hello(__u64 word, __u32 length)
{
	return length >= 6 && (word & 0xff) == 22 && (word >> 40 & 0xff) == 1;
}

/* RFC 9113 section 3.4. */
static __always_inline int is_http2_preface(__u64 word, __u64 next)
{
	return word == OCTETS('P', 'R', 'I', ' ', '*', ' ', 'H', 'T') &&
	       next == OCTETS('T', 'P', '/', '2', '.', '0', '\r', '\n');
}

/* The octets before the third digit of a version never change. */
static __always_inline int is_response(__u64 word)
{
	return (word & 0x00ffffffffffffff) == OCTETS('H', 'T', 'T', 'P', '/', '1', '.', 0);
}

#define QUIC_VERSION_1 1
#define QUIC_VERSION_2 0x6b3343cf

/* A long header of type Initial (RFC 9000 section 17.2.2, RFC 9369 section 3.2). */
static __always_inline int is_quic_initial(const __u8 *octets)
{
	__u32 version = be32(octets + 1);
	__u8 kind = octets[0] & 0xf0;

	return (version == QUIC_VERSION_1 && kind == 0xc0) ||
	       (version == QUIC_VERSION_2 && kind == 0xd0);
}

#endif
