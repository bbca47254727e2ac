// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: sequences made, changed, written and read. */
#include <stdio.h>
#include <string.h>

#include "tcpfuzz.h"

/* Connections, and small slots, more often than not, so that calls meet on the same sockets. */
static unsigned char draw_byte(void)
{
	return draw(3) ? draw(8) : draw(256);
}

static struct call draw_call(void)
{
	unsigned int pair = kind_by_name("pair");
	struct call c = {
		.kind = draw(8) ? draw(kinds()) : pair,
		.a = draw_byte(),
		.b = draw_byte(),
		.c = draw_byte(),
	};

	return c;
}

void make_sequence(struct sequence *s)
{
	int i;

	s->n = 4 + draw(MAX_CALLS - 4);
	for (i = 0; i < s->n; i++)
		s->calls[i] = draw_call();
}

static void insert(struct sequence *s, int at, struct call c)
{
	if (s->n == MAX_CALLS)
		s->n--;
	if (at > s->n)
		at = s->n;
	memmove(&s->calls[at + 1], &s->calls[at],
		(s->n - at) * sizeof(s->calls[0]));
	s->calls[at] = c;
	s->n++;
}

static void remove_call(struct sequence *s, int at)
{
	if (s->n < 2)
		return;
	s->n--;
	memmove(&s->calls[at], &s->calls[at + 1],
		(s->n - at) * sizeof(s->calls[0]));
}

/* The beginning of the one and the end of the other. */
static void cross(struct sequence *s, const struct sequence *other)
{
	int at = draw(s->n), from = draw(other->n);

	while (at < MAX_CALLS && from < other->n)
		s->calls[at++] = other->calls[from++];
	s->n = at;
}

void change_sequence(struct sequence *s, const struct sequence *other)
{
	int times = 1 + draw(4);
	struct call *c;

	while (times--) {
		switch (draw(5)) {
		case 0:
			remove_call(s, draw(s->n));
			break;
		case 1:
			cross(s, other);
			break;
		case 2:
			c = &s->calls[draw(s->n)];
			*(draw(3) ? draw(2) ? &c->a : &c->b : &c->c) = draw_byte();
			break;
		default:
			insert(s, draw(s->n + 1), draw_call());
		}
	}
}

void print_sequence(const struct sequence *s, char *line, size_t bytes)
{
	size_t used = 0;
	int i;

	*line = '\0';
	for (i = 0; i < s->n && used < bytes; i++)
		used += snprintf(line + used, bytes - used, "%s%s %u %u %u",
				 i ? "; " : "", kind_name(s->calls[i].kind),
				 s->calls[i].a, s->calls[i].b, s->calls[i].c);
}

/* A number before it says when it ran, and is of no matter here. */
bool parse_sequence(const char *line, struct sequence *s)
{
	unsigned int a, b, c;
	char name[32];
	int kind, used;

	if (*line >= '0' && *line <= '9')
		line += strspn(line, "0123456789: ");
	s->n = 0;
	while (s->n < MAX_CALLS &&
	       sscanf(line, " %31s %u %u %u%n", name, &a, &b, &c, &used) == 4) {
		kind = kind_by_name(name);
		if (kind < 0)
			return false;
		s->calls[s->n++] = (struct call){ kind, a, b, c };
		line += used;
		line += strspn(line, "; ");
	}
	return s->n > 0;
}
