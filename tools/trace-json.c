// SPDX-License-Identifier: GPL-2.0
/*
 * Writes what a trace hears as JSON, one object a line, so that another program can
 * follow it. Each has its kind in "event", and the number of its connection in "id".
 */
#include <string.h>

#include "table.h"
#include "trace-json.h"

/**
 * trace_json_init() - begin
 * @t: where to, and the connections
 * @out: where to
 */
void trace_json_init(struct trace_json *t, FILE *out)
{
	*t = (struct trace_json) { .json.out = out };
}

static void put_word(struct json *json, const char *key, const char *word)
{
	json_key(json, key);
	json_string(json, word);
}

static void put_number(struct json *json, const char *key, uint64_t n)
{
	json_key(json, key);
	json_number(json, n);
}

static void put_flag(struct json *json, const char *key, bool flag)
{
	json_key(json, key);
	json_word(json, flag ? "true" : "false");
}

/* What is not known is null, so that every line of a kind has the same keys. */
static void put_known(struct json *json, const char *key, bool known, uint64_t n)
{
	json_key(json, key);
	if (known)
		json_number(json, n);
	else
		json_word(json, "null");
}

static void put_end(struct json *json, const char *key, const struct end *end)
{
	static const struct column column = { .kind = KIND_END };
	struct cell cell = { .content = CELL_VALUE, .end = *end };

	json_key(json, key);
	cell_json(json, &column, &cell);
}

static void put_head(struct trace_json *t, const char *event,
		     const struct heard *heard, const struct flow *flow,
		     const struct ends *ends)
{
	json_open(&t->json, '{');
	put_word(&t->json, "event", event);
	put_number(&t->json, "time_us", heard->us);
	put_known(&t->json, "id", flow, flow ? flow->id : 0);
	put_end(&t->json, "local", &ends->local);
	put_end(&t->json, "remote", &ends->remote);
}

static void put_tail(struct trace_json *t)
{
	json_close(&t->json, '}');
	json_end(&t->json);
	t->json.more = false;
}

static void put_flags(struct json *json, uint8_t flags)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR",
	};
	size_t i;

	json_key(json, "flags");
	json_open(json, '[');
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (flags & 1 << i)
			json_string(json, names[i]);
	json_close(json, ']');
}

static void put_place(struct json *json, const struct place *place)
{
	static const char *const kinds[] = {
		[SEGMENT_NEW]		= "new",
		[SEGMENT_AGAIN]		= "again",
		[SEGMENT_LATE]		= "late",
		[SEGMENT_GAP]		= "gap",
		[SEGMENT_KEEPALIVE]	= "keepalive",
		[SEGMENT_PROBE]		= "probe",
	};

	put_number(json, "rel_seq", place->seq);
	put_number(json, "rel_ack", place->ack);
	put_word(json, "kind", kinds[place->kind]);
	put_number(json, "missing", place->missing);
}

static void put_options(struct json *json, const struct segment *s)
{
	put_known(json, "mss", s->mss, s->mss);
	put_known(json, "wscale", s->has_wscale, s->wscale);
	put_flag(json, "sack_permitted", s->sack);
	put_known(json, "tsval", s->has_ts, s->tsval);
	put_known(json, "tsecr", s->has_ts, s->tsecr);
}

static void write_segment(struct trace_json *t, const struct heard *heard)
{
	const struct segment *s = &heard->segment;
	struct flow *flow = flow_of(&t->flows, s);
	struct place place = { .seq = s->seq, .ack = s->ack };

	if (flow)
		flow_read(flow, s, &place);
	put_head(t, "segment", heard, flow, &s->ends);
	put_flag(&t->json, "out", s->out);
	put_flags(&t->json, s->flags);
	put_number(&t->json, "seq", s->seq);
	put_number(&t->json, "ack", s->ack);
	put_known(&t->json, "len", s->has_len, s->len);
	put_number(&t->json, "packets", s->packets);
	put_number(&t->json, "window", s->window);
	put_place(&t->json, &place);
	put_options(&t->json, s);
	put_tail(t);
	if (flow && s->flags & FLAG_RST)
		flow_over(&t->flows, flow);
}

static void write_change(struct trace_json *t, const struct heard *heard)
{
	const struct change *c = &heard->change;
	struct flow *flow = flow_of_change(&t->flows, &c->ends, c->to);

	put_head(t, "state", heard, flow, &c->ends);
	put_word(&t->json, "from", c->from);
	put_word(&t->json, "to", c->to);
	put_known(&t->json, "in_state_us", c->has_stay, c->stay_us);
	put_tail(t);
}

static void write_reset(struct trace_json *t, const struct heard *heard)
{
	const struct reset *r = &heard->reset;

	put_head(t, "reset", heard, flow_open(&t->flows, &r->ends), &r->ends);
	put_word(&t->json, "reason", r->reason);
	put_tail(t);
}

/**
 * trace_json() - write what was heard
 * @t: where to, and the connections
 * @heard: what was heard
 */
void trace_json(struct trace_json *t, const struct heard *heard)
{
	switch (heard->kind) {
	case HEARD_SEGMENT:
		write_segment(t, heard);
		break;
	case HEARD_CHANGE:
		write_change(t, heard);
		break;
	case HEARD_RESET:
		write_reset(t, heard);
		break;
	case HEARD_END:
		break;
	}
}

/**
 * trace_json_missed() - write that something is missing here
 * @t: where to
 * @n: how many segments or changes of state; 0 if nobody knows
 * @why: why
 */
void trace_json_missed(struct trace_json *t, uint64_t n, const char *why)
{
	json_open(&t->json, '{');
	put_word(&t->json, "event", "missed");
	if (n) {
		put_number(&t->json, "n", n);
	} else {
		json_key(&t->json, "n");
		json_word(&t->json, "null");
	}
	put_word(&t->json, "why", why);
	put_tail(t);
}

/**
 * trace_json_end() - write that a trace has ended
 * @t: where to
 * @reason: why, as the module says
 */
void trace_json_end(struct trace_json *t, const char *reason)
{
	json_open(&t->json, '{');
	put_word(&t->json, "event", "end");
	put_word(&t->json, "reason", reason);
	put_tail(t);
}
