/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* What became of requests, whatever their method. */
#ifndef EXCHANGE_SUMS_H
#define EXCHANGE_SUMS_H

#include "sweep.h"

static inline struct exchange_counts all_exchanges(void)
{
	struct exchange_counts all = {};
	__u64 *sum = (__u64 *)&all;
	__u32 method, i;

	for (method = 0; method < METHOD_COUNT; method++)
		for (i = 0; i < sizeof(all) / sizeof(*sum); i++)
			sum[i] += ((__u64 *)&host.exchanges[method])[i];
	return all;
}

#endif
