// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the parts of a connection's life.
 */
#include <kunit/test.h>

#include "model/clock.c"

#define TICK	tcpdiag_ticks_us(1)

static const struct tcpdiag_clock_samples none;

static u64 sum(const u64 us[TCPDIAG_CLOCK_PARTS])
{
	u64 all = 0;
	unsigned int i;

	for (i = 0; i < TCPDIAG_CLOCK_PARTS; i++)
		all += us[i];
	return all;
}

static void clock_without_loss(struct kunit *test)
{
	struct tcpdiag_clock_ticks t = { .busy = 50, .window = 20, .buffer = 10 };
	u64 us[TCPDIAG_CLOCK_PARTS];
	struct tcpdiag_clock c;

	tcpdiag_clock_make(&c, &t, NULL, true, 100 * TICK);
	KUNIT_EXPECT_EQ(test, c.open_us, 50 * TICK);
	KUNIT_EXPECT_EQ(test, c.window_us, 20 * TICK);
	KUNIT_EXPECT_EQ(test, c.buffer_us, 10 * TICK);
	tcpdiag_clock_divide(&c, &none, us);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_IDLE], 20 * TICK);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW], 20 * TICK);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_SEND_BUFFER], 10 * TICK);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_UNKNOWN], 50 * TICK);
	KUNIT_EXPECT_EQ(test, sum(us), 100 * TICK);
}

/* What was before the module was loaded: not open, not a loss, not known. */
static void clock_unseen(struct kunit *test)
{
	struct tcpdiag_clock_ticks t = { .busy = 50, .window = 20 };
	u64 us[TCPDIAG_CLOCK_PARTS];
	struct tcpdiag_clock c;

	tcpdiag_clock_make(&c, &t, NULL, false, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.open_us, 0);
	KUNIT_EXPECT_EQ(test, c.unseen_us, 50 * TICK);
	/* TCP has counted for longer than the life that was seen */
	KUNIT_EXPECT_EQ(test, c.life_us, 70 * TICK);
	tcpdiag_clock_divide(&c, &none, us);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_UNKNOWN], 50 * TICK);
	KUNIT_EXPECT_EQ(test, sum(us), 70 * TICK);
}

/* A connection begins when TCP's clocks have counted already. */
static void clock_begins_late(struct kunit *test)
{
	struct tcpdiag_clock_ticks t = { .busy = 500, .window = 900, .buffer = 7 };
	struct tcpdiag_clock_states s = { .at = t };
	struct tcpdiag_clock c;

	t.busy += 3;
	t.window += 2;
	tcpdiag_clock_make(&c, &t, &s, true, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.life_us, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.open_us, 3 * TICK);
	KUNIT_EXPECT_EQ(test, c.window_us, 2 * TICK);
	KUNIT_EXPECT_EQ(test, c.buffer_us, 0);
	/* if there was no memory to note that, nobody is accused */
	tcpdiag_clock_make(&c, &t, NULL, false, 10 * TICK);
	tcpdiag_clock_forget(&c, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.life_us, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.unseen_us, 10 * TICK);
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_limited_us(&c), 0);
	/* it was idle for the rest at least */
	t = (struct tcpdiag_clock_ticks) { .window = 4 };
	tcpdiag_clock_make(&c, &t, NULL, false, 10 * TICK);
	tcpdiag_clock_forget(&c, 10 * TICK);
	KUNIT_EXPECT_EQ(test, c.unseen_us, 4 * TICK);
	KUNIT_EXPECT_EQ(test, c.window_us, 0);
}

