// SPDX-License-Identifier: GPL-2.0
/*
 * Makes strings of any bytes harmless in what is printed.
 *
 * The name of a process may hold any bytes: blanks, line feeds, commands to the
 * terminal. In text it is one word of printable ASCII, as in the files under
 * /proc/net/tcpdiag. In JSON and in labels of metrics it stays as it is where it is
 * printable UTF-8. In both, what must not stay is written as a backslash and three
 * octal digits, and a backslash as \134, so that no two names become the same.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "escape.h"

/* What is kept of a string, and how much at a time. */
typedef size_t (*kept_fn)(const char *s);

static size_t kept_name(const char *s)
{
	return *s > ' ' && *s < 0x7f && *s != '\\';
}

static size_t kept_text(const char *s)
{
	return *s >= ' ' && *s < 0x7f;
}

/* Length that the first byte of a character promises; 0 if it is none. */
static size_t promised(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first < 0xe0)
		return 2;
	if (first >= 0xe0 && first < 0xf0)
		return 3;
	return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static uint32_t code_point(const char *s, size_t n)
{
	uint32_t c = (unsigned char)*s & (0xff >> (n + 1));
	size_t i;

	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	return c;
}

/**
 * utf8_length() - the length of a character
 * @s: a string
 *
 * Return: how many bytes the first character of @s has, 0 if that is not UTF-8.
 */
size_t utf8_length(const char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = promised(*s);
	uint32_t c;

	if (n < 2)
		return n;
	c = code_point(s, n);
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

/* Without control characters, those of C1 included. */
static size_t kept_utf8(const char *s)
{
	size_t n = utf8_length(s);

	if (n == 1)
		return *s >= ' ' && *s != 0x7f && *s != '\\';
	if (n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0)
		return 0;
	return n;
}

static void escape(char *buf, size_t size, const char *s, kept_fn kept)
{
	char *end = buf + size;

	while (*s && end - buf > ESCAPE_GROWTH) {
		size_t n = kept(s);

		if (n) {
			memcpy(buf, s, n);
			buf += n;
			s += n;
		} else {
			buf += snprintf(buf, 5, "\\%03o", (unsigned char)*s++);
		}
	}
	*buf = '\0';
}

/**
 * escape_name() - make one word of a name
 * @buf: where to
 * @size: its size; what does not fit is left out
 * @name: the name
 */
void escape_name(char *buf, size_t size, const char *name)
{
	escape(buf, size, *name ? name : "-", kept_name);
}

/**
 * escape_text() - make a text printable; blanks and backslashes stay
 * @buf: where to
 * @size: its size; what does not fit is left out
 * @text: the text
 */
void escape_text(char *buf, size_t size, const char *text)
{
	escape(buf, size, text, kept_text);
}

/**
 * escape_utf8() - make a name printable UTF-8
 * @buf: where to
 * @size: its size; what does not fit is left out
 * @name: the name
 */
void escape_utf8(char *buf, size_t size, const char *name)
{
	escape(buf, size, name, kept_utf8);
}

/**
 * print_text() - print a text of any length, made printable
 * @out: where to
 * @text: the text
 */
void print_text(FILE *out, const char *text)
{
	while (*text) {
		size_t n = 0;

		while (kept_text(text + n))
			n++;
		fwrite_unlocked(text, 1, n, out);
		text += n;
		if (*text)
			fprintf(out, "\\%03o", (unsigned char)*text++);
	}
}
