// SPDX-License-Identifier: GPL-2.0
/*
 * Draws the lines of a ladder (ladder.c says which), in the columns that they share.
 */
#include <inttypes.h>
#include <string.h>

#include "ladder-draw.h"
#include "ladder.h"
#include "tool.h"

/* Columns before the left bar: id, time, state, and a blank behind each. */
#define ID_WIDTH	4
#define TIME_WIDTH	10
#define STATE_WIDTH	12
#define MARGIN		(ID_WIDTH + TIME_WIDTH + 1 + STATE_WIDTH + 1)
/* Between the bars at least, and at most. */
#define SPAN_MIN	40
#define SPAN_MAX	80

/**
 * struct signs - what is drawn with
 * @bar: a bar
 * @foot: the bar of an arrow's sender at the left
 * @peer_foot: the same at the right
 * @shaft: a piece of an arrow
 * @right: the head of an arrow to the right
 * @left: the head of an arrow to the left
 */
struct signs {
	const char *bar;
	const char *foot;
	const char *peer_foot;
	const char *shaft;
	const char *right;
	const char *left;
};

static const struct signs ascii = { "|", "|", "|", "-", ">", "<" };
static const struct signs lines = { "│", "├", "┤", "─", "▶", "◀" };

static const struct signs *signs_of(const struct ladder *ladder)
{
	return ladder->utf8 ? &lines : &ascii;
}

/* Columns between the bars. */
static int span(const struct ladder *ladder)
{
	int width = (int)(ladder->tool->width ?: 80) - MARGIN - 2;

	if (width < SPAN_MIN)
		return SPAN_MIN;
	return width < SPAN_MAX ? width : SPAN_MAX;
}

static void draw_margin(const struct ladder *ladder, const struct flow *flow,
			uint64_t us, const char *state)
{
	FILE *out = ladder->tool->out;
	char id[16];

	snprintf(id, sizeof(id), "#%u", flow->id);
	us = us < ladder->began_us ? 0 : us - ladder->began_us;
	fprintf(out, "%-*s%*" PRIu64 ".%06" PRIu64 " %-*s ", ID_WIDTH, id,
		TIME_WIDTH - 7, us / 1000000, us % 1000000, STATE_WIDTH, state);
}

static void draw_text(const struct ladder *ladder, const char *text, int room,
		      const char *colour)
{
	colour_begin(ladder->tool, colour);
	fprintf(ladder->tool->out, "%.*s", room, text);
	if (colour)
		colour_end(ladder->tool);
}

static void repeat(FILE *out, const char *sign, int n)
{
	while (n-- > 0)
		fputs(sign, out);
}

/* Text between the bars, without an arrow. */
static void draw_between(const struct ladder *ladder, const char *text)
{
	const struct signs *s = signs_of(ladder);
	FILE *out = ladder->tool->out;
	int room = span(ladder) - 3, used = strlen(text);

	fprintf(out, "%s   ", s->bar);
	draw_text(ladder, text, room, NULL);
	fprintf(out, "%*s%s\n", used < room ? room - used : 0, "", s->bar);
}

/**
 * draw_beside() - draw a line with a time and a state, and text without an arrow
 * @ladder: the drawing
 * @flow: the connection
 * @us: when
 * @state: the state of our end
 * @text: the text between the bars
 */
void draw_beside(const struct ladder *ladder, const struct flow *flow,
		 uint64_t us, const char *state, const char *text)
{
	draw_margin(ladder, flow, us, state);
	draw_between(ladder, text);
}

/**
 * draw_remark() - draw a line that belongs to the one above
 * @ladder: the drawing
 * @text: the text between the bars
 */
void draw_remark(const struct ladder *ladder, const char *text)
{
	fprintf(ladder->tool->out, "%*s", MARGIN, "");
	draw_between(ladder, text);
}

/**
 * draw_arrow() - draw a segment
 * @ladder: the drawing
 * @flow: the connection
 * @us: when
 * @right: our end sends it
 * @text: what it is
 * @colour: of the text, or NULL
 *
 * A piece of the shaft and a head stand beside the text at least.
 */
void draw_arrow(const struct ladder *ladder, const struct flow *flow,
		uint64_t us, bool right, const char *text, const char *colour)
{
	const struct signs *s = signs_of(ladder);
	FILE *out = ladder->tool->out;
	int room = span(ladder) - 5, used = strlen(text);
	int shaft = used < room ? room - used : 0;

	draw_margin(ladder, flow, us, "");
	fprintf(out, "%s%s ", right ? s->foot : s->bar, right ? s->shaft : s->left);
	draw_text(ladder, text, room, colour);
	fputc(' ', out);
	repeat(out, s->shaft, shaft + 1);
	fprintf(out, "%s%s\n", right ? s->right : s->shaft,
		right ? s->bar : s->peer_foot);
}

static void describe_end(char *buf, size_t size, const struct end *end)
{
	FILE *out = fmemopen(buf, size, "w");

	*buf = '\0';
	if (!out)
		return;
	end_print(out, end);
	fclose(out);
}

/**
 * draw_ends() - draw the headline of a connection
 * @ladder: the drawing
 * @flow: the connection
 *
 * Our end stands above the left bar, the peer above the right one.
 */
void draw_ends(const struct ladder *ladder, const struct flow *flow)
{
	int room = span(ladder) + 2;
	FILE *out = ladder->tool->out;
	char ours[64], peers[64], id[16];

	describe_end(ours, sizeof(ours), &flow->ends.local);
	describe_end(peers, sizeof(peers), &flow->ends.remote);
	snprintf(id, sizeof(id), "#%u", flow->id);
	fprintf(out, "\n%-*s%*s %-*s ", ID_WIDTH, id, TIME_WIDTH, "time",
		STATE_WIDTH, "state");
	if ((int)(strlen(ours) + strlen(peers)) < room - 1)
		fprintf(out, "%s%*s\n", ours, room - (int)strlen(ours), peers);
	else
		fprintf(out, "%s\n%*s%*s\n", ours, MARGIN, "", room, peers);
}

/**
 * draw_across() - draw a line about all connections
 * @ladder: the drawing
 * @text: the line
 * @colour: of the text
 */
void draw_across(const struct ladder *ladder, const char *text,
		 const char *colour)
{
	fprintf(ladder->tool->out, "%*s", ID_WIDTH, "");
	draw_text(ladder, text, LADDER_TEXT, colour);
	fputc('\n', ladder->tool->out);
}
