/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The lines of a ladder.
 */
#ifndef TCPDIAG_TOOLS_LADDER_DRAW_H
#define TCPDIAG_TOOLS_LADDER_DRAW_H

#include <stdbool.h>
#include <stdint.h>

struct flow;
struct ladder;

void draw_ends(const struct ladder *ladder, const struct flow *flow);
void draw_arrow(const struct ladder *ladder, const struct flow *flow,
		uint64_t us, bool right, const char *text, const char *colour);
void draw_beside(const struct ladder *ladder, const struct flow *flow,
		 uint64_t us, const char *state, const char *text);
void draw_remark(const struct ladder *ladder, const char *text);
void draw_across(const struct ladder *ladder, const char *text,
		 const char *colour);

#endif /* TCPDIAG_TOOLS_LADDER_DRAW_H */
