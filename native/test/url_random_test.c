// SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later
/* Random targets and hosts, named as a reader would that takes them octet by octet. */
#include "url_cases.h"

struct text {
	char octets[1024];
	__u32 length;
};

static __u32 state = 1;

static __u32 random_below(__u32 bound)
{
	state = state * 1664525 + 1013904223;
	return (state >> 16) % bound;
}

static void append(struct text *text, char octet)
{
	text->octets[text->length++] = octet;
}

static void append_all(struct text *text, const char *octets, __u32 length)
{
	while (length--)
		append(text, *octets++);
}

static int is_hex(char octet)
{
	return strchr("0123456789abcdefABCDEF", octet) && octet;
}

static int is_identifier_text(const char *segment, __u32 length)
{
	__u32 digits = 0, hex = 0, i;
	int uuid = length == 36;

	for (i = 0; i < length; i++) {
		digits += segment[i] >= '0' && segment[i] <= '9';
		hex += is_hex(segment[i]);
		if (i == 8 || i == 13 || i == 18 || i == 23)
			uuid &= segment[i] == '-';
		else
			uuid &= is_hex(segment[i]) || segment[i] == '-';
	}
	return length && (digits == length || uuid || (hex == length && length >= 16));
}

/* Answers whether it is short enough for all of it to be kept. */
static int reference_path(const struct text *target, struct text *path)
{
	__u32 end = 0, from, at, segments = 0;

	path->length = 0;
	while (end < target->length && target->octets[end] != '?' && target->octets[end] != '#')
		end++;
	for (at = 0; at < end; at++) {
		append(path, target->octets[at]);
		from = ++at;
		while (at < end && target->octets[at] != '/')
			at++;
		if (is_identifier_text(target->octets + from, at - from))
			append_all(path, "{id}", 4);
		else
			append_all(path, target->octets + from, at - from);
		at--;
		segments++;
	}
	return path->length < PATH_MAX && segments <= 24 && target->length <= TARGET_ROOM;
}

static void reference_host(const struct text *value, struct text *name)
{
	__u32 i;
	char octet;

	name->length = 0;
	for (i = 0; i < value->length; i++) {
		octet = value->octets[i];
		if (octet == ':')
			break;
		append(name, octet >= 'A' && octet <= 'Z' ? octet + 32 : octet);
	}
}

static void random_segment(struct text *target)
{
	static const char *const alphabets[] = {
		"0123456789",
		"0123456789abcdef",
		"0123456789ABCDEFabcdef-",
		"abcdefghijklmnopqrstuvwxyz",
		"/aZ9-._~%!$&'()*+,;=:@",
		"\xc3\xa4\x80\xff/0aa",
	};
	const char *alphabet = alphabets[random_below(6)];
	__u32 lengths[] = {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 36, 40};
	__u32 length = random_below(2) ? random_below(20) : lengths[random_below(14)];
	__u32 from = target->length, i;

	for (i = 0; i < length; i++)
		append(target, alphabet[random_below(strlen(alphabet))]);
	if (length == 36 && random_below(2))
		for (i = 8; i <= 23; i += 5)
			target->octets[from + i] = '-';
}

static void random_target(struct text *target)
{
	__u32 segments = random_below(9), i;

	target->length = 0;
	append(target, '/');
	for (i = 0; i < segments; i++) {
		random_segment(target);
		if (random_below(8))
			append(target, '/');
	}
	if (!random_below(3)) {
		append(target, "?#"[random_below(2)]);
		random_segment(target);
	}
}

static void random_host(struct text *value)
{
	static const char alphabet[] = "abcxyz019.-ABCXYZ_";
	__u32 length = random_below(40);

	value->length = 0;
	while (length--)
		append(value, alphabet[random_below(sizeof(alphabet) - 1)]);
	if (!random_below(3))
		append_all(value, ":8080", 5);
}

static void random_urls(void)
{
	struct text target, value, path, name;
	static char request[2048];
	struct connection c;
	__u32 i, cut, length, kept = 0;

	for (i = 0; i < 60000; i++) {
		random_target(&target);
		random_host(&value);
		if (!reference_path(&target, &path))
			continue;
		kept++;
		reference_host(&value, &name);
		append(&path, 0);
		append(&name, 0);
		length =
			sprintf(request, "GET %.*s HTTP/1.1\r\nHost: %.*s\r\n\r\n",
				(int)target.length, target.octets, (int)value.length, value.octets);
		c = begin_urls(i);
		cut = i % 4 ? 0 : 1 + random_below(length - 1);
		if (cut)
			client_at(&c, 0, request, cut);
		client_at(&c, cut, request + cut, length - cut);
		expect_url(request, i, name.octets, path.octets);
	}
	check_number("random", 0, "most are compared", 1, kept > 40000);
}

static void test(void)
{
	random_urls();
	host.urls = 0;
}

int main(int argc, char **argv)
{
	return each_way(argc, argv, test);
}
