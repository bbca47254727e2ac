// SPDX-License-Identifier: GPL-2.0
/*
 * Writes JSON (RFC 8259). Strings come out as valid UTF-8, whatever they hold.
 */
#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "json.h"
#include "plain.h"

static void new_line(struct json *json)
{
	if (json->pretty)
		fprintf(json->out, "\n%*s", 2 * (int)json->depth, "");
}

/* What comes before a value or a key. */
static void before(struct json *json)
{
	if (json->after_key) {
		json->after_key = false;
		return;
	}
	if (json->more)
		fputc(',', json->out);
	if (json->depth)
		new_line(json);
	json->more = true;
}

/**
 * json_open() - begin an object or an array
 * @json: the text
 * @bracket: { or [
 */
void json_open(struct json *json, char bracket)
{
	before(json);
	fputc(bracket, json->out);
	json->depth++;
	json->more = false;
}

/**
 * json_close() - end an object or an array
 * @json: the text
 * @bracket: } or ]
 */
void json_close(struct json *json, char bracket)
{
	json->depth--;
	if (json->more)
		new_line(json);
	fputc(bracket, json->out);
	json->more = true;
}

/* How many bytes can be written as they are, at once. */
static size_t plain_length(const char *s)
{
	size_t n = 0;

	while (s[n] >= ' ' && s[n] < 0x7f && s[n] != '"' && s[n] != '\\')
		n++;
	return n;
}

static void quoted(struct json *json, const char *s)
{
	size_t n;

	fputc('"', json->out);
	for (; *s; s += n) {
		n = plain_length(s);
		if (n) {
			fwrite(s, 1, n, json->out);
			continue;
		}
		n = utf8_length(s);
		if (!n)
			fprintf(json->out, "\\\\%03o", (unsigned char)*s);
		else if (*s == '"' || *s == '\\')
			fprintf(json->out, "\\%c", *s);
		else if ((n == 1 && (unsigned char)*s < ' ') || *s == 0x7f)
			fprintf(json->out, "\\u%04x", *s);
		else
			fwrite(s, 1, n, json->out);
		n = n ? n : 1;
	}
	fputc('"', json->out);
}

/**
 * json_key() - the key of the next value
 * @json: the text
 * @key: the key
 */
void json_key(struct json *json, const char *key)
{
	before(json);
	quoted(json, key);
	fputs(json->pretty ? ": " : ":", json->out);
	json->after_key = true;
}

/**
 * json_string() - a string
 * @json: the text
 * @s: the string
 */
void json_string(struct json *json, const char *s)
{
	before(json);
	quoted(json, s);
}

/**
 * json_name() - the name of a process
 * @json: the text
 * @name: the name, any bytes
 */
void json_name(struct json *json, const char *name)
{
	char buf[256];

	escape_utf8(buf, sizeof(buf), name);
	json_string(json, buf);
}

/**
 * json_number() - a number
 * @json: the text
 * @n: the number
 */
void json_number(struct json *json, uint64_t n)
{
	before(json);
	print_number(json->out, n);
}

/**
 * json_signed() - a number that may be negative
 * @json: the text
 * @n: the number
 */
void json_signed(struct json *json, int64_t n)
{
	before(json);
	fprintf(json->out, "%" PRId64, n);
}

/**
 * json_tenths() - a number with one decimal
 * @json: the text
 * @tenths: the number
 */
void json_tenths(struct json *json, uint64_t tenths)
{
	before(json);
	fprintf(json->out, "%" PRIu64 ".%" PRIu64, tenths / 10, tenths % 10);
}

/**
 * json_word() - a literal
 * @json: the text
 * @word: null, true or false
 */
void json_word(struct json *json, const char *word)
{
	before(json);
	fputs(word, json->out);
}

/**
 * json_end() - end the text
 * @json: the text, whose objects and arrays are closed
 */
void json_end(struct json *json)
{
	fputc('\n', json->out);
}
