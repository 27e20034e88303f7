// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Any octets: no read out of bounds, no undefined behaviour, and of any line what the reference
 * says. */
#include "host_judge.h"
#include "judge_input.h"
#include "reference_line.h"

#define STRETCH_MAX 8200

/* What comes with SYN and ACK is the server's, however much it looks like a request. */
static int reference_data(const __u8 *octets, const struct payload *payload)
{
	int result = reference_line(octets + payload->offset, payload->length);

	if ((payload->flags & (TCP_SYN | TCP_ACK)) != (TCP_SYN | TCP_ACK))
		return result;
	switch (result & 0xff) {
	case RESULT_REQUEST:
	case RESULT_LINE_INCOMPLETE:
	case RESULT_LINE_TOO_LONG:
		return RESULT_RESPONSE;
	default:
		return result;
	}
}

static void fuzz_packet(const __u8 *octets, __u32 length, int no_link_header)
{
	struct verdict verdict = judge_octets(octets, length, no_link_header);
	packet_t packet = {.octets = octets, .length = length};
	struct payload payload = {};
	int found = find_payload(&packet, no_link_header, &payload);

	if (found != RESULT_REQUEST) {
		must_agree("verdict on headers", found, number(verdict));
		return;
	}
	assert(payload.length > 0 && payload.length <= length &&
	       payload.offset <= length - payload.length);
	must_agree("payload and reference", verdict.result | verdict.method << 8,
		   reference_data(octets, &payload));
}

static void fuzz_line(const __u8 *octets, __u32 length)
{
	/* there always is some: no payload is no line */
	if (length)
		must_agree("line and reference", match_octets(octets, length),
			   reference_line(octets, length));
}

/* Long lines out of short inputs. */
static void fuzz_stretched_line(const __u8 *octets, __u32 length)
{
	__u32 count, where;
	__u8 *line;

	if (length < 4)
		return;
	count = (octets[0] << 8 | octets[1]) % STRETCH_MAX;
	octets += 3;
	length -= 3;
	where = octets[-1] % length;
	line = malloc(length + count);
	assert(line);
	memcpy(line, octets, where);
	memset(line + where, octets[where], count);
	memcpy(line + where + count, octets + where, length - where);
	fuzz_line(line, length + count);
	free(line);
}

int LLVMFuzzerTestOneInput(const __u8 *input, size_t size);

int LLVMFuzzerTestOneInput(const __u8 *input, size_t size)
{
	if (size == 0)
		return 0;
	switch (input[0] % INPUT_KINDS) {
	case INPUT_LINE:
		fuzz_line(input + 1, size - 1);
		break;
	case INPUT_STRETCHED_LINE:
		fuzz_stretched_line(input + 1, size - 1);
		break;
	default:
		fuzz_packet(input + 1, size - 1, input[0] % INPUT_KINDS == INPUT_NO_LINK_HEADER);
	}
	return 0;
}
