// SPDX-License-Identifier: GPL-2.0
/*
 * Draws connections as the ladders of the textbooks: our end at the left with its
 * states, the peer at the right, an arrow for each segment. Segments in a row that
 * carry data in one direction are one arrow, and the pure ACKs that answer them
 * another; they wait for LADDER_BURST_US at most. ladder-draw.c draws the lines.
 *
 *   id        time state        10.0.0.1:40000                  10.0.0.2:80
 *   #1    0.000000 (SYN_SENT)   |- SYN  ISN 305419896 ------------------>|
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "human.h"
#include "ladder-draw.h"
#include "ladder.h"
#include "tool.h"

#define RED	"\033[1;31m"
#define YELLOW	"\033[33m"

/**
 * struct burst - segments that become one arrow
 * @n: how many, as packets on the wire
 * @us: when the first one was there
 * @kind: what all of them are
 * @times: how often the first one was sent again by now
 * @from: the first sequence number, relative
 * @to: behind the last one
 * @bytes: bytes that they carry
 * @ack: the last acknowledgment number, relative
 * @flags: FLAG_*, of any of them
 */
struct burst {
	unsigned int n;
	uint64_t us;
	enum kind_of_segment kind;
	unsigned int times;
	uint32_t from;
	uint32_t to;
	uint64_t bytes;
	uint32_t ack;
	uint8_t flags;
};

/**
 * struct rung - what the drawing keeps for a connection
 * @next: the next connection with segments that are not drawn yet
 * @waits: some are not
 * @headed: its headline was drawn
 * @state: the state of our end; "" if that is not known
 * @concluded: from a segment
 * @since_us: when it was entered, if that was seen; else 0
 * @out: direction of @data
 * @data: segments with data
 * @acks: pure ACKs in the other direction
 * @ack: the last acknowledgment that was drawn, by direction
 * @reset: the last single segment that was drawn is a RST that was sent
 * @reason: why the next one is sent, or ""
 */
struct rung {
	struct flow *next;
	bool waits;
	bool headed;
	char state[16];
	bool concluded;
	uint64_t since_us;
	bool out;
	struct burst data;
	struct burst acks;
	uint32_t ack[2];
	bool reset;
	char reason[32];
};

static struct rung *rung_of(struct flow *flow)
{
	return (struct rung *)flow->data;
}

/**
 * ladder_init() - begin a drawing
 * @ladder: the drawing
 * @tool: how to run
 * @utf8: with lines and arrows, not with ASCII
 */
void ladder_init(struct ladder *ladder, const struct tool *tool, bool utf8)
{
	*ladder = (struct ladder) {
		.tool = tool,
		.utf8 = utf8,
		.flows.size = sizeof(struct rung),
	};
}

/* On loopback the peer is another connection of the trace. */
static const struct flow *other_end(const struct ladder *ladder,
				    const struct flow *flow)
{
	struct ends ends = {
		.local = flow->ends.remote,
		.remote = flow->ends.local,
	};

	return flow_find(&ladder->flows, &ends);
}

static void draw_head(struct ladder *ladder, struct flow *flow)
{
	const struct flow *other = other_end(ladder, flow);
	char text[LADDER_TEXT];

	if (rung_of(flow)->headed)
		return;
	rung_of(flow)->headed = true;
	draw_ends(ladder, flow);
	if (!other || other == flow || other->over)
		return;
	snprintf(text, sizeof(text), "the other end of #%u", other->id);
	draw_remark(ladder, text);
}

__printf(2, 3)
static void add_text(char *text, const char *format, ...)
{
	size_t used = strlen(text);
	va_list args;

	va_start(args, format);
	vsnprintf(text + used, LADDER_TEXT - used, format, args);
	va_end(args);
}

/* -- bursts --------------------------------------------------------------- */

static const char *count_of(char *buf, uint64_t n, const char *what)
{
	snprintf(buf, HUMAN_LEN + 16, "%" PRIu64 " %s%s", n, what,
		 n == 1 ? "" : "s");
	return buf;
}

