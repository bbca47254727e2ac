// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the train of ACKs: traces of a slow start over a made-up path, packet
 * by packet. The path has a rate, a delay and a queue without end; the test looks
 * at how long the queue was.
 */
#include <kunit/test.h>
#include <linux/math64.h>

#include "../cc_algos/ack_train.c"

#define FIRST_FLIGHT	10U
/* More than is ever in flight here. */
#define RING		8192U

struct test_path {
	u32 packet_ns;		/* time of a packet at the bottleneck */
	u32 rtt_us;		/* without a queue */
	u32 slot_us;		/* ACKs are released so often; 0: at once */
	u32 noise_us;		/* delay of ACKs, which keep their order */
	bool paced;		/* two windows per round trip */
	bool plain;		/* slow start without an end */
	u32 app_us;		/* the program sends a packet so often; 0: always */
};

/* A sender whose sequence numbers count packets. */
struct trace {
	struct test_path path;
	struct tcpdiag_train t;
	u64 now_us, next_us;	/* now; when the next packet may be sent */
	u64 free_ns;		/* when the bottleneck is done with all it has */
	u64 last_ack_us;
	u32 una, nxt, cwnd;
	u32 longest_queue;	/* packets */
	u32 noise;		/* state of the generator */
	u64 sent_us[RING], ack_us[RING];
};

static struct trace *begin_at(struct kunit *test, struct test_path path, u32 seq,
			      u64 now_us)
{
	struct trace *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	s->path = path;
	s->una = seq;
	s->nxt = seq;
	s->now_us = now_us;
	s->cwnd = FIRST_FLIGHT;
	s->noise = 1;
	/* whatever it was before */
	memset(&s->t, 0xa5, sizeof(s->t));
	tcpdiag_train_start(&s->t, seq);
	return s;
}

static struct trace *begin(struct kunit *test, struct test_path path)
{
	return begin_at(test, path, 1, 1000000);
}

/* A bit-field cannot be compared by KUnit. */
static u32 phase_of(const struct trace *s)
{
	return s->t.phase;
}

static u32 bdp_of(const struct test_path *path)
{
	return div_u64((u64)path->rtt_us * 1000, path->packet_ns);
}

static u32 noise_us(struct trace *s)
{
	if (!s->path.noise_us)
		return 0;
	s->noise = s->noise * 1664525 + 1013904223;
	return (s->noise >> 8) % s->path.noise_us;
}

/* When the ACK of a packet arrives that leaves the bottleneck now. */
static u64 ack_time(struct trace *s)
{
	u64 us = div_u64(s->free_ns, 1000) + s->path.rtt_us + noise_us(s);

	if (s->path.slot_us)
		us = div_u64(us + s->path.slot_us - 1, s->path.slot_us) *
		     s->path.slot_us;
	s->last_ack_us = max(s->last_ack_us, us);
	return s->last_ack_us;
}

static void send_packet(struct trace *s, u64 now_us)
{
	u32 at = s->nxt % RING;
	u64 queue_ns;

	s->now_us = now_us;
	s->free_ns = max(s->free_ns, now_us * 1000);
	queue_ns = s->free_ns - now_us * 1000;
	s->longest_queue = max_t(u32, s->longest_queue,
				 div_u64(queue_ns, s->path.packet_ns));
	s->free_ns += s->path.packet_ns;
	s->sent_us[at] = now_us;
	s->ack_us[at] = ack_time(s);
	s->nxt++;
	if (s->path.paced)
		s->next_us = now_us + s->path.rtt_us / (2 * s->cwnd);
	if (s->path.app_us)
		s->next_us = now_us + s->path.app_us;
}

/* Return: is slow start over? */
static bool take_ack(struct trace *s)
{
	u32 at = s->una % RING;
	struct tcpdiag_train_ack ack = {
		.now_us = s->ack_us[at],
		.rtt_us = s->ack_us[at] - s->sent_us[at],
		.packets = 1,
		.cwnd = s->cwnd,
		.snd_una = s->una + 1,
		.snd_nxt = s->nxt,
		.cwnd_limited = !s->path.app_us,
	};

	s->now_us = s->ack_us[at];
	s->una++;
	if (!s->path.plain && tcpdiag_train_ack(&s->t, &ack))
		return true;
	s->cwnd += s->path.plain ? 1 : tcpdiag_train_growth(&s->t, 1, s->cwnd);
	return false;
}

