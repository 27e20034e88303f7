/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* The first octet of an input of judge_fuzz, modulo INPUT_KINDS: what the rest is. */
#ifndef JUDGE_INPUT_H
#define JUDGE_INPUT_H

enum judge_input {
	INPUT_ETHERNET = 0,
	INPUT_NO_LINK_HEADER = 1,
	INPUT_LINE = 2, /* the data of a segment */
	INPUT_STRETCHED_LINE =
		3, /* the same, but for two octets: how many to insert, and one: where */
	INPUT_KINDS = 4,
};

#endif