static void clock_states(struct kunit *test)
{
	struct tcpdiag_clock_states s = {
		.at = { .busy = 10, .window = 5, .buffer = 2 },
		.ticks = { [TCPDIAG_CLOCK_CLASS_OPEN] = 10 },
		.window = 5,
		.buffer = 2,
		.now = TCPDIAG_CLOCK_CLASS_RECOVERY,
	};
	struct tcpdiag_clock_ticks t = { .busy = 30, .window = 6, .buffer = 2 };
	struct tcpdiag_clock c;

	tcpdiag_clock_enter(&s, &t, TCPDIAG_CLOCK_CLASS_LOSS);
	KUNIT_EXPECT_EQ(test, s.ticks[TCPDIAG_CLOCK_CLASS_RECOVERY], 20);
	KUNIT_EXPECT_EQ(test, s.window, 6);
	/* after a timeout all but idle time is the timeout's */
	t = (struct tcpdiag_clock_ticks) { .busy = 31, .window = 8, .buffer = 5 };
	tcpdiag_clock_enter(&s, &t, TCPDIAG_CLOCK_CLASS_OPEN);
	KUNIT_EXPECT_EQ(test, s.ticks[TCPDIAG_CLOCK_CLASS_LOSS], 6);
	KUNIT_EXPECT_EQ(test, s.window, 6);
	KUNIT_EXPECT_EQ(test, s.buffer, 2);
	/* what goes on belongs to the state it is in */
	t.busy = 40;
	t.window = 9;
	tcpdiag_clock_make(&c, &t, &s, true, 0);
	KUNIT_EXPECT_EQ(test, c.open_us, 19 * TICK);
	KUNIT_EXPECT_EQ(test, c.recovery_us, 20 * TICK);
	KUNIT_EXPECT_EQ(test, c.timeout_us, 6 * TICK);
	KUNIT_EXPECT_EQ(test, c.window_us, 7 * TICK);
	KUNIT_EXPECT_EQ(test, c.buffer_us, 2 * TICK);
	KUNIT_EXPECT_EQ(test, c.life_us, 54 * TICK);
	/* nothing was lost: it is what TCP has counted */
	KUNIT_EXPECT_EQ(test, c.life_us, (40 + 9 + 5) * TICK);
	KUNIT_EXPECT_EQ(test, s.at.busy, 31);
}

static void clock_wraps(struct kunit *test)
{
	struct tcpdiag_clock_states s = {
		.at = { .busy = U32_MAX - 4 },
		.now = TCPDIAG_CLOCK_CLASS_LOSS,
	};
	struct tcpdiag_clock_ticks t = { .busy = 5 };

	tcpdiag_clock_enter(&s, &t, TCPDIAG_CLOCK_CLASS_OPEN);
	KUNIT_EXPECT_EQ(test, s.ticks[TCPDIAG_CLOCK_CLASS_LOSS], 10);
}

/* A reader without the socket's lock may see a clock of a moment before. */
static void clock_backwards(struct kunit *test)
{
	struct tcpdiag_clock_states s = {
		.at = { .busy = 100 },
		.ticks = { [TCPDIAG_CLOCK_CLASS_OPEN] = 100 },
		.now = TCPDIAG_CLOCK_CLASS_RECOVERY,
	};
	struct tcpdiag_clock_ticks t = { .busy = 99 };
	struct tcpdiag_clock c;

	tcpdiag_clock_make(&c, &t, &s, true, 1000 * TICK);
	KUNIT_EXPECT_EQ(test, c.open_us, 100 * TICK);
	KUNIT_EXPECT_EQ(test, c.recovery_us, 0);
}