static void describe_data(char *text, const struct burst *b, uint32_t acked)
{
	char buf[HUMAN_LEN + 16];

	*text = '\0';
	if (b->n > 1)
		add_text(text, "%s, ", count_of(buf, b->n, "segment"));
	add_text(text, "%s  %" PRIu32 ":%" PRIu32,
		 count_of(buf, b->bytes, "byte"), b->from, b->to);
	if (b->flags & FLAG_ACK && b->ack != acked)
		add_text(text, "  ack %" PRIu32, b->ack);
}

static const char *colour_of_kind(enum kind_of_segment kind)
{
	return kind == SEGMENT_NEW || kind == SEGMENT_KEEPALIVE ? NULL : YELLOW;
}

static void add_kind(char *text, bool out, enum kind_of_segment kind,
		     unsigned int times)
{
	if (kind == SEGMENT_AGAIN && out && times > 1)
		add_text(text, "  retransmit %u", times);
	else if (kind == SEGMENT_AGAIN)
		add_text(text, out ? "  retransmit" : "  seen before");
	else if (kind == SEGMENT_LATE)
		add_text(text, "  late");
	else if (kind == SEGMENT_KEEPALIVE)
		add_text(text, "  keepalive probe");
	else if (kind == SEGMENT_PROBE)
		add_text(text, "  window probe");
}

static void draw_data(struct ladder *ladder, struct flow *flow)
{
	struct rung *rung = rung_of(flow);
	const struct burst *b = &rung->data;
	char text[LADDER_TEXT];

	if (!b->n)
		return;
	describe_data(text, b, rung->ack[rung->out]);
	add_kind(text, rung->out, b->kind, b->times);
	draw_arrow(ladder, flow, b->us, rung->out, text, colour_of_kind(b->kind));
	if (b->flags & FLAG_ACK)
		rung->ack[rung->out] = b->ack;
}

static void draw_acks(struct ladder *ladder, struct flow *flow)
{
	struct rung *rung = rung_of(flow);
	const struct burst *b = &rung->acks;
	char text[LADDER_TEXT];

	if (!b->n)
		return;
	snprintf(text, sizeof(text), "ACK %" PRIu32, b->ack);
	if (b->n > 1)
		snprintf(text, sizeof(text), "%u ACKs, up to %" PRIu32, b->n, b->ack);
	draw_arrow(ladder, flow, b->us, !rung->out, text, NULL);
	rung->ack[!rung->out] = b->ack;
}

static void leave_waiting(struct ladder *ladder, struct flow *flow)
{
	struct flow **at = &ladder->first, *before = NULL;

	while (*at != flow) {
		before = *at;
		at = &rung_of(*at)->next;
	}
	*at = rung_of(flow)->next;
	if (ladder->last == flow)
		ladder->last = before;
	rung_of(flow)->next = NULL;
	rung_of(flow)->waits = false;
}

/* Draws what waits of a connection. */
static void settle(struct ladder *ladder, struct flow *flow)
{
	struct rung *rung = rung_of(flow);

	if (!rung->waits)
		return;
	draw_data(ladder, flow);
	draw_acks(ladder, flow);
	memset(&rung->data, 0, sizeof(rung->data));
	memset(&rung->acks, 0, sizeof(rung->acks));
	leave_waiting(ladder, flow);
}

/* Before a connection of these ends may be over. */
static void settle_ends(struct ladder *ladder, const struct ends *ends)
{
	struct flow *flow = flow_find(&ladder->flows, ends);

	if (flow)
		settle(ladder, flow);
}

static void settle_all(struct ladder *ladder)
{
	while (ladder->first)
		settle(ladder, ladder->first);
}

static uint64_t waits_since(const struct rung *rung)
{
	return rung->data.n ? rung->data.us : rung->acks.us;
}

/**
 * ladder_rest() - draw what has waited for long enough
 * @ladder: the drawing
 * @us: the time
 */
void ladder_rest(struct ladder *ladder, uint64_t us)
{
	while (ladder->first &&
	       waits_since(rung_of(ladder->first)) + LADDER_BURST_US <= us)
		settle(ladder, ladder->first);
}

static bool is_pure_ack(const struct segment *segment, const struct place *place)
{
	return (segment->flags & ~(FLAG_PSH | FLAG_ECE | FLAG_CWR)) == FLAG_ACK &&
	       segment->has_len && !segment->len && segment->window &&
	       place->kind == SEGMENT_NEW;
}

