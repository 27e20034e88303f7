// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* The programs that count, and one that the verifier looks at for long before it refuses it. */
#include "http_counter.bpf.c"

#define ROUNDS 20000

SEC("tc")
int refused(struct __sk_buff *skb)
{
	__u32 sum = 0;
	__u32 i;

#pragma clang loop unroll(disable)
	for (i = 0; i < ROUNDS; i++)
		sum += bpf_get_prandom_u32();
	/* Not compared with the packet's end. */
	return sum + *(volatile __u8 *)(long)skb->data;
}
