// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Status lines that come whole, and cut. */
#include "sweep.h"

#define GET   "GET / HTTP/1.1\r\n\r\n"
#define EMPTY "Content-Length: 0\r\n\r\n"

static __u32 responses(const char *answer, __u32 cut)
{
	struct connection c = begin_sweep(0, 3);
	__u32 status, all = 0;

	client_says(&c, GET);
	server_at(&c, 0, answer, cut);
	server_at(&c, cut, answer + cut, strlen(answer) - cut);
	for (status = 0; status < 1000; status++)
		all += host.responses[METHOD_GET][status] * (1000 + status);
	return all;
}

/* A status line that comes whole is read as one that is cut; whatever is wrong with it. */
static void status_lines(void)
{
	char answer[] = "HTTP/1.1 417 a\r\n" EMPTY;
	const __u32 line = strlen("HTTP/1.1 417");
	__u32 at, octet, before;

	for (at = 0; at < line; at++) {
		before = answer[at];
		for (octet = 1; octet < 256; octet++) {
			answer[at] = octet;
			check_number("status line", at * 1000 + octet, "response",
				     responses(answer, 5), responses(answer, line + 3));
		}
		answer[at] = before;
	}
	check_number("status line", 0, "response", 1417, responses(answer, line));
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, status_lines);
}