/* What happens next: a packet is sent, or an ACK arrives. */
static bool step(struct trace *s)
{
	u64 send_us = s->nxt - s->una < s->cwnd ? max(s->now_us, s->next_us)
						: U64_MAX;
	u64 ack_us = s->una != s->nxt ? s->ack_us[s->una % RING] : U64_MAX;

	if (send_us > ack_us)
		return take_ack(s);
	send_packet(s, send_us);
	return false;
}

/* Return: was slow start over before the window was @cwnd, or @round_trips? */
static bool ends(struct trace *s, u32 cwnd, u32 round_trips)
{
	u64 until_us = s->now_us + (u64)round_trips * s->path.rtt_us;

	while (s->cwnd < cwnd && s->now_us < until_us)
		if (step(s))
			return true;
	return false;
}

/* Paths on which plain slow start overflows the buffer. */
static const struct full {
	const char *name;
	struct test_path path;
	u32 buffer;	/* packets */
	u32 most;	/* window at the end, percent of what the path holds */
} fulls[] = {
	{ "20 Mbit/s, 60 ms, 1 BDP", { 605600, 60000 }, 99, 135 },
	{ "50 Mbit/s, 40 ms, 1 BDP", { 242240, 40000 }, 165, 135 },
	{ "200 Mbit/s, 10 ms, 0.5 BDP", { 60560, 10000 }, 82, 135 },
	{ "1 Gbit/s, 20 ms, 0.5 BDP", { 12112, 20000 }, 825, 135 },
	{ "2 Mbit/s, 100 ms, 1 BDP", { 6056000, 100000 }, 16, 150 },
	{ "ACK slots, a twentieth of the RTT", { 242240, 40000, 2000 }, 165, 155 },
	{ "ACK slots, a fifth of the RTT", { 242240, 40000, 8000 }, 190, 200 },
	{ "paced", { 242240, 40000, .paced = true }, 165, 180 },
	{ "paced, 200 Mbit/s", { 60560, 10000, .paced = true }, 165, 180 },
};

