// SPDX-License-Identifier: GPL-2.0
/*
 * Follows the sequence numbers of connections from their segments alone.
 *
 * Numbers are relative to the ISN of their direction. If its SYN was not seen they
 * are relative to the first number that was: of a segment, or of an acknowledgment
 * from the other end.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "flow.h"

/* Half of the space of sequence numbers is before, the other half after. */
static bool before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool same_end(const struct end *a, const struct end *b)
{
	return a->family == b->family && a->port == b->port &&
	       !memcmp(a->addr, b->addr, a->family == AF_INET ? 4 : 16);
}

static bool same_ends(const struct ends *a, const struct ends *b)
{
	return same_end(&a->local, &b->local) && same_end(&a->remote, &b->remote);
}

static unsigned int chain_of(const struct ends *ends)
{
	return (ends->local.port * 31 + ends->remote.port) % FLOW_CHAINS;
}

/**
 * flow_find() - find a connection
 * @flows: the connections
 * @ends: its ends
 *
 * Return: the connection, or NULL.
 */
struct flow *flow_find(const struct flows *flows, const struct ends *ends)
{
	struct flow *flow;

	for (flow = flows->chain[chain_of(ends)]; flow; flow = flow->next)
		if (same_ends(&flow->ends, ends))
			break;
	return flow;
}

static void forget(struct flows *flows, struct flow *flow)
{
	struct flow **at = &flows->chain[chain_of(&flow->ends)];

	while (*at != flow)
		at = &(*at)->next;
	*at = flow->next;
	flows->n--;
	free(flow);
}

static struct flow *add(struct flows *flows, const struct ends *ends)
{
	struct flow **chain = &flows->chain[chain_of(ends)];
	struct flow *flow;

	if (flows->n == FLOWS_MAX)
		return NULL;
	flow = calloc(1, sizeof(*flow) + flows->size);
	if (!flow)
		return NULL;
	flow->ends = *ends;
	flow->id = ++flows->last_id;
	flow->next = *chain;
	*chain = flow;
	flows->n++;
	return flow;
}

/**
 * flow_open() - find a connection, or begin to follow it
 * @flows: the connections
 * @ends: its ends
 *
 * Return: the connection; NULL if memory is short, or there are too many.
 */
struct flow *flow_open(struct flows *flows, const struct ends *ends)
{
	return flow_find(flows, ends) ?: add(flows, ends);
}

/* One that begins is not the one of these ends that was there before. */
static struct flow *flow_new(struct flows *flows, const struct ends *ends)
{
	struct flow *before = flow_find(flows, ends);

	if (before)
		flow_over(flows, before);
	/* it stands before the other in their chain, so it is found first */
	return add(flows, ends);
}

/* A first SYN that is not the one of the connection so far. */
static bool begins(const struct flow *flow, const struct segment *segment)
{
	const struct way *way = &flow->way[segment->out];

	if ((segment->flags & (FLAG_SYN | FLAG_ACK)) != FLAG_SYN)
		return false;
	/* if both ends open at once, the other SYN came before */
	return way->known && (!way->syn || way->base != segment->seq);
}

/**
 * flow_of() - the connection of a segment
 * @flows: the connections
 * @segment: the segment
 *
 * A new connection of the same ends gets a number of its own.
 *
 * Return: the connection; NULL if memory is short, or there are too many.
 */
struct flow *flow_of(struct flows *flows, const struct segment *segment)
{
	struct flow *flow = flow_open(flows, &segment->ends);

	if (!flow || !begins(flow, segment))
		return flow;
	return flow_new(flows, &segment->ends);
}

/**
 * flow_of_change() - the connection of a change of state
 * @flows: the connections
 * @ends: its ends
 * @to: the state that it enters
 *
 * When connect() begins it may have no local port yet: that is no connection of
 * which anything else will be heard.
 *
 * Return: the connection; NULL if there is none, memory is short, or there are
 * too many.
 */
struct flow *flow_of_change(struct flows *flows, const struct ends *ends,
			    const char *to)
{
	struct flow *flow;

	if (!ends->local.port || !ends->remote.port)
		return NULL;
	if (!strcmp(to, "SYN_SENT"))
		return flow_new(flows, ends);
	flow = flow_open(flows, ends);
	if (flow && !strcmp(to, "CLOSE"))
		flow_over(flows, flow);
	return flow;
}