static bool is_data(const struct segment *segment, const struct place *place)
{
	return !(segment->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST)) &&
	       segment->has_len && segment->len && segment->window &&
	       (place->kind == SEGMENT_NEW || place->kind == SEGMENT_AGAIN ||
		place->kind == SEGMENT_LATE);
}

static void add_to_burst(struct burst *b, const struct segment *segment,
			 const struct place *place)
{
	if (!b->n) {
		b->us = segment->us;
		b->kind = place->kind;
		b->times = place->times;
		b->from = place->seq;
	}
	b->n += segment->packets ?: 1;
	b->bytes += segment->len;
	b->to = place->seq + segment->len;
	b->ack = place->ack;
	b->flags |= segment->flags;
}

/* What has ended may be forgotten at any time: nothing of it waits. */
static void hold(struct ladder *ladder, struct flow *flow)
{
	if (rung_of(flow)->waits)
		return;
	rung_of(flow)->waits = true;
	if (ladder->last)
		rung_of(ladder->last)->next = flow;
	else
		ladder->first = flow;
	ladder->last = flow;
	if (flow->over)
		settle(ladder, flow);
}

/* Data continues a burst where that ended. */
static bool continues(const struct rung *rung, const struct segment *segment,
		      const struct place *place)
{
	const struct burst *b = &rung->data;

	return segment->out == rung->out && b->n && b->kind == place->kind &&
	       b->to == place->seq;
}

static void wait_with_data(struct ladder *ladder, struct flow *flow,
			   const struct segment *segment,
			   const struct place *place)
{
	struct rung *rung = rung_of(flow);

	if (!continues(rung, segment, place))
		settle(ladder, flow);
	rung->out = segment->out;
	add_to_burst(&rung->data, segment, place);
	hold(ladder, flow);
}

static void wait_with_ack(struct ladder *ladder, struct flow *flow,
			  const struct segment *segment,
			  const struct place *place)
{
	struct rung *rung = rung_of(flow);

	if (rung->waits && segment->out == rung->out)
		settle(ladder, flow);
	rung->out = !segment->out;
	add_to_burst(&rung->acks, segment, place);
	hold(ladder, flow);
}

/* -- single segments ------------------------------------------------------ */

static const char *name_of(const struct segment *segment)
{
	bool ack = segment->flags & FLAG_ACK;

	if (segment->flags & FLAG_RST)
		return "RST";
	if (segment->flags & FLAG_SYN)
		return ack ? "SYN-ACK" : "SYN";
	if (segment->flags & FLAG_FIN)
		return "FIN";
	return ack ? "ACK" : "no flags";
}

/* A SYN, and not one that a RST makes void. */
static bool opens(const struct segment *segment)
{
	return (segment->flags & (FLAG_SYN | FLAG_RST)) == FLAG_SYN;
}

static void describe(char *text, const struct segment *segment,
		     const struct place *place)
{
	bool plain = !(segment->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST));
	bool pure = plain && segment->has_len && !segment->len;
	char buf[HUMAN_LEN + 16];

	*text = '\0';
	if (!plain || pure)
		add_text(text, "%s", name_of(segment));
	if (opens(segment))
		add_text(text, "  ISN %" PRIu32, segment->seq);
	else if (!plain)
		add_text(text, "  seq %" PRIu32, place->seq);
	if (!segment->has_len)
		add_text(text, "%sa fragment from %" PRIu32, *text ? "  " : "",
			 place->seq);
	else if (segment->len)
		add_text(text, "%s%s  %" PRIu32 ":%" PRIu32, *text ? "  " : "",
			 count_of(buf, segment->len, "byte"), place->seq,
			 place->seq + segment->len);
	if (segment->flags & FLAG_ACK)
		add_text(text, pure ? " %" PRIu32 : "  ack %" PRIu32, place->ack);
	if (!segment->window && !(segment->flags & FLAG_RST))
		add_text(text, "  window 0");
}

static const char *colour_of_segment(const struct segment *segment,
				     const struct place *place)
{
	if (segment->flags & FLAG_RST)
		return RED;
	return segment->window ? colour_of_kind(place->kind) : YELLOW;
}