static void clock_samples(struct kunit *test)
{
	struct tcpdiag_clock c = {
		.life_us = 1001, .open_us = 301, .window_us = 200,
	};
	struct tcpdiag_clock_samples s = { .n = {
		[TCPDIAG_CLOCK_SAW_OWN] = 75,
		[TCPDIAG_CLOCK_SAW_PEER] = 25,
		[TCPDIAG_CLOCK_SAW_CLOSED] = 50,
		[TCPDIAG_CLOCK_SAW_SMALL] = 49,
		[TCPDIAG_CLOCK_SAW_CWND] = 100,
		[TCPDIAG_CLOCK_SAW_PACING] = 60,
		[TCPDIAG_CLOCK_SAW_IN_FLIGHT] = 20,
		[TCPDIAG_CLOCK_SAW_OTHER] = 20,
	} };
	u64 us[TCPDIAG_CLOCK_PARTS];

	tcpdiag_clock_divide(&c, &s, us);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_IDLE_OWN], 375);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_IDLE_PEER], 125);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_IDLE], 0);
	/* one sample too few */
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW], 200);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW_CLOSED], 0);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_CWND], 150);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_NAGLE], 0);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_PACING], 90);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_IN_FLIGHT], 30);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_UNKNOWN], 31);
	KUNIT_EXPECT_EQ(test, sum(us), 1001);
	s.n[TCPDIAG_CLOCK_SAW_SMALL]++;
	tcpdiag_clock_divide(&c, &s, us);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW_CLOSED], 100);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW_SMALL], 100);
	KUNIT_EXPECT_EQ(test, us[TCPDIAG_CLOCK_WINDOW], 0);
}

/* However large and odd, nothing is lost. */
static void clock_sums(struct kunit *test)
{
	struct tcpdiag_clock_samples s;
	struct tcpdiag_clock c, all = {};
	u64 us[TCPDIAG_CLOCK_PARTS];
	unsigned int i, k;

	for (i = 0; i < 100; i++) {
		struct tcpdiag_clock_ticks t = {
			.busy = 0x9e3779b9U * i, .window = 77U * i, .buffer = i,
		};

		for (k = 0; k < TCPDIAG_CLOCK_SAMPLED; k++)
			s.n[k] = (u64)(i * 31 + k * 17) % 101 << i % 40;
		tcpdiag_clock_make(&c, &t, NULL, i % 2, 12345678901234567ULL * i);
		tcpdiag_clock_divide(&c, &s, us);
		KUNIT_EXPECT_EQ(test, sum(us), c.life_us);
		tcpdiag_clock_add(&all, &c);
		tcpdiag_clock_divide(&all, &s, us);
		KUNIT_EXPECT_EQ(test, sum(us), all.life_us);
	}
}

/* What a look has found is taken out when the whole is added: nothing counts twice. */
static void clock_taken_back(struct kunit *test)
{
	struct tcpdiag_clock look = { .life_us = 100, .own_us = 60, .open_us = 30 };
	struct tcpdiag_clock end = { .life_us = 130, .open_us = 50 };
	struct tcpdiag_clock live = look, all = {};
	u64 us[TCPDIAG_CLOCK_PARTS];

	tcpdiag_clock_take_back(&live, &end);
	tcpdiag_clock_add(&all, &end);
	tcpdiag_clock_add(&all, &live);
	tcpdiag_clock_settle(&all);
	KUNIT_EXPECT_EQ(test, memcmp(&all, &look, sizeof(all)), 0);
	/* if the end is not among them */
	tcpdiag_clock_settle(&live);
	tcpdiag_clock_divide(&live, &none, us);
	KUNIT_EXPECT_EQ(test, live.open_us, 0);
	KUNIT_EXPECT_EQ(test, live.life_us, 60);
	KUNIT_EXPECT_EQ(test, sum(us), live.life_us);
}

static void clock_turns(struct kunit *test)
{
	struct tcpdiag_clock_look l = { .sent = true, .received = true };

	/* the answer has come */
	l.sent_after = -1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OWN);
	l.sent_after = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PEER);
	/* the peer has said all, or this end has */
	l.peer_closed = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OWN);
	l.peer_closed = false;
	l.closed = true;
	l.sent_after = -1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PEER);
	l.closed = false;
	/* within a tick: the client asks next */
	l.sent_after = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PEER);
	l.connected = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OWN);
	/* the peer never speaks: nobody waits for it */
	l.sent_after = 1;
	l.received = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OWN);
	l.sent = false;
	l.received = true;
	l.sent_after = -1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PEER);
	/* nobody has said anything */
	l.received = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OWN);
	l.connected = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PEER);
}

