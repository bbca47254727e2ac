// SPDX-License-Identifier: GPL-2.0
/*
 * The path of bbr3_path.h. Delivery rates are sampled as in section 4.1 of
 * draft-ietf-ccwg-bbr, as TCP does.
 */
#include "bbr3_path.h"

static struct path_packet *packet(struct path *p, u32 number)
{
	return &p->packet[number % PATH_PACKETS];
}

/* Pace at the model's rate times gain, minus 1 %, as time per packet. */
static void set_pace(struct path *p)
{
	u64 ns;

	if (!p->model.bw)
		return;
	ns = div64_u64((1000ULL * 10000) << BBR3_RATE_SHIFT,
		       (u64)p->model.bw * bbr3_pacing_percent(&p->model) * 99);
	if (p->model.full_bw_reached || ns < p->pace_ns)
		p->pace_ns = max(ns, 1ULL);
}

/**
 * tcpdiag_path_connect() - begin a connection
 * @p: path
 * @delivered: start value of its counter of deliveries
 * @lost: start value of its counter of losses
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_connect(struct path *p, u32 delivered, u32 lost)
{
	p->delivered = delivered;
	p->lost = lost;
	tcpdiag_bbr3_model_init(&p->model, p->now_us, p->delivered, p->cwnd,
				BBR3_INFINITE, 12345);
	tcpdiag_bbr3_ring_init(&p->ring, p->delivered, p->lost, 0);
}

/**
 * tcpdiag_path_new() - make a path and begin a connection
 * @test: owner of the memory
 * @service_us: time a packet takes at the bottleneck
 * @rtt_us: round-trip time
 * @buffer: packets that may wait
 *
 * Context: process; in a KUnit test.
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
	tcpdiag_path_connect(p, 0, 0);
	return p;
}

/**
 * tcpdiag_path_usual() - make the usual path
 * @test: owner of the memory
 *
 * Context: process; in a KUnit test.
 * Return: the path.
 */
struct path *tcpdiag_path_usual(struct kunit *test)
{
	return tcpdiag_path_new(test, SERVICE_US, RTT_US, DEEP);
}

/**
 * tcpdiag_path_usual_in() - make the usual path, with a connection in a state
 * @test: owner of the memory
 * @state: the state, which the connection reaches in the normal way
 *
 * Context: process; in a KUnit test.
 * Return: the path.
 */
struct path *tcpdiag_path_usual_in(struct kunit *test, unsigned int state)
{
	struct path *p = tcpdiag_path_usual(test);

	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, BBR3_CRUISE, 5 * SECOND));
	KUNIT_ASSERT_TRUE(test, tcpdiag_path_until(p, state, 15 * SECOND));
	return p;
}

static bool rwnd_full(const struct path *p, u32 inflight)
{
	return p->rwnd && inflight >= p->rwnd;
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
	tcpdiag_bbr3_loss_recovery(&p->model, p->cwnd, p->recovery);
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

	tcpdiag_bbr3_loss_packet(&p->model, &p->ack, &l);
}

/* The fast path must give the same result, to the last bit. */
static void compare_quiet(struct path *p)
{
	const struct bbr3_ack *a = &p->ack;

	if (!bbr3_model_quiet(&p->other, a->now_us, a->prior_delivered,
			      a->sample, a->rate, a->rtt_us, a->acked,
			      a->inflight, a->cwnd, a->app_limited,
			      a->rwnd_limited))
		return;
	p->quiet++;
	if (memcmp(&p->other, &p->model, sizeof(p->other)))
		p->quiet_differs++;
}

