// SPDX-License-Identifier: GPL-2.0
/*
 * The path of bbr3_path.h. Delivery rates are sampled as in section 4.1 of
 * draft-ietf-ccwg-bbr, which is what TCP does too.
 */
#include "bbr3_path.h"

static struct path_packet *packet(struct path *p, u32 number)
{
	return &p->packet[number % PATH_PACKETS];
}

/* Rate of the model times gain, 1 % less, as time per packet. */
static void set_pace(struct path *p)
{
	const struct bbr3_gains *g = &tcpdiag_bbr3_gains[p->model.state];
	u64 ns;

	if (!p->model.bw)
		return;
	ns = div64_u64((1000ULL * 10000) << BBR3_RATE_SHIFT,
		       (u64)p->model.bw * g->pacing_percent * 99);
	if (p->model.full_bw_reached || ns < p->pace_ns)
		p->pace_ns = max(ns, 1ULL);
}

/**
 * tcpdiag_path_new() - a path with a connection that begins
 * @test: owner of the memory
 * @service_us: time a packet takes at the bottleneck
 * @rtt_us: round-trip time
 * @buffer: packets that may wait
 *
 * Return: the path.
 */
struct path *tcpdiag_path_new(struct kunit *test, u32 service_us, u32 rtt_us,
			      u32 buffer)
{
	struct path *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->service_us = service_us;
	p->rtt_us = rtt_us;
	p->buffer = buffer;
	p->now_us = 1000000;
	p->cwnd = 10;
	p->pace_ns = rtt_us * 1000ULL * 100 / 277 / p->cwnd;
	tcpdiag_bbr3_model_init(&p->model, p->now_us, p->delivered, p->cwnd,
				BBR3_INFINITE, 12345);
	tcpdiag_bbr3_ring_init(&p->ring, p->delivered, p->lost, 0);
	return p;
}

static bool is_dropped(struct path *p)
{
	u64 queue_us = p->free_us > p->now_us ? p->free_us - p->now_us : 0;
	u32 queue = queue_us / p->service_us;

	if (p->drop_every && p->sent % p->drop_every == 0)
		return true;
	if (p->bucket) {
		u64 oldest = p->now_us - min(p->now_us,
					     (u64)p->bucket * p->token_us);

		p->tokens_us = max(p->tokens_us, oldest);
		if (p->tokens_us + p->token_us > p->now_us)
			return true;
		p->tokens_us += p->token_us;
	}
	if (queue > p->buffer)
		return true;
	return false;
}

static void send(struct path *p)
{
	struct path_packet *k = packet(p, p->tail);
	u64 ns;

	if (p->head == p->tail) {
		struct bbr3_ack a = {
			.now_us = p->now_us,
			.delivered = p->delivered,
			.cwnd = p->cwnd,
		};

		p->first_tx_us = p->now_us;
		p->delivered_us = p->now_us;
		if (p->app_limited)
			p->cwnd = tcpdiag_bbr3_model_idle_restart(&p->model,
								  &a);
	}
	p->sent++;
	p->tail++;
	k->sent_us = p->now_us;
	k->first_tx_us = p->first_tx_us;
	k->delivered_us = p->delivered_us;
	k->delivered = p->delivered;
	k->lost = p->lost;
	k->inflight = path_inflight(p);
	k->app_limited = p->app_limited;
	if (is_dropped(p)) {
		k->ack_us = PATH_NEVER;
	} else {
		p->free_us = max(p->free_us, p->now_us) + p->service_us;
		k->ack_us = p->free_us + p->rtt_us;
		if (p->batch_us)
			k->ack_us = roundup(k->ack_us, p->batch_us);
	}
	ns = p->pace_ns + p->pace_rest_ns;
	p->next_send_us = p->now_us + ns / 1000;
	p->pace_rest_ns = ns % 1000;
	p->next_app_us = max(p->now_us, p->next_app_us) + p->app_us;
	p->cwnd_limited |= path_inflight(p) >= p->cwnd;
}

/* The first packet in flight that will be ACKed; tail if there is none. */
static u32 next_acked(struct path *p)
{
	u32 n = p->head;

	while (n != p->tail && packet(p, n)->ack_us == PATH_NEVER)
		n++;
	return n;
}

static void begin_recovery(struct path *p)
{
	tcpdiag_bbr3_model_recovery(&p->model, p->cwnd, p->recovery);
	p->recovery = true;
	p->recovery_until = p->tail;
}

static void lose(struct path *p, u32 number)
{
	const struct path_packet *k = packet(p, number);
	const struct bbr3_slot *slot = tcpdiag_bbr3_ring_find(&p->ring,
							      k->delivered);
	const struct bbr3_loss l = {
		.tx_inflight = slot->inflight,
		.tx_lost = p->lost - slot->lost,
		.size = 1,
		.app_limited = k->app_limited,
	};

	tcpdiag_bbr3_model_lost(&p->model, &p->ack, &l);
}

/* The short path must come to the same, to the last bit. */
static void compare_quiet(struct path *p)
{
	const struct bbr3_ack *a = &p->ack;

	if (!bbr3_model_quiet(&p->other, a->now_us, a->prior_delivered,
			      a->sample, a->rate, a->rtt_us, a->acked,
			      a->inflight, a->cwnd))
		return;
	p->quiet++;
	if (memcmp(&p->other, &p->model, sizeof(p->other)))
		p->quiet_differs++;
}