static void draw_options(const struct ladder *ladder,
			 const struct segment *segment)
{
	char text[LADDER_TEXT] = "";

	if (segment->mss)
		add_text(text, "mss %u", segment->mss);
	if (segment->has_wscale)
		add_text(text, "%swscale %u", *text ? ", " : "", segment->wscale);
	if (segment->sack)
		add_text(text, "%sSACK", *text ? ", " : "");
	if (segment->has_ts)
		add_text(text, "%stimestamps", *text ? ", " : "");
	draw_remark(ladder, *text ? text : "no options");
}

static void draw_missing(const struct ladder *ladder, const struct place *place)
{
	char text[LADDER_TEXT], buf[HUMAN_LEN + 16];

	snprintf(text, sizeof(text), "%s missing before this",
		 count_of(buf, place->missing, "byte"));
	draw_remark(ladder, text);
}

/* The kernel's words, for people. */
static const struct {
	const char *reason;
	const char *words;
} reasons[] = {
	{ "NO_SOCKET", "nobody has this port open" },
	{ "TCP_INVALID_ACK_SEQUENCE", "ACK of nothing sent" },
	{ "TCP_RFC7323_PAWS", "its timestamp is too old" },
	{ "TCP_ABORT_ON_DATA", "data after close()" },
	{ "TCP_TIMEWAIT_SOCKET", "this was in TIME_WAIT" },
	{ "INVALID_SYN", "a SYN inside a connection" },
	{ "TCP_ABORT_ON_CLOSE", "data unread at close()" },
	{ "TCP_ABORT_ON_LINGER", "FIN_WAIT2 for too long" },
	{ "TCP_ABORT_ON_MEMORY", "too many orphans" },
	{ "TCP_STATE", "aborted, as by SO_LINGER 0" },
	{ "TCP_KEEPALIVE_TIMEOUT", "no answer to probes" },
	{ "TCP_DISCONNECT_WITH_DATA", "data unsent" },
};

static void draw_reason(const struct ladder *ladder, struct flow *flow)
{
	struct rung *rung = rung_of(flow);
	char text[LADDER_TEXT];
	size_t i;

	snprintf(text, sizeof(text), "%s", rung->reason);
	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (!strcmp(reasons[i].reason, rung->reason))
			add_text(text, ": %s", reasons[i].words);
	draw_remark(ladder, text);
	*rung->reason = '\0';
}

static void draw_segment(struct ladder *ladder, struct flow *flow,
			 const struct segment *segment, const struct place *place)
{
	char text[LADDER_TEXT];

	settle(ladder, flow);
	if (place->kind == SEGMENT_GAP)
		draw_missing(ladder, place);
	describe(text, segment, place);
	add_kind(text, segment->out, place->kind, place->times);
	draw_arrow(ladder, flow, segment->us, segment->out, text,
		   colour_of_segment(segment, place));
	if (segment->flags & FLAG_ACK)
		rung_of(flow)->ack[segment->out] = place->ack;
	if (opens(segment) && place->kind == SEGMENT_NEW)
		draw_options(ladder, segment);
	rung_of(flow)->reset = segment->out && segment->flags & FLAG_RST;
	if (rung_of(flow)->reset && *rung_of(flow)->reason)
		draw_reason(ladder, flow);
}

/* -- states --------------------------------------------------------------- */

static void draw_state(const struct ladder *ladder, const struct flow *flow,
		       uint64_t us, const char *text)
{
	const struct rung *rung = rung_of((struct flow *)flow);
	char state[24];

	snprintf(state, sizeof(state), rung->concluded ? "(%s)" : "%s",
		 rung->state);
	draw_beside(ladder, flow, us, state, text);
}

/*
 * A request has no event of its own, and when a connect() begins it has no port
 * yet: these two states are concluded from what is sent in them.
 */
static void conclude_state(struct ladder *ladder, struct flow *flow,
			   const struct segment *segment)
{
	struct rung *rung = rung_of(flow);

	if (*rung->state || !segment->out || !opens(segment))
		return;
	snprintf(rung->state, sizeof(rung->state), "%s",
		 segment->flags & FLAG_ACK ? "SYN_RECV" : "SYN_SENT");
	rung->concluded = true;
	rung->since_us = segment->us;
	draw_state(ladder, flow, segment->us, "");
}

