// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/*
 * Judges packets for whoever has another judge to compare with. Reads lines "FLAGS HEX" - flags: e,
 * with an Ethernet header, or n, with none - and answers each with "RESULT METHOD PORT", numbers of
 * http_counter.h; METHOD and PORT are 0 unless it is a request.
 */
#include <stdio.h>

#include "host_judge.h"

static int nibble(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* In place. Answers the number of octets, or negative if that is no hexadecimal. */
static int decode(char *hex)
{
	__u8 *octets = (__u8 *)hex;
	int count, high, low;

	hex[strcspn(hex, "\r\n")] = '\0';
	for (count = 0; hex[2 * count]; count++) {
		high = nibble(hex[2 * count]);
		low = high < 0 ? -1 : nibble(hex[2 * count + 1]);
		if (low < 0)
			return -1;
		octets[count] = high << 4 | low;
	}
	return count;
}

static struct verdict counted_verdict(const __u8 *octets, __u32 length, int no_link_header)
{
	packet_t packet = {.octets = octets, .length = length};
	struct payload payload = {};

	find_payload(&packet, no_link_header, &payload);
	return (struct verdict){RESULT_REQUEST, host.first_method, payload.local_port};
}

static int answer(char *line)
{
	struct verdict verdict;
	int length;

	if ((line[0] != 'e' && line[0] != 'n') || line[1] != ' ')
		return -1;
	length = decode(line + 2);
	if (length < 0)
		return -1;
	verdict = judge_octets((__u8 *)line + 2, length, line[0] == 'n');
	/* A line that was too long came first, but the packet counts all the same. */
	if (verdict.result == RESULT_LINE_TOO_LONG && host.first_method >= 0)
		verdict = counted_verdict((__u8 *)line + 2, length, line[0] == 'n');
	if (verdict.result != RESULT_REQUEST)
		verdict.method = verdict.local_port = 0;
	else /* of several, the lowest: what a reader of the maps can tell */
		for (verdict.method = 0; !host.requests[verdict.method];)
			verdict.method++;
	printf("%d %d %d\n", verdict.result, verdict.method, verdict.local_port);
	return fflush(stdout);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	int count, status = 0;

	for (count = 1; !status && getline(&line, &room, stdin) > 0; count++) {
		status = answer(line);
		if (status)
			fprintf(stderr, "line %d: not FLAGS HEX\n", count);
	}
	free(line);
	return status ? 2 : 0;
}
