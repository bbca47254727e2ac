/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a trace hears from the module: its messages, in the order of their times.
 */
#ifndef TCPDIAG_TOOLS_HEARD_H
#define TCPDIAG_TOOLS_HEARD_H

#include <stddef.h>

#include "ladder.h"

struct nlmsghdr;

/**
 * enum heard_kind - what was heard
 * @HEARD_SEGMENT: a segment
 * @HEARD_CHANGE: a change of state
 * @HEARD_RESET: why a RST was sent
 * @HEARD_END: the trace has ended
 */
enum heard_kind {
	HEARD_SEGMENT,
	HEARD_CHANGE,
	HEARD_RESET,
	HEARD_END,
};

/**
 * struct heard - a message
 * @kind: what it is about
 * @us: when that was, microseconds since the epoch
 * @came_us: when the message came, microseconds of CLOCK_MONOTONIC
 * @lost: messages that were lost just before it
 * @limited: segments that were left out just before it
 * @segment: for HEARD_SEGMENT
 * @change: for HEARD_CHANGE
 * @reset: for HEARD_RESET
 * @reason: for HEARD_END: why
 */
struct heard {
	enum heard_kind kind;
	uint64_t us;
	uint64_t came_us;
	uint64_t lost;
	uint64_t limited;
	union {
		struct segment segment;
		struct change change;
		struct reset reset;
		char reason[16];
	};
};

/*
 * Segments and changes of state come each in their order, but one may overtake
 * the other by less than this.
 */
#define HEARD_WAIT_US	50000

/**
 * struct hearing - messages that may still be overtaken
 * @first: place of the first one
 * @n: behind the last one
 * @room: for how many there is room
 * @heard: the messages, in the order of their times
 */
struct hearing {
	size_t first;
	size_t n;
	size_t room;
	struct heard *heard;
};

bool heard_read(struct heard *heard, const struct nlmsghdr *nlh);
bool hearing_add(struct hearing *hearing, const struct heard *heard);
bool hearing_next(struct hearing *hearing, uint64_t now_us, struct heard *heard);
void hearing_free(struct hearing *hearing);

#endif /* TCPDIAG_TOOLS_HEARD_H */