static void full_name(const struct full *f, char *desc)
{
	strscpy(desc, f->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(fulls, fulls, full_name);

/* All of the path is used, and less than all of the buffer. */
static void ack_train_ends_in_time(struct kunit *test)
{
	const struct full *f = test->param_value;
	u32 holds = bdp_of(&f->path);
	struct test_path plain = f->path;
	struct trace *s;

	plain.plain = true;
	s = begin(test, plain);
	ends(s, 4 * holds, 40);
	KUNIT_EXPECT_GT(test, s->longest_queue, f->buffer);

	s = begin(test, f->path);
	KUNIT_EXPECT_TRUE(test, ends(s, 4 * holds, 40));
	KUNIT_EXPECT_LE(test, s->longest_queue, f->buffer);
	KUNIT_EXPECT_GE(test, s->cwnd, holds);
	KUNIT_EXPECT_LE(test, s->cwnd, holds * f->most / 100);
}

/* Paths that hold more than the window, and what looks like a full one there. */
static const struct open {
	const char *name;
	struct test_path path;
} opens[] = {
	{ "fast", { 8000, 40000 } },
	{ "fast, paced", { 8000, 40000, .paced = true } },
	{ "fast, ACK slots", { 8000, 40000, .slot_us = 10000 } },
	{ "ACKs wait up to a quarter of the RTT",
	  { 10000, 40000, .noise_us = 10000 } },
	{ "ACKs wait up to half the RTT", { 10000, 40000, .noise_us = 20000 } },
	{ "the same, paced",
	  { 10000, 40000, .noise_us = 20000, .paced = true } },
	{ "short", { 1000, 900, .noise_us = 400 } },
};

static void open_name(const struct open *o, char *desc)
{
	strscpy(desc, o->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(opens, opens, open_name);

/* How long plain slow start takes to a window of @cwnd. */
static u64 plain_us(struct kunit *test, struct test_path path, u32 cwnd,
		    u32 seed)
{
	struct trace *s;
	u64 begun_us, us;

	path.plain = true;
	s = begin(test, path);
	begun_us = s->now_us;
	s->noise = seed;
	ends(s, cwnd, 60);
	us = s->now_us - begun_us;
	kunit_kfree(test, s);
	return us;
}

/*
 * The window grows to half of what the path holds, and false alarms at most
 * double the time.
 */
static void ack_train_open_path(struct kunit *test)
{
	const struct open *o = test->param_value;
	u32 half = bdp_of(&o->path) / 2, seed;

	for (seed = 1; seed <= 20; seed++) {
		struct trace *s = begin(test, o->path);
		u64 begun_us = s->now_us;

		s->noise = seed;
		KUNIT_EXPECT_FALSE(test, ends(s, half, 60));
		KUNIT_EXPECT_GE(test, s->cwnd, half);
		KUNIT_EXPECT_LE(test, s->now_us - begun_us,
				2 * plain_us(test, o->path, half, seed));
		kunit_kfree(test, s);
	}
}

/* What is acknowledged as slowly as it was sent tells nothing of the path. */
static void ack_train_slow_program(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) {
		.packet_ns = 10000, .rtt_us = 40000, .app_us = 500,
	});

	/* 80 packets in flight, at once the window and what "the path holds" */
	s->cwnd = 100;
	while (s->now_us < 3000000) {
		KUNIT_ASSERT_FALSE(test, step(s));
		KUNIT_ASSERT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	}
}

/* A path with 165 packets, in the trial. */
static struct trace *in_trial(struct kunit *test, u64 now_us, u32 seq)
{
	struct trace *s = begin_at(test, (struct test_path) { 242240, 40000 }, seq,
				   now_us);

	while (s->t.phase != TCPDIAG_TRAIN_TRIAL)
		KUNIT_ASSERT_FALSE(test, step(s));
	return s;
}

/* The window stays while it is tried, and the trial takes its time. */
static void ack_train_trial(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);
	u32 cwnd = s->cwnd;
	u64 then_us = s->now_us;

	KUNIT_EXPECT_EQ(test, cwnd, s->t.cap);
	KUNIT_EXPECT_EQ(test, tcpdiag_train_growth(&s->t, 5, cwnd), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_train_growth(&s->t, 5, cwnd - 3), 3);
	KUNIT_EXPECT_EQ(test, tcpdiag_train_growth(&s->t, 5, cwnd + 3), 0);
	KUNIT_EXPECT_TRUE(test, ends(s, 4 * cwnd, 40));
	KUNIT_EXPECT_EQ(test, s->cwnd, cwnd);
	KUNIT_EXPECT_GE(test, s->now_us - then_us, TRIAL_FLIGHTS * 40000);
}

static bool ack_of(struct trace *s, s32 rtt_us, bool cwnd_limited)
{
	struct tcpdiag_train_ack ack = {
		.now_us = s->now_us,
		.rtt_us = rtt_us,
		.packets = 1,
		.cwnd = s->cwnd,
		.snd_una = ++s->una,
		.snd_nxt = s->nxt,
		.cwnd_limited = cwnd_limited,
	};

	return tcpdiag_train_ack(&s->t, &ack);
}

static bool ack(struct trace *s, s32 rtt_us)
{
	return ack_of(s, rtt_us, true);
}

/* All that is in flight is acknowledged, long after it was sent. */
static void end_flights(struct kunit *test, struct trace *s)
{
	while (s->una != s->nxt)
		KUNIT_ASSERT_FALSE(test, ack_of(s, 80000, false));
}

/* A request of @packets after a pause; the next one waits for all ACKs. */
static bool request(struct trace *s, u32 packets, s32 rtt_us, bool cwnd_limited)
{
	bool over = false;

	s->nxt += packets;
	while (s->una != s->nxt)
		over |= ack_of(s, rtt_us, cwnd_limited);
	return over;
}

/* @n flights of the window, one after the other. */
static bool flights(struct trace *s, u32 n, s32 rtt_us)
{
	bool over = false;
	u32 i;

	s->nxt = s->una + s->cwnd;
	for (i = 0; i < n * s->cwnd; i++) {
		s->nxt++;
		over |= ack(s, rtt_us);
	}
	return over;
}

/* Single requests whose ACK the receiver delays are no trial of the window. */
static void ack_train_unused_window(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);
	u32 i;

	end_flights(test, s);
	for (i = 0; i < 2 * TRIAL_FLIGHTS; i++)
		KUNIT_EXPECT_FALSE(test, request(s, 1, 80000, false));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_TRIAL);
	/* the first full flight finds the empty queue that they left */
	KUNIT_EXPECT_FALSE(test, flights(s, TRIAL_FLIGHTS, 80000));
	KUNIT_EXPECT_TRUE(test, flights(s, 2, 80000));
}

/* Flights without an RTT sample do not count: they may have found no queue. */
static void ack_train_trial_without_samples(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);

	end_flights(test, s);
	KUNIT_EXPECT_FALSE(test, flights(s, 2 * TRIAL_FLIGHTS, -1));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_TRIAL);
}

