/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Draws connections as the ladders of the textbooks.
 */
#ifndef TCPDIAG_TOOLS_LADDER_H
#define TCPDIAG_TOOLS_LADDER_H

#include "flow.h"

struct tool;

/* Segments of one burst are drawn at the latest so long after the first one. */
#define LADDER_BURST_US	200000
/* Room for a line of text between the bars. */
#define LADDER_TEXT	128

/**
 * struct change - a change of state of our end
 * @ends: where
 * @us: when, on the clock of the segments
 * @from: the state that was left
 * @to: the state that was entered
 * @has_stay: @stay_us is known
 * @stay_us: how long it was in @from
 */
struct change {
	struct ends ends;
	uint64_t us;
	char from[16];
	char to[16];
	bool has_stay;
	uint64_t stay_us;
};

/**
 * struct reset - why a RST was sent
 * @ends: where
 * @us: when, on the clock of the segments
 * @reason: the kernel's word for it
 */
struct reset {
	struct ends ends;
	uint64_t us;
	char reason[32];
};

/**
 * struct ladder - the drawing
 * @tool: how to run: where to, how wide, with which colours
 * @utf8: with lines and arrows, not with ASCII
 * @flows: the connections
 * @began_us: time 0 of the drawing; 0 before the first event
 * @first: the first connection of which segments are not drawn yet, or NULL
 * @last: the last one
 */
struct ladder {
	const struct tool *tool;
	bool utf8;
	struct flows flows;
	uint64_t began_us;
	struct flow *first;
	struct flow *last;
};

void ladder_init(struct ladder *ladder, const struct tool *tool, bool utf8);
bool ladder_segment(struct ladder *ladder, const struct segment *segment);
bool ladder_change(struct ladder *ladder, const struct change *change);
bool ladder_reset(struct ladder *ladder, const struct reset *reset);
void ladder_note(struct ladder *ladder, const char *text);
void ladder_rest(struct ladder *ladder, uint64_t us);
void ladder_end(struct ladder *ladder);

#endif /* TCPDIAG_TOOLS_LADDER_H */
