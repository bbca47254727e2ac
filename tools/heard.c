// SPDX-License-Identifier: GPL-2.0
/*
 * Reads the messages of a trace, and puts them into the order of their times.
 * Attributes that this program does not know are skipped, for newer modules have
 * more.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/tcpdiag.h>

#include "heard.h"

/* An address of IPv4 in the form of IPv6 is the same end as that of its segments. */
static void unmap(struct end *end)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	if (end->family != AF_INET6 || memcmp(end->addr, mapped, sizeof(mapped)))
		return;
	end->family = AF_INET;
	memmove(end->addr, end->addr + sizeof(mapped), 4);
}

static bool read_ends(struct ends *ends, const struct nlattr *local,
		      const struct nlattr *remote)
{
	if (!local || !remote || !end_read(&ends->local, local) ||
	    !end_read(&ends->remote, remote))
		return false;
	unmap(&ends->local);
	unmap(&ends->remote);
	return true;
}

/* What is absent, or of another type, is 0. */
static uint64_t number(const struct nlattr *attr)
{
	uint64_t n = 0;

	if (!attr)
		return 0;
	switch (mnl_attr_get_payload_len(attr)) {
	case 1:
		return mnl_attr_get_u8(attr);
	case 2:
		return mnl_attr_get_u16(attr);
	case 4:
		return mnl_attr_get_u32(attr);
	case 8:
		memcpy(&n, mnl_attr_get_payload(attr), sizeof(n));
		return n;
	default:
		return 0;
	}
}

static void text(char *buf, size_t size, const struct nlattr *attr)
{
	*buf = '\0';
	if (attr && mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
		snprintf(buf, size, "%s", mnl_attr_get_str(attr));
}

/* The attributes of a message by number, up to max. */
static void sort(const struct nlattr **tb, unsigned int max,
		 const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(attr) <= max)
			tb[mnl_attr_get_type(attr)] = attr;
}

#define SEGMENT(name)	tb[TCPDIAG_A_SEGMENT_EVENT_##name]
#define CHANGE(name)	tb[TCPDIAG_A_TRANSITION_EVENT_##name]
#define END(name)	tb[TCPDIAG_A_TRACE_END_##name]

static void read_options(struct segment *s, const struct nlattr **tb)
{
	s->mss = number(SEGMENT(MSS));
	s->has_wscale = SEGMENT(WSCALE);
	s->wscale = number(SEGMENT(WSCALE));
	s->sack = SEGMENT(SACK_PERMITTED);
	s->has_ts = SEGMENT(TSVAL);
	s->tsval = number(SEGMENT(TSVAL));
	s->tsecr = number(SEGMENT(TSECR));
}

static bool read_header(struct segment *s, const struct nlattr **tb)
{
	s->out = number(SEGMENT(OUT));
	s->flags = number(SEGMENT(FLAGS));
	s->seq = number(SEGMENT(SEQ));
	s->ack = number(SEGMENT(ACK));
	s->has_len = SEGMENT(LEN);
	s->len = number(SEGMENT(LEN));
	s->packets = number(SEGMENT(PACKETS));
	s->window = number(SEGMENT(WINDOW));
	read_options(s, tb);
	return read_ends(&s->ends, SEGMENT(LOCAL), SEGMENT(REMOTE));
}

static bool read_reset(struct reset *r, const struct nlattr **tb)
{
	text(r->reason, sizeof(r->reason), SEGMENT(RESET_REASON));
	return read_ends(&r->ends, SEGMENT(LOCAL), SEGMENT(REMOTE));
}

static bool read_segment(struct heard *heard, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[TCPDIAG_A_SEGMENT_EVENT_MAX + 1] = { 0 };

	sort(tb, TCPDIAG_A_SEGMENT_EVENT_MAX, nlh);
	heard->us = number(SEGMENT(TIME_US));
	heard->lost = number(SEGMENT(LOST));
	heard->limited = number(SEGMENT(LIMITED));
	if (!SEGMENT(FLAGS)) {
		heard->kind = HEARD_RESET;
		heard->reset.us = heard->us;
		return read_reset(&heard->reset, tb);
	}
	heard->kind = HEARD_SEGMENT;
	heard->segment.us = heard->us;
	return read_header(&heard->segment, tb);
}