/* One ACK for all packets that are due; earlier ones that are not are lost. */
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
	a->rwnd_limited = rwnd_full(p, prior_inflight);
	a->cwnd_limited = p->cwnd_limited;
	a->sack = !p->no_sack;
	if (p->recovery && (s32)(end - p->recovery_until) >= 0) {
		p->recovery = false;
		p->cwnd = bbr3_restored_cwnd(&p->model, p->cwnd);
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
 * tcpdiag_path_step() - run the next event: a packet is sent or an ACK arrives
 * @p: path
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_step(struct path *p)
{
	u64 send_us = PATH_NEVER, ack_us = PATH_NEVER;
	u32 next = next_acked(p);

	if (next != p->tail)
		ack_us = packet(p, next)->ack_us;
	if (path_inflight(p) < p->cwnd && !rwnd_full(p, path_inflight(p)) &&
	    path_inflight(p) < PATH_PACKETS - 1 && !p->silent) {
		send_us = max3(p->now_us, p->next_send_us, p->next_app_us);
		/* the sender waits for the program, not for pacing */
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
 * @limit_us: the longest time to run
 *
 * Context: process; in a KUnit test.
 * Return: true if the state was reached.
 */
bool tcpdiag_path_until(struct path *p, unsigned int state, u64 limit_us)
{
	u64 end = p->now_us + limit_us;

	while (p->model.state != state && p->now_us < end)
		tcpdiag_path_step(p);
	return p->model.state == state;
}

/**
 * tcpdiag_path_leave() - run until the model leaves a state
 * @p: path
 * @state: enum bbr3_state
 * @limit_us: the longest time to run
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_leave(struct path *p, unsigned int state, u64 limit_us)
{
	u64 end = p->now_us + limit_us;

	while (p->model.state == state && p->now_us < end)
		tcpdiag_path_step(p);
}

/**
 * tcpdiag_path_run() - run for a time
 * @p: path
 * @us: how long
 *
 * Context: process; in a KUnit test.
 * Return: packets delivered in this time.
 */
u32 tcpdiag_path_run(struct path *p, u64 us)
{
	u64 end = p->now_us + us;
	u32 before = p->delivered;

	while (p->now_us < end)
		tcpdiag_path_step(p);
	return p->delivered - before;
}

/**
 * tcpdiag_path_next_ack() - make the next ACK
 * @p: path, the usual one
 *
 * Context: process; in a KUnit test.
 * Return: a normal ACK of a packet sent a round trip ago; a case then changes
 *	the fields that it tests.
 */
struct bbr3_ack tcpdiag_path_next_ack(const struct path *p)
{
	struct bbr3_ack a = p->ack;

	a.now_us += RTT_US;
	a.prior_delivered = a.delivered;
	a.delivered += path_bdp(p);
	a.acked = path_bdp(p);
	a.sample = path_bdp(p);
	a.rate = rate_of(SERVICE_US);
	a.rtt_us = RTT_US;
	a.inflight = path_bdp(p);
	a.cwnd = p->model.cwnd;
	a.tx_inflight = path_bdp(p);
	a.tx_lost = 0;
	a.lost = 0;
	a.has_data = true;
	a.app_limited = false;
	a.cwnd_limited = false;
	a.recovery = false;
	return a;
}

/**
 * tcpdiag_path_feed() - give the model an ACK
 * @p: path
 * @a: ACK
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_feed(struct path *p, const struct bbr3_ack *a)
{
	tcpdiag_bbr3_model_ack(&p->model, a);
	p->ack = *a;
}

/**
 * tcpdiag_path_feed_next() - give the model the next normal ACK
 * @p: path, the usual one
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_feed_next(struct path *p)
{
	tcpdiag_path_feed_inflight(p, path_bdp(p));
}

/**
 * tcpdiag_path_feed_inflight() - give the model the next ACK with a given
 *	volume
 * @p: path, the usual one
 * @inflight: packets in flight after the ACK
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_feed_inflight(struct path *p, u32 inflight)
{
	struct bbr3_ack a = tcpdiag_path_next_ack(p);

	a.inflight = inflight;
	tcpdiag_path_feed(p, &a);
}

/**
 * tcpdiag_path_feed_loss() - give the model an ACK that reports a lost packet
 * @p: path
 * @a: ACK
 * @tx_inflight: packets in flight when the lost one was sent
 * @tx_lost: packets lost since then
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_feed_loss(struct path *p, const struct bbr3_ack *a,
			    u32 tx_inflight, u32 tx_lost)
{
	const struct bbr3_loss l = {
		.tx_inflight = tx_inflight,
		.tx_lost = tx_lost,
		.size = 1,
	};

	tcpdiag_bbr3_loss_packet(&p->model, a, &l);
	tcpdiag_path_feed(p, a);
}

/**
 * tcpdiag_path_feed_at_bound() - give the model two ACKs within a round trip
 * @p: path; its window is full and equals the long-term bound
 *
 * Context: process; in a KUnit test.
 */
void tcpdiag_path_feed_at_bound(struct path *p)
{
	unsigned int i;

	for (i = 0; i < 2; i++) {
		struct bbr3_ack a = p->ack;

		a.prior_delivered = p->model.round_delivered - 1;
		a.acked = 0;
		a.cwnd = p->model.inflight_longterm;
		a.cwnd_limited = true;
		tcpdiag_path_feed(p, &a);
	}
}