static void begin(struct ladder *ladder, uint64_t us)
{
	if (!ladder->began_us)
		ladder->began_us = us;
}

static bool is_first(const struct flow *flow, const struct segment *segment)
{
	return !rung_of((struct flow *)flow)->headed &&
	       !(segment->flags & FLAG_SYN);
}

/**
 * ladder_segment() - draw a segment, or keep it for an arrow with others
 * @ladder: the drawing
 * @segment: the segment
 *
 * Return: false if there is no room for its connection.
 */
bool ladder_segment(struct ladder *ladder, const struct segment *segment)
{
	struct flow *flow;
	struct place place;
	bool late;

	if (segment->flags & FLAG_SYN)
		settle_ends(ladder, &segment->ends);
	flow = flow_of(&ladder->flows, segment);
	if (!flow)
		return false;
	begin(ladder, segment->us);
	late = is_first(flow, segment);
	draw_head(ladder, flow);
	if (late)
		draw_remark(ladder, "SYN not seen: numbers begin here");
	flow_read(flow, segment, &place);
	conclude_state(ladder, flow, segment);
	if (is_data(segment, &place))
		wait_with_data(ladder, flow, segment, &place);
	else if (is_pure_ack(segment, &place))
		wait_with_ack(ladder, flow, segment, &place);
	else
		draw_segment(ladder, flow, segment, &place);
	if (segment->flags & FLAG_RST)
		flow_over(&ladder->flows, flow);
	return true;
}

static void describe_stay(char *text, const struct rung *rung,
			  const struct change *change)
{
	const char *from = change->from;
	uint64_t us = change->stay_us;
	char buf[HUMAN_LEN];

	*text = '\0';
	/* a child's SYN_RECV is a moment: its request waited before */
	if (strstr(rung->state, "SYN_RECV") && rung->since_us <= change->us) {
		us = change->us - rung->since_us;
		from = rung->state;
	} else if (!change->has_stay || !strcmp(change->from, "CLOSE")) {
		return;
	}
	human_duration(buf, us);
	snprintf(text, LADDER_TEXT, "%s lasted %s", from, buf);
}

/**
 * ladder_change() - draw a change of state
 * @ladder: the drawing
 * @change: the change
 *
 * Return: false if there is no room for its connection.
 */
bool ladder_change(struct ladder *ladder, const struct change *change)
{
	char text[LADDER_TEXT];
	struct rung *rung;
	struct flow *flow;

	settle_ends(ladder, &change->ends);
	flow = flow_of_change(&ladder->flows, &change->ends, change->to);
	if (!flow)
		return !change->ends.local.port || !change->ends.remote.port;
	begin(ladder, change->us);
	draw_head(ladder, flow);
	rung = rung_of(flow);
	describe_stay(text, rung, change);
	snprintf(rung->state, sizeof(rung->state), "%s", change->to);
	rung->concluded = false;
	rung->since_us = change->us;
	draw_state(ladder, flow, change->us, text);
	return true;
}

/**
 * ladder_reset() - draw why a RST was sent
 * @ladder: the drawing
 * @reset: why; for some RSTs it is known before they are sent
 *
 * Return: false if there is no room for its connection.
 */
bool ladder_reset(struct ladder *ladder, const struct reset *reset)
{
	struct flow *flow = flow_open(&ladder->flows, &reset->ends);
	struct rung *rung;

	if (!flow)
		return false;
	rung = rung_of(flow);
	snprintf(rung->reason, sizeof(rung->reason), "%s", reset->reason);
	if (rung->reset)
		draw_reason(ladder, flow);
	return true;
}

/**
 * ladder_note() - draw a line about all connections
 * @ladder: the drawing
 * @text: the line
 */
void ladder_note(struct ladder *ladder, const char *text)
{
	settle_all(ladder);
	draw_across(ladder, text, YELLOW);
}

/**
 * ladder_end() - draw what has waited, and forget all
 * @ladder: the drawing
 */
void ladder_end(struct ladder *ladder)
{
	settle_all(ladder);
	flows_free(&ladder->flows);
}
