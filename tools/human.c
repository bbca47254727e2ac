// SPDX-License-Identifier: GPL-2.0
/*
 * Durations, numbers and times as people write them: "4.3s", "3h05m", "83.0M" out,
 * "90s", "5m", "1h30m" in. As in /proc/tcpdiag, but each is one word.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "human.h"
#include "table.h"

#define US_PER_MS	1000ULL
#define US_PER_S	(1000 * US_PER_MS)
#define US_PER_MIN	(60 * US_PER_S)
#define US_PER_HOUR	(60 * US_PER_MIN)
#define US_PER_DAY	(24 * US_PER_HOUR)

/* With one decimal below 100, without from 100 on. */
static void tenths(char *buf, uint64_t us, uint64_t unit, const char *name)
{
	uint64_t t = us * 10 / unit;

	if (t >= 1000)
		snprintf(buf, HUMAN_LEN, "%" PRIu64 "%s", t / 10, name);
	else
		snprintf(buf, HUMAN_LEN, "%" PRIu64 ".%" PRIu64 "%s", t / 10,
			 t % 10, name);
}

static void pair(char *buf, uint64_t us, uint64_t big, char big_name,
		 uint64_t small, char small_name)
{
	snprintf(buf, HUMAN_LEN, "%" PRIu64 "%c%02" PRIu64 "%c", us / big,
		 big_name, us % big / small, small_name);
}

/**
 * human_duration() - write a duration in suitable units, as one word
 * @buf: room for HUMAN_LEN characters
 * @us: microseconds
 */
void human_duration(char *buf, uint64_t us)
{
	if (us < US_PER_MS)
		snprintf(buf, HUMAN_LEN, "%" PRIu64 "us", us);
	else if (us < US_PER_S)
		tenths(buf, us, US_PER_MS, "ms");
	else if (us < US_PER_MIN)
		tenths(buf, us, US_PER_S, "s");
	else if (us < US_PER_HOUR)
		pair(buf, us, US_PER_MIN, 'm', US_PER_S, 's');
	else if (us < US_PER_DAY)
		pair(buf, us, US_PER_HOUR, 'h', US_PER_MIN, 'm');
	else
		pair(buf, us, US_PER_DAY, 'd', US_PER_HOUR, 'h');
}

/**
 * human_number() - write a number with a suitable decimal prefix
 * @buf: room for HUMAN_LEN characters
 * @n: the number
 */
void human_number(char *buf, uint64_t n)
{
	static const char prefixes[] = "kMGTPE";
	unsigned int i = 0;
	uint64_t unit = 1000;

	if (n < unit) {
		snprintf(buf, HUMAN_LEN, "%" PRIu64, n);
		return;
	}
	while (i < sizeof(prefixes) - 2 && n / 1000 >= unit) {
		unit *= 1000;
		i++;
	}
	if (n / unit >= 100)
		snprintf(buf, HUMAN_LEN, "%" PRIu64 "%c", n / unit, prefixes[i]);
	else
		snprintf(buf, HUMAN_LEN, "%" PRIu64 ".%" PRIu64 "%c", n / unit,
			 n % unit / (unit / 10), prefixes[i]);
}

static const struct {
	const char *name;
	uint64_t us;
} units[] = {
	{ "us", 1 }, { "ms", US_PER_MS }, { "s", US_PER_S },
	{ "m", US_PER_MIN }, { "min", US_PER_MIN }, { "h", US_PER_HOUR },
	{ "d", US_PER_DAY }, { "", US_PER_S },
};

/* 0 if there is no such unit. */
static uint64_t unit_us(const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(units); i++)
		if (strlen(units[i].name) == len &&
		    !memcmp(units[i].name, name, len))
			return units[i].us;
	return 0;
}

/* One number and its unit. Returns what follows, or NULL. */
static const char *parse_part(const char *text, uint64_t *us)
{
	uint64_t n, unit;
	size_t len = 0;
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	n = strtoull(text, &end, 10);
	while (isalpha((unsigned char)end[len]))
		len++;
	unit = unit_us(end, len);
	if (errno || !unit || __builtin_mul_overflow(n, unit, &n) ||
	    __builtin_add_overflow(*us, n, us))
		return NULL;
	return end + len;
}

/**
 * parse_duration() - read a duration
 * @text: "90" (seconds), "250ms", "90s", "5m", "1h30m", "2d"
 * @us: set to it, in microseconds
 *
 * Return: false if @text is none.
 */
bool parse_duration(const char *text, uint64_t *us)
{
	*us = 0;
	do {
		text = parse_part(text, us);
	} while (text && *text);
	return text;
}

/**
 * parse_number() - read a decimal number
 * @text: the number, nothing around it
 * @max: the largest one that is allowed
 * @n: set to it
 *
 * Return: false if @text is none, or larger than @max.
 */
bool parse_number(const char *text, uint64_t max, uint64_t *n)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	errno = 0;
	*n = strtoull(text, &end, 10);
	return !errno && !*end && *n <= max;
}