/* TCP cuts the window after idle time, or when it is not used. */
static void ack_train_cut_window(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);
	u32 i;

	end_flights(test, s);
	s->cwnd = FIRST_FLIGHT;
	for (i = 0; i < 2 * TRIAL_FLIGHTS; i++)
		KUNIT_EXPECT_FALSE(test, request(s, FIRST_FLIGHT, 80000, true));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	/* while it fills, too: what was known of the path is old */
	s = begin(test, (struct test_path) { 242240, 40000 });
	while (s->t.phase != TCPDIAG_TRAIN_FILL)
		KUNIT_ASSERT_FALSE(test, step(s));
	s->cwnd = FIRST_FLIGHT;
	KUNIT_EXPECT_FALSE(test, ack(s, 80000));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	/* by one packet is enough */
	s = in_trial(test, 1000000, 1);
	s->cwnd--;
	KUNIT_EXPECT_FALSE(test, ack(s, 80000));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
}

/* One RTT without the queue shows that the alarm was false. */
static void ack_train_false_alarm(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);
	u32 queued_us = s->t.queued_rtt_us;

	/* half of the queue that the window makes */
	KUNIT_EXPECT_GE(test, queued_us, 40000 + 40000 / 10);
	KUNIT_EXPECT_LE(test, queued_us, 40000 + 40000 / 4);
	KUNIT_EXPECT_FALSE(test, ack(s, queued_us));
	KUNIT_EXPECT_FALSE(test, ack(s, -1));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_TRIAL);
	KUNIT_EXPECT_FALSE(test, ack(s, queued_us - 1));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	KUNIT_EXPECT_EQ(test, tcpdiag_train_growth(&s->t, 5, s->cwnd), 5);
}

/* What is in flight when the alarm turns out false raises no other. */
static void ack_train_growth_after_false_alarm(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);
	u32 sent = s->nxt, i;

	KUNIT_EXPECT_FALSE(test, ack(s, s->t.queued_rtt_us - 1));
	for (i = 1; s->una != sent; i++) {
		s->now_us += 240;
		KUNIT_EXPECT_FALSE(test, ack(s, 40000 + 240 * i));
		KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	}
	/* the next flight can */
	s->nxt += 200;
	for (i = 0; phase_of(s) == TCPDIAG_TRAIN_WATCH; i++) {
		KUNIT_ASSERT_TRUE(test, s->una != s->nxt);
		s->now_us += 240;
		KUNIT_EXPECT_FALSE(test, ack(s, 40000 + 240 * i));
	}
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_FILL);
}

/* The program pauses while the window grows to that of the trial, or in it. */
static void ack_train_pause(struct kunit *test)
{
	u32 phase;

	for (phase = TCPDIAG_TRAIN_FILL; phase <= TCPDIAG_TRAIN_TRIAL; phase++) {
		struct trace *s = begin(test,
					(struct test_path) { 242240, 40000 });
		u32 cap;

		while (phase_of(s) != phase)
			KUNIT_ASSERT_FALSE(test, step(s));
		cap = s->t.cap;
		while (s->una != s->nxt)
			KUNIT_ASSERT_FALSE(test, take_ack(s));
		s->now_us += 20000;
		KUNIT_EXPECT_TRUE(test, ends(s, 4 * cap, 40));
		KUNIT_EXPECT_EQ(test, s->cwnd, cap);
	}
}

/* Every flight follows a pause: not all of them are passed over. */
static void ack_train_false_alarm_of_requests(struct kunit *test)
{
	struct trace *s = in_trial(test, 1000000, 1);

	end_flights(test, s);
	KUNIT_EXPECT_FALSE(test, request(s, s->cwnd, 1, true));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_TRIAL);
	KUNIT_EXPECT_FALSE(test, request(s, s->cwnd, 1, true));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
}

/* Packets that were sent before the alarm found no queue, and do not count. */
static void ack_train_fill(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) { 242240, 40000 });
	u32 sent;

	while (s->t.phase == TCPDIAG_TRAIN_WATCH)
		KUNIT_ASSERT_FALSE(test, step(s));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_FILL);
	/* nor do those that are sent while the window grows */
	s->cwnd = s->t.cap - 1;
	s->nxt += 2;
	KUNIT_EXPECT_FALSE(test, ack(s, 1));
	KUNIT_EXPECT_EQ(test, s->t.flight_end, s->nxt);
	s->cwnd = s->t.cap;
	sent = s->t.flight_end;
	while (s->una != sent) {
		KUNIT_EXPECT_FALSE(test, ack(s, 1));
		KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_FILL);
	}
	s->nxt++;
	KUNIT_EXPECT_FALSE(test, ack(s, 1));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_TRIAL);
}

