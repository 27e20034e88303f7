// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* A stranger on the hooks: counts the packets that it sees, and answers VERDICT to each. SECTION says which. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} seen SEC(".maps");

SEC(SECTION)
int foreigner(void *context)
{
	__u32 key = 0;
	__u64 *packets = bpf_map_lookup_elem(&seen, &key);

	if (packets)
		__sync_fetch_and_add(packets, 1);
	return VERDICT;
}

char LICENSE[] SEC("license") = "GPL";