/* One ACK for all that is due: packets before the last that are not are lost. */
static void ack(struct path *p)
{
	u32 prior_inflight = path_inflight(p), from = p->head, end = p->head, n;
	const struct path_packet *k = NULL;
	const struct bbr3_slot *slot;
	struct bbr3_ack *a = &p->ack;
	u32 acked = 0, lost = 0;
	u64 us;

	bbr3_ring_sent(&p->ring, prior_inflight);
	for (n = p->head; n != p->tail; n++) {
		if (packet(p, n)->ack_us == PATH_NEVER)
			continue;
		if (packet(p, n)->ack_us > p->now_us)
			break;
		k = packet(p, n);
		acked++;
		end = n + 1;
	}
	lost = end - from - acked;
	p->delivered += acked;
	p->lost += lost;
	p->head = end;
	p->first_tx_us = k->sent_us;
	p->delivered_us = p->now_us;
	if (p->app_limited && (s32)(p->delivered - p->app_limited) > 0)
		p->app_limited = 0;
	us = max(k->sent_us - k->first_tx_us, p->now_us - k->delivered_us);
	memset(a, 0, sizeof(*a));
	a->now_us = p->now_us;
	a->delivered = p->delivered;
	a->prior_delivered = k->delivered;
	a->has_data = true;
	a->sample = p->delivered - k->delivered;
	a->rate = us ? bbr3_rate(a->sample, us) : 0;
	a->rtt_us = p->now_us - k->sent_us;
	a->acked = acked;
	a->lost = lost;
	a->inflight = path_inflight(p);
	a->cwnd = p->cwnd;
	a->app_limited = k->app_limited;
	a->cwnd_limited = p->cwnd_limited;
	a->sack = !p->no_sack;
	if (p->recovery && (s32)(end - p->recovery_until) >= 0) {
		p->recovery = false;
		p->cwnd = tcpdiag_bbr3_model_recovered(&p->model, p->cwnd);
		a->cwnd = p->cwnd;
	}
	if (lost && !p->recovery)
		begin_recovery(p);
	a->recovery = p->recovery;
	slot = tcpdiag_bbr3_ring_find(&p->ring, k->delivered);
	a->tx_inflight = slot->inflight;
	a->tx_lost = p->lost - slot->lost;
	for (n = from; n != end; n++)
		if (packet(p, n)->ack_us == PATH_NEVER)
			lose(p, n);
	memcpy(&p->other, &p->model, sizeof(p->other));
	tcpdiag_bbr3_model_ack(&p->model, a);
	if (!lost)
		compare_quiet(p);
	p->cwnd = p->model.cwnd;
	p->cwnd_limited = false;
	bbr3_ring_acked(&p->ring, p->delivered, p->lost, p->cwnd);
	set_pace(p);
	if (p->model.state == BBR3_PROBE_RTT)
		p->app_limited = max(p->delivered + path_inflight(p), 1U);
}

/* Nothing that is in flight will be ACKed. */
static void time_out(struct path *p)
{
	p->now_us = max(p->now_us, packet(p, p->head)->sent_us + PATH_RTO_US);
	begin_recovery(p);
	p->lost += path_inflight(p);
	memset(&p->ack, 0, sizeof(p->ack));
	p->ack.now_us = p->now_us;
	p->ack.delivered = p->delivered;
	p->ack.cwnd = p->cwnd;
	p->ack.recovery = true;
	p->ack.sack = !p->no_sack;
	lose(p, p->head);
	p->head = p->tail;
	p->cwnd = 1;
}

/**
 * tcpdiag_path_step() - the next event: a packet is sent or an ACK arrives
 * @p: path
 */
void tcpdiag_path_step(struct path *p)
{
	u64 send_us = PATH_NEVER, ack_us = PATH_NEVER;
	u32 next = next_acked(p);

	if (next != p->tail)
		ack_us = packet(p, next)->ack_us;
	if (path_inflight(p) < p->cwnd &&
	    path_inflight(p) < PATH_PACKETS - 1 && !p->silent) {
		send_us = max3(p->now_us, p->next_send_us, p->next_app_us);
		/* the program and not the pacing keeps us waiting */
		if (p->app_us && p->next_app_us > p->next_send_us)
			p->app_limited = max(p->delivered + path_inflight(p),
					     1U);
	}
	if (send_us == PATH_NEVER && ack_us == PATH_NEVER) {
		if (p->head != p->tail) {
			time_out(p);
			return;
		}
		p->app_limited = max(p->delivered, 1U);
		p->now_us += 10000;
		return;
	}
	if (p->silent)
		p->app_limited = max(p->delivered + path_inflight(p), 1U);
	p->now_us = max(p->now_us, min(send_us, ack_us));
	if (send_us < ack_us)
		send(p);
	else
		ack(p);
}

/**
 * tcpdiag_path_until() - run until the model is in a state
 * @p: path
 * @state: enum bbr3_state
 * @limit_us: or this long
 *
 * Return: was it reached?
 */
bool tcpdiag_path_until(struct path *p, unsigned int state, u64 limit_us)
{
	u64 end = p->now_us + limit_us;

	while (p->model.state != state && p->now_us < end)
		tcpdiag_path_step(p);
	return p->model.state == state;
}

/**
 * tcpdiag_path_run() - run for a time
 * @p: path
 * @us: how long
 */
void tcpdiag_path_run(struct path *p, u64 us)
{
	u64 end = p->now_us + us;

	while (p->now_us < end)
		tcpdiag_path_step(p);
}
