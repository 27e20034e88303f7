/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What carries requests that cannot be seen, told by the first octets of TCP data. */
#ifndef OTHER_PROTOCOLS_H
#define OTHER_PROTOCOLS_H

#include "octet_words.h"

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

/* RFC 9113 section 3.4. */
static __always_inline int is_http2_preface(__u64 word, __u64 next)
{
	return word == OCTETS('P', 'R', 'I', ' ', '*', ' ', 'H', 'T') &&
	       next == OCTETS('T', 'P', '/', '2', '.', '0', '\r', '\n');
}

#endif