/* The first ACK only begins a train; eight more packets are enough. */
static void ack_train_few_packets(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) { 5000000, 40000 });
	u32 i;

	s->nxt = s->una + FIRST_FLIGHT;
	for (i = 0; i < MIN_PACKETS; i++) {
		KUNIT_EXPECT_FALSE(test, ack(s, 40000 + i * 5000));
		KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
		s->now_us += 5000;
	}
	KUNIT_EXPECT_FALSE(test, ack(s, 80000));
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_FILL);
}

/* ACKs without an RTT sample, as after a retransmission, are no ground. */
static void ack_train_without_samples(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) { 242240, 40000 });
	u32 i;

	s->nxt = s->una + 1000;
	s->cwnd = 1000;
	for (i = 0; i < 1000; i++) {
		s->now_us += 250;
		KUNIT_EXPECT_FALSE(test, ack(s, -1));
		KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_WATCH);
	}
}

/*
 * The last ACK of a flight is late, by the receiver's timer; then nothing until
 * the next. Neither is a part of the next flight's train.
 */
static void ack_train_begins_with_flight(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) { 242240, 40000 });
	u32 i;

	s->nxt = s->una + 20;
	s->cwnd = 40;
	for (i = 0; i < 19; i++)
		ack(s, 40000 + i);
	s->now_us += 30000;
	ack(s, 70000);
	KUNIT_EXPECT_EQ(test, s->una, s->t.flight_end);
	s->nxt += 40;
	s->now_us += 10000;
	ack(s, 40000);
	KUNIT_EXPECT_EQ(test, s->t.flight_end, s->nxt);
	KUNIT_EXPECT_EQ(test, s->t.begin_us, (u32)s->now_us);
	KUNIT_EXPECT_TRUE(test, !s->t.packets);
}

/* An RTT of many seconds and a window as large as windows are. */
static void ack_train_limits(struct kunit *test)
{
	struct trace *s = begin(test, (struct test_path) { 242240, 40000 });
	u32 i;

	s->nxt = s->una + 100;
	s->cwnd = 1U << 29;
	ack(s, 1000000000);
	for (i = 0; i < 50; i++) {
		s->now_us += 100000000;
		KUNIT_EXPECT_FALSE(test, ack(s, 1500000000));
	}
	KUNIT_EXPECT_EQ(test, phase_of(s), TCPDIAG_TRAIN_FILL);
	KUNIT_EXPECT_EQ(test, s->t.cap, 1U << 29);
	KUNIT_EXPECT_EQ(test, s->t.queued_rtt_us, S32_MAX);
}

/* Sequence numbers and clock wrap at any time, and nothing else changes. */
static void ack_train_wrap(struct kunit *test)
{
	struct trace *plain = in_trial(test, 1000000, 1);
	u32 before;

	for (before = 0; before < 600; before += 7) {
		struct trace *s = in_trial(test, BIT_ULL(32) - before * 1000,
					   1 - before);

		KUNIT_EXPECT_EQ(test, s->cwnd, plain->cwnd);
		KUNIT_EXPECT_EQ(test, s->t.queued_rtt_us,
				plain->t.queued_rtt_us);
		KUNIT_EXPECT_TRUE(test, ends(s, 4 * s->cwnd, 40));
		kunit_kfree(test, s);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(ack_train_ends_in_time, fulls_gen_params),
	KUNIT_CASE_PARAM(ack_train_open_path, opens_gen_params),
	KUNIT_CASE(ack_train_slow_program),
	KUNIT_CASE(ack_train_trial),
	KUNIT_CASE(ack_train_false_alarm),
	KUNIT_CASE(ack_train_growth_after_false_alarm),
	KUNIT_CASE(ack_train_unused_window),
	KUNIT_CASE(ack_train_trial_without_samples),
	KUNIT_CASE(ack_train_cut_window),
	KUNIT_CASE(ack_train_pause),
	KUNIT_CASE(ack_train_false_alarm_of_requests),
	KUNIT_CASE(ack_train_fill),
	KUNIT_CASE(ack_train_few_packets),
	KUNIT_CASE(ack_train_without_samples),
	KUNIT_CASE(ack_train_begins_with_flight),
	KUNIT_CASE(ack_train_limits),
	KUNIT_CASE(ack_train_wrap),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_ack_train",
	.test_cases = cases,
};

kunit_test_suite(suite);