static void clock_idle_now(struct kunit *test)
{
	struct tcpdiag_clock_look l = {
		.sent = true, .received = true, .sent_after = 5,
		.since_us = 600, .received_us = 400,
	};
	struct tcpdiag_clock c = { .life_us = 1000, .open_us = 300 };

	tcpdiag_clock_idle(&c, &l);
	KUNIT_EXPECT_EQ(test, c.peer_us, 600);
	KUNIT_EXPECT_EQ(test, c.own_us, 0);
	/* it was the peer's turn until data came */
	c.peer_us = 0;
	l.sent_after = -5;
	tcpdiag_clock_idle(&c, &l);
	KUNIT_EXPECT_EQ(test, c.own_us, 400);
	/* never more than the connection was idle */
	c.own_us = 0;
	c.open_us = 900;
	tcpdiag_clock_idle(&c, &l);
	KUNIT_EXPECT_EQ(test, c.own_us, 100);
	c.own_us = 0;
	l.runs = TCPDIAG_CLOCK_RUNS_BUSY;
	tcpdiag_clock_idle(&c, &l);
	KUNIT_EXPECT_EQ(test, c.own_us, 0);
}

static void clock_busy(struct kunit *test)
{
	struct tcpdiag_clock_look l = {
		.runs = TCPDIAG_CLOCK_RUNS_BUSY, .open = true,
		.in_flight = 10, .cwnd = 10,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l),
			TCPDIAG_CLOCK_SAW_IN_FLIGHT);
	l.unsent = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_CWND);
	l.in_flight = 9;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OTHER);
	l.cwnd_limited = true;
	/* what is less than a segment does not wait for a larger one */
	l.mss = 2;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_OTHER);
	l.mss = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_CWND);
	l.paced = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_PACING);
	l.held = true;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_NAGLE);
	l.open = false;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l),
			TCPDIAG_CLOCK_SAW_NOTHING);
	l.runs = TCPDIAG_CLOCK_RUNS_BUFFER;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l),
			TCPDIAG_CLOCK_SAW_NOTHING);
	l.runs = TCPDIAG_CLOCK_RUNS_WINDOW;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_CLOSED);
	l.window = 1;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_judge(&l), TCPDIAG_CLOCK_SAW_SMALL);
}

static void clock_blame(struct kunit *test)
{
	u64 us[TCPDIAG_CLOCK_PARTS] = {};
	unsigned int percent;

	KUNIT_EXPECT_EQ(test, tcpdiag_clock_blame(us, &percent),
			TCPDIAG_CLOCK_UNKNOWN);
	KUNIT_EXPECT_EQ(test, percent, 0);
	us[TCPDIAG_CLOCK_IDLE] = 17;
	us[TCPDIAG_CLOCK_WINDOW] = 83;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_blame(us, &percent),
			TCPDIAG_CLOCK_WINDOW);
	KUNIT_EXPECT_EQ(test, percent, 83);
	KUNIT_EXPECT_STREQ(test, tcpdiag_clock_name(TCPDIAG_CLOCK_WINDOW),
			   "peer_window");
	/* what is not known accuses nobody, if it is as much */
	us[TCPDIAG_CLOCK_UNKNOWN] = 83;
	KUNIT_EXPECT_EQ(test, tcpdiag_clock_blame(us, &percent),
			TCPDIAG_CLOCK_UNKNOWN);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(clock_without_loss),
	KUNIT_CASE(clock_unseen),
	KUNIT_CASE(clock_begins_late),
	KUNIT_CASE(clock_states),
	KUNIT_CASE(clock_wraps),
	KUNIT_CASE(clock_backwards),
	KUNIT_CASE(clock_samples),
	KUNIT_CASE(clock_sums),
	KUNIT_CASE(clock_taken_back),
	KUNIT_CASE(clock_turns),
	KUNIT_CASE(clock_idle_now),
	KUNIT_CASE(clock_busy),
	KUNIT_CASE(clock_blame),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_clock",
	.test_cases = cases,
};

kunit_test_suite(suite);