/**
 * flow_over() - a connection has ended
 * @flows: the connections
 * @flow: the connection; kept for a while
 */
void flow_over(struct flows *flows, struct flow *flow)
{
	struct flow **place = &flows->over[flows->overs % FLOWS_OVER];

	if (flow->over)
		return;
	flow->over = true;
	flows->overs++;
	if (*place)
		forget(flows, *place);
	*place = flow;
}

/**
 * flows_free() - forget all connections
 * @flows: the connections
 */
void flows_free(struct flows *flows)
{
	unsigned int i;

	for (i = 0; i < FLOW_CHAINS; i++)
		while (flows->chain[i])
			forget(flows, flows->chain[i]);
}

/* Sequence numbers that a segment takes. */
static uint32_t extent(const struct segment *segment)
{
	return segment->len + !!(segment->flags & FLAG_SYN) +
	       !!(segment->flags & FLAG_FIN);
}

static void learn_base(struct flow *flow, const struct segment *segment)
{
	struct way *way = &flow->way[segment->out];
	struct way *other = &flow->way[!segment->out];

	if (segment->flags & FLAG_SYN && !way->syn) {
		way->known = true;
		way->syn = true;
		way->base = segment->seq;
		way->next = segment->seq;
	}
	if (!way->known) {
		way->known = true;
		way->base = segment->seq;
		way->next = segment->seq;
	}
	if (segment->flags & FLAG_ACK && !other->known) {
		other->known = true;
		other->base = segment->ack;
		other->next = segment->ack;
	}
}

static bool is_empty_probe(const struct way *way, const struct segment *segment)
{
	return segment->len <= 1 && segment->seq == way->next - 1 &&
	       !(segment->flags & (FLAG_SYN | FLAG_FIN | FLAG_RST)) &&
	       way->acks && way->acked == way->next;
}

static enum kind_of_segment kind_of(const struct flow *flow,
				    const struct segment *segment)
{
	const struct way *way = &flow->way[segment->out];
	const struct way *other = &flow->way[!segment->out];
	uint32_t end = segment->seq + extent(segment);

	if (segment->flags & FLAG_RST)
		return SEGMENT_NEW;
	if (is_empty_probe(way, segment))
		return other->window ? SEGMENT_KEEPALIVE : SEGMENT_PROBE;
	if (before(way->next, segment->seq))
		return SEGMENT_GAP;
	if (end == segment->seq || before(way->next, end))
		return SEGMENT_NEW;
	if (segment->out || (way->acks && !before(way->acked, end)))
		return SEGMENT_AGAIN;
	return SEGMENT_LATE;
}

static unsigned int times_again(struct way *way, uint32_t seq)
{
	way->times = way->times && way->again == seq ? way->times + 1 : 1;
	way->again = seq;
	return way->times;
}

static void learn_rest(struct flow *flow, const struct segment *segment)
{
	struct way *way = &flow->way[segment->out];
	struct way *other = &flow->way[!segment->out];
	uint32_t end = segment->seq + extent(segment);

	if (segment->flags & FLAG_RST)
		return;
	if (before(way->next, end))
		way->next = end;
	way->window = segment->window;
	if (!(segment->flags & FLAG_ACK))
		return;
	if (!other->acks || before(other->acked, segment->ack))
		other->acked = segment->ack;
	other->acks = true;
}

/**
 * flow_read() - find the place of a segment, which is the next one
 * @flow: its connection
 * @segment: the segment
 * @place: set to its place
 */
void flow_read(struct flow *flow, const struct segment *segment,
	       struct place *place)
{
	struct way *way = &flow->way[segment->out];
	struct way *other = &flow->way[!segment->out];

	learn_base(flow, segment);
	*place = (struct place) {
		.kind = kind_of(flow, segment),
		.seq = segment->seq - way->base,
	};
	if (segment->flags & FLAG_ACK)
		place->ack = segment->ack - other->base;
	if (place->kind == SEGMENT_GAP)
		place->missing = segment->seq - way->next;
	if (place->kind == SEGMENT_AGAIN)
		place->times = times_again(way, segment->seq);
	learn_rest(flow, segment);
}
