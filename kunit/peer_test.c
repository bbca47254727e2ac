// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what follows from the counts of a destination: ports in use by
 * state, sums, medians, the forecast, names.
 */
#include <kunit/test.h>
#include <net/inet_sock.h>

#include "../module/peer.c"

#define WINDOW_MS	10000

/* Of 1,000 made and 20 found: some of each. */
static struct tcpdiag_peer some(void)
{
	return (struct tcpdiag_peer){
		.made = 1000, .found = 20, .failed = 100,
		.opened = ATOMIC_INIT(900), .left = ATOMIC_INIT(700),
		.waited = 500, .wait_ended = 300, .ended = 150,
	};
}

static void peer_states(struct kunit *test)
{
	struct tcpdiag_peer p = some();
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.connecting, 20);
	KUNIT_EXPECT_EQ(test, s.established, 200);
	KUNIT_EXPECT_EQ(test, s.closing, 50);
	KUNIT_EXPECT_EQ(test, s.time_wait, 200);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_sum_in_use(&s), 470);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_in_use(&p), 470);
	KUNIT_EXPECT_EQ(test, s.connects, 1000);
}

/* Counters wrap, what is in use does not. */
static void peer_wraps(struct kunit *test)
{
	struct tcpdiag_peer p = {
		.made = 5, .failed = U32_MAX - 4,
		.opened = ATOMIC_INIT(3), .left = ATOMIC_INIT(U32_MAX),
		.waited = 1, .wait_ended = U32_MAX - 1, .ended = U32_MAX - 2,
	};
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.connecting, 7);
	KUNIT_EXPECT_EQ(test, s.established, 4);
	KUNIT_EXPECT_EQ(test, s.closing, 1);
	KUNIT_EXPECT_EQ(test, s.time_wait, 3);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_in_use(&p), 15);
}

/* A counter that is ahead of another makes no four billion. */
static void peer_ahead(struct kunit *test)
{
	struct tcpdiag_peer p = { .made = 1, .opened = ATOMIC_INIT(2) };
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.connecting, 0);
}

/* Growth is since the mark before the last. */
static void peer_marks(struct kunit *test)
{
	struct tcpdiag_peer p = some();
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_remember(&p);
	p.made += 30;
	tcpdiag_peer_remember(&p);
	p.made += 12;
	p.waited += 5;
	atomic_add(5, &p.left);
	atomic_add(10, &p.opened);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.made, 42);
	KUNIT_EXPECT_EQ(test, s.waited, 5);
	KUNIT_EXPECT_EQ(test, s.growth, 42);
	KUNIT_EXPECT_EQ(test, s.live_growth, 37);
	tcpdiag_peer_remember(&p);
	p.wait_ended += 100;
	tcpdiag_peer_remember(&p);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.made, 0);
	KUNIT_EXPECT_EQ(test, s.growth, -100);
	KUNIT_EXPECT_EQ(test, s.live_growth, 0);
}

/* What goes to the others is all there. */
static void peer_folds(struct kunit *test)
{
	struct tcpdiag_peer a = some(), b = some();
	struct tcpdiag_peer_sum sum, twice;

	tcpdiag_peer_lived(&b, 5 * NSEC_PER_MSEC);
	tcpdiag_peer_read(&a, &twice);
	tcpdiag_peer_read(&b, &sum);
	tcpdiag_peer_add(&twice, &sum);
	tcpdiag_peer_fold(&a, &b);
	tcpdiag_peer_read(&a, &sum);
	KUNIT_EXPECT_EQ(test, sum.connecting, twice.connecting);
	KUNIT_EXPECT_EQ(test, sum.established, twice.established);
	KUNIT_EXPECT_EQ(test, sum.closing, twice.closing);
	KUNIT_EXPECT_EQ(test, sum.time_wait, twice.time_wait);
	KUNIT_EXPECT_EQ(test, sum.connects, 2000);
	KUNIT_EXPECT_EQ(test, sum.lived, 1);
	KUNIT_EXPECT_EQ(test, sum.growth, twice.growth);
}

static void live(struct tcpdiag_peer *p, u64 ms)
{
	tcpdiag_peer_lived(p, ms * NSEC_PER_MSEC);
}

static u64 median_ms(const struct tcpdiag_peer *p)
{
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_read(p, &s);
	return div_u64(tcpdiag_peer_median_us(&s) + 500, 1000);
}

static void peer_lives(struct kunit *test)
{
	struct tcpdiag_peer p = {};
	unsigned int i;

	live(&p, 30);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 30);
	live(&p, 10);
	live(&p, 20000);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 30);
	live(&p, 999);
	live(&p, 1000);
	KUNIT_EXPECT_EQ(test, p.lived, 5);
	KUNIT_EXPECT_EQ(test, p.lived_short, 3);
	for (i = 0; i < TCPDIAG_LIVES; i++)
		live(&p, 7);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 7);
	/* a year is as long as the scale goes: 73 minutes */
	for (i = 0; i < TCPDIAG_LIVES; i++)
		live(&p, 365ULL * 86400 * 1000);
	KUNIT_EXPECT_EQ(test, median_ms(&p) / 60000, 73);
}