static bool read_change(struct heard *heard, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[TCPDIAG_A_TRANSITION_EVENT_MAX + 1] = { 0 };
	struct change *c = &heard->change;

	sort(tb, TCPDIAG_A_TRANSITION_EVENT_MAX, nlh);
	heard->kind = HEARD_CHANGE;
	heard->us = number(CHANGE(TIME_US));
	heard->lost = number(CHANGE(LOST));
	c->us = heard->us;
	text(c->from, sizeof(c->from), CHANGE(FROM));
	text(c->to, sizeof(c->to), CHANGE(TO));
	c->has_stay = CHANGE(IN_STATE_US);
	c->stay_us = number(CHANGE(IN_STATE_US));
	return read_ends(&c->ends, CHANGE(LOCAL), CHANGE(REMOTE));
}

static bool read_end(struct heard *heard, const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[TCPDIAG_A_TRACE_END_MAX + 1] = { 0 };

	sort(tb, TCPDIAG_A_TRACE_END_MAX, nlh);
	heard->kind = HEARD_END;
	heard->us = UINT64_MAX;
	heard->lost = number(END(LOST));
	heard->limited = number(END(LIMITED));
	text(heard->reason, sizeof(heard->reason), END(REASON));
	return true;
}

/**
 * heard_read() - read a message
 * @heard: set to it
 * @nlh: the message
 *
 * Return: false if it is none of a trace.
 */
bool heard_read(struct heard *heard, const struct nlmsghdr *nlh)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);

	memset(heard, 0, sizeof(*heard));
	switch (genl->cmd) {
	case TCPDIAG_CMD_SEGMENT_EVENT:
		return read_segment(heard, nlh);
	case TCPDIAG_CMD_TRANSITION_EVENT:
		return read_change(heard, nlh);
	case TCPDIAG_CMD_TRACE_END:
		return read_end(heard, nlh);
	default:
		return false;
	}
}

/* At the same microsecond a segment that came in is the cause, one sent the effect. */
static unsigned int rank(const struct heard *heard)
{
	if (heard->kind == HEARD_SEGMENT)
		return heard->segment.out ? 2 : 0;
	return heard->kind == HEARD_RESET ? 2 : 1;
}

static bool comes_after(const struct heard *a, const struct heard *b)
{
	return a->us > b->us || (a->us == b->us && rank(a) > rank(b));
}

/* Room for one more: that of those that were taken, or new. */
static bool make_room(struct hearing *hearing)
{
	size_t room = 2 * hearing->room + 64;
	struct heard *more;

	if (hearing->n < hearing->room)
		return true;
	if (hearing->first) {
		hearing->n -= hearing->first;
		memmove(hearing->heard, hearing->heard + hearing->first,
			hearing->n * sizeof(*hearing->heard));
		hearing->first = 0;
		return true;
	}
	more = reallocarray(hearing->heard, room, sizeof(*more));
	if (!more)
		return false;
	hearing->heard = more;
	hearing->room = room;
	return true;
}

/**
 * hearing_add() - add a message
 * @hearing: those that may still be overtaken
 * @heard: the message
 *
 * Return: false if memory is short.
 */
bool hearing_add(struct hearing *hearing, const struct heard *heard)
{
	struct heard *at;

	if (!make_room(hearing))
		return false;
	at = hearing->heard + hearing->n++;
	for (; at > hearing->heard + hearing->first && comes_after(at - 1, heard);
	     at--)
		*at = at[-1];
	*at = *heard;
	return true;
}

/**
 * hearing_next() - take the next message that nothing overtakes any more
 * @hearing: those that may still be overtaken
 * @now_us: CLOCK_MONOTONIC; UINT64_MAX to take all
 * @heard: set to it
 *
 * Return: false if there is none.
 */
bool hearing_next(struct hearing *hearing, uint64_t now_us, struct heard *heard)
{
	if (hearing->first == hearing->n ||
	    hearing->heard[hearing->first].came_us + HEARD_WAIT_US > now_us)
		return false;
	*heard = hearing->heard[hearing->first++];
	return true;
}

/**
 * hearing_free() - forget all messages
 * @hearing: the messages
 */
void hearing_free(struct hearing *hearing)
{
	free(hearing->heard);
	*hearing = (struct hearing) { 0 };
}