/* The last victim of all CPUs, and the lives of that with most. */
static void peer_merges(struct kunit *test)
{
	struct tcpdiag_peer_sum a = {
		.no_port = 2, .no_port_ns = 100, .victim = { .comm = "late" },
		.lived = 1, .lives = 1, .life = { 9 },
		.user = { .comm = "few" },
	}, b = {
		.no_port = 3, .no_port_ns = 50, .victim = { .comm = "early" },
		.lived = 5, .lives = 5, .life = { 4, 4, 4, 4, 4 },
		.user = { .comm = "many" },
	};

	tcpdiag_peer_add(&a, &b);
	KUNIT_EXPECT_EQ(test, a.no_port, 5);
	KUNIT_EXPECT_STREQ(test, a.victim.comm, "late");
	KUNIT_EXPECT_STREQ(test, b.victim.comm, "early");
	KUNIT_EXPECT_STREQ(test, a.user.comm, "many");
	KUNIT_EXPECT_STREQ(test, b.user.comm, "few");
	KUNIT_EXPECT_EQ(test, a.lived, 6);
	KUNIT_EXPECT_EQ(test, a.lives, 5);
	KUNIT_EXPECT_EQ(test, a.life[0], 4);
}

static void peer_forecast(struct kunit *test)
{
	static const struct {
		const char *what;
		u32 established;
		u32 time_wait;
		u32 waited;
		s32 growth;
		s32 live_growth;
		u64 seconds;
	} cases[] = {
		{ "at rest", 100, 0, 0, 0, 0, TCPDIAG_NEVER },
		{ "none left", 1000, 0, 0, 0, 0, 0 },
		{ "none left, some in TIME_WAIT", 0, 1000, 0, -5, 0, 0 },
		{ "more in use than there are", 1200, 0, 0, 5, 5, 0 },
		/* 10 a second stay open: 900 left */
		{ "kept open", 100, 0, 0, 100, 100, 90 },
		/* 20 a second close: 1,200 in a minute; 500 left at 20 */
		{ "TIME_WAIT fills it", 0, 500, 200, 200, 0, 25 },
		/* 15 a second: 900 in a minute, which fit */
		{ "TIME_WAIT levels off", 0, 500, 150, 150, 0, TCPDIAG_NEVER },
		{ "TIME_WAIT has levelled off", 0, 900, 150, 0, 0,
		  TCPDIAG_NEVER },
		/* 600 in a minute, and 1 more a second kept: 300 left */
		{ "both", 100, 100, 100, 110, 10, 300 },
		{ "shrinks", 500, 0, 0, -10, -10, TCPDIAG_NEVER },
	};
	struct tcpdiag_peer_sum s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		s = (struct tcpdiag_peer_sum){
			.established = cases[i].established,
			.time_wait = cases[i].time_wait,
			.waited = cases[i].waited,
			.growth = cases[i].growth,
			.live_growth = cases[i].live_growth,
		};
		KUNIT_EXPECT_EQ_MSG(test, cases[i].seconds,
				    tcpdiag_peer_forecast(&s, 1000, WINDOW_MS),
				    "%s", cases[i].what);
	}
}

/* A namespace without a single port, or with all there can be in use. */
static void peer_percent(struct kunit *test)
{
	struct tcpdiag_peer_sum s = { .established = 65535 };

	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(&s, 0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(&s, 65535), 100);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(&s, 65536), 99);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(&s, 100), 65535);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_forecast(&s, 0, WINDOW_MS), 0);
}

static void peer_names(struct kunit *test)
{
	struct tcpdiag_key v4 = {
		.word[0] = (u64)(__force u32)htonl(0x0a000001) << 32 |
			   (__force u32)htonl(0x0a0000fe),
		.rest = (__force u16)htons(65535),
	}, v6 = {
		.rest = TCPDIAG_PEER_V6 | (__force u16)htons(80),
	};
	char name[TCPDIAG_PAIR_LEN];

	KUNIT_EXPECT_STREQ(test, tcpdiag_peer_name(name, &v4, " "),
			   "10.0.0.1 10.0.0.254:65535");
	((u8 *)v6.word)[0] = 0xfd;
	((u8 *)v6.word)[15] = 1;
	((u8 *)v6.word)[31] = 1;
	KUNIT_EXPECT_STREQ(test, tcpdiag_peer_name(name, &v6, " to "),
			   "[fd00::1] to [::1]:80");
	memset(v6.word, 0xff, sizeof(v6.word));
	v6.rest |= 0xffff;
	tcpdiag_peer_name(name, &v6, " ");
	KUNIT_EXPECT_EQ(test, name[strlen(name) - 1], '5');
}

static struct kunit_case cases[] = {
	KUNIT_CASE(peer_states),
	KUNIT_CASE(peer_wraps),
	KUNIT_CASE(peer_ahead),
	KUNIT_CASE(peer_marks),
	KUNIT_CASE(peer_folds),
	KUNIT_CASE(peer_lives),
	KUNIT_CASE(peer_merges),
	KUNIT_CASE(peer_forecast),
	KUNIT_CASE(peer_percent),
	KUNIT_CASE(peer_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_peer",
	.test_cases = cases,
};

kunit_test_suite(suite);
