// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the figures derived from the counts of a destination: ports in use
 * by state, sums, medians, the forecast, names.
 */
#include <kunit/test.h>
#include <net/inet_sock.h>

#include "model/peer.c"

#define WINDOW_MS	10000

/* 470 ports in use of 1,000 connects. */
static struct tcpdiag_peer some(void)
{
	return (struct tcpdiag_peer){
		.in_use = {
			[TCPDIAG_PEER_CONNECTING] = 20,
			[TCPDIAG_PEER_ESTABLISHED] = 200,
			[TCPDIAG_PEER_CLOSING] = 50,
			[TCPDIAG_PEER_TIME_WAIT] = 200,
		},
		.made = 1000, .waited = 500,
	};
}

/* Each state has one class, and those of live connections are not TIME_WAIT. */
static void peer_classes(struct kunit *test)
{
	static const enum tcpdiag_peer_class expected[] = {
		[TCP_SYN_SENT] = TCPDIAG_PEER_CONNECTING,
		[TCP_SYN_RECV] = TCPDIAG_PEER_CONNECTING,
		[TCP_ESTABLISHED] = TCPDIAG_PEER_ESTABLISHED,
		[TCP_FIN_WAIT1] = TCPDIAG_PEER_CLOSING,
		[TCP_FIN_WAIT2] = TCPDIAG_PEER_CLOSING,
		[TCP_CLOSING] = TCPDIAG_PEER_CLOSING,
		[TCP_CLOSE_WAIT] = TCPDIAG_PEER_CLOSING,
		[TCP_LAST_ACK] = TCPDIAG_PEER_CLOSING,
		[TCP_TIME_WAIT] = TCPDIAG_PEER_TIME_WAIT,
	};
	unsigned int i;

	for (i = 1; i < ARRAY_SIZE(expected); i++) {
		if (i == TCP_CLOSE || i == TCP_LISTEN)
			continue;
		KUNIT_EXPECT_EQ_MSG(test, tcpdiag_peer_class(i), expected[i],
				    "state %u", i);
	}
}

static void peer_reads(struct kunit *test)
{
	struct tcpdiag_peer p = some();
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.in_use[TCPDIAG_PEER_CONNECTING], 20);
	KUNIT_EXPECT_EQ(test, s.in_use[TCPDIAG_PEER_TIME_WAIT], 200);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_total(s.in_use), 470);
	KUNIT_EXPECT_EQ(test, s.connects, 1000);
	KUNIT_EXPECT_EQ(test, s.growth, 470);
	KUNIT_EXPECT_EQ(test, s.live_growth, 270);
}

/* Growth is measured from the mark before the last, also if a counter wraps. */
static void peer_marks(struct kunit *test)
{
	struct tcpdiag_peer p = some();
	struct tcpdiag_peer_sum s;

	p.made = U32_MAX - 20;
	p.waited = U32_MAX;
	tcpdiag_peer_remember(&p, NSEC_PER_SEC);
	p.made += 30;
	p.in_use[TCPDIAG_PEER_ESTABLISHED] += 30;
	tcpdiag_peer_remember(&p, NSEC_PER_SEC);
	p.made += 12;
	p.waited += 5;
	p.in_use[TCPDIAG_PEER_ESTABLISHED] += 7;
	p.in_use[TCPDIAG_PEER_TIME_WAIT] += 5;
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.made, 42);
	KUNIT_EXPECT_EQ(test, s.waited, 5);
	KUNIT_EXPECT_EQ(test, s.growth, 42);
	KUNIT_EXPECT_EQ(test, s.live_growth, 37);
	tcpdiag_peer_remember(&p, NSEC_PER_SEC);
	p.in_use[TCPDIAG_PEER_TIME_WAIT] -= 100;
	tcpdiag_peer_remember(&p, NSEC_PER_SEC);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.made, 0);
	KUNIT_EXPECT_EQ(test, s.growth, -100);
	KUNIT_EXPECT_EQ(test, s.live_growth, 0);
}

/* Ports in use before insmod count in any state, but not as growth. */
static void peer_finds(struct kunit *test)
{
	struct tcpdiag_peer p = {};
	struct tcpdiag_peer_sum s;
	unsigned int as;

	for (as = 0; as < TCPDIAG_PEER_CLASSES; as++)
		tcpdiag_peer_found(&p, as);
	p.waited = 1;
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_total(s.in_use), 4);
	KUNIT_EXPECT_EQ(test, s.in_use[TCPDIAG_PEER_TIME_WAIT], 1);
	KUNIT_EXPECT_EQ(test, s.connects, 0);
	KUNIT_EXPECT_EQ(test, s.waited, 0);
	KUNIT_EXPECT_EQ(test, s.growth, 0);
	KUNIT_EXPECT_EQ(test, s.live_growth, 0);
}

/* All counts of a destination are added to the others. */
static void peer_folds(struct kunit *test)
{
	static struct tcpdiag_peer_sum sum, twice;
	struct tcpdiag_peer a = some(), b = some();

	memset(b.in_use, 0, sizeof(b.in_use));
	b.no_port = 3;
	tcpdiag_peer_lived(&b, 5 * NSEC_PER_MSEC);
	tcpdiag_peer_remember(&b, NSEC_PER_SEC);
	tcpdiag_peer_read(&a, &twice);
	tcpdiag_peer_read(&b, &sum);
	tcpdiag_peer_add(&twice, &sum);
	tcpdiag_peer_fold(&a, &b);
	tcpdiag_peer_read(&a, &sum);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_total(sum.in_use), 470);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_total(twice.in_use), 470);
	KUNIT_EXPECT_EQ(test, sum.connects, 2000);
	KUNIT_EXPECT_EQ(test, twice.connects, 2000);
	KUNIT_EXPECT_EQ(test, sum.no_port, 3);
	KUNIT_EXPECT_EQ(test, sum.lived, 1);
	KUNIT_EXPECT_EQ(test, sum.lived_short, 1);
	KUNIT_EXPECT_EQ(test, sum.growth, twice.growth);
	KUNIT_EXPECT_EQ(test, sum.made, twice.made);
}

static void live_ms(struct tcpdiag_peer *p, u64 ms)
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

	live_ms(&p, 30);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 30);
	live_ms(&p, 10);
	live_ms(&p, 20000);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 30);
	live_ms(&p, 999);
	live_ms(&p, 1000);
	KUNIT_EXPECT_EQ(test, p.lived, 5);
	KUNIT_EXPECT_EQ(test, p.lived_short, 3);
	for (i = 0; i < TCPDIAG_LIVES; i++)
		live_ms(&p, 7);
	KUNIT_EXPECT_EQ(test, median_ms(&p), 7);
	/* a year is as long as the scale goes: 73 minutes */
	for (i = 0; i < TCPDIAG_LIVES; i++)
		live_ms(&p, 365ULL * 86400 * 1000);
	KUNIT_EXPECT_EQ(test, median_ms(&p) / 60000, 73);
}

/* The last victim of all shards, and the lives of the shard with most. */
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
		u64 reusing;
	} cases[] = {
		{ "at rest", 100, 0, 0, 0, 0, TCPDIAG_NEVER, TCPDIAG_NEVER },
		{ "none left", 1000, 0, 0, 0, 0, 0, 0 },
		{ "none left, some in TIME_WAIT", 0, 1000, 0, -5, 0, 0,
		  TCPDIAG_NEVER },
		{ "none left but those in TIME_WAIT", 500, 500, 500, 0, 0, 0,
		  TCPDIAG_NEVER },
		/* 500 in the last second, which may not be reused yet */
		{ "none left, in TIME_WAIT for less than 1 s", 500, 500, 5000,
		  0, 0, 0, 0 },
		{ "more in use than there are", 1200, 0, 0, 5, 5, 0, 0 },
		/* 10 a second stay open: 900 left */
		{ "kept open", 100, 0, 0, 100, 100, 90, 90 },
		/* 100 a second: 10 left is not 0 seconds */
		{ "nearly none left", 990, 0, 0, 1000, 1000, 1, 1 },
		/* 20 a second close: 1,200 in a minute; 500 left at 20 */
		{ "TIME_WAIT fills it", 0, 500, 200, 200, 0, 25,
		  TCPDIAG_NEVER },
		/* 15 a second: 900 in a minute, which fit */
		{ "TIME_WAIT levels off", 0, 500, 150, 150, 0, TCPDIAG_NEVER,
		  TCPDIAG_NEVER },
		{ "TIME_WAIT has levelled off", 0, 900, 150, 0, 0,
		  TCPDIAG_NEVER, TCPDIAG_NEVER },
		/* 600 in a minute, and 1 more a second kept: 300 left */
		{ "both", 100, 100, 100, 110, 10, 300, 890 },
		{ "shrinks", 500, 0, 0, -10, -10, TCPDIAG_NEVER,
		  TCPDIAG_NEVER },
	};
	struct tcpdiag_port_rules rules = {
		.capacity = 1000,
		.window_ms = WINDOW_MS,
		.reuse_ms = MSEC_PER_SEC,
	};
	struct tcpdiag_peer_sum s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		s = (struct tcpdiag_peer_sum){
			.in_use[TCPDIAG_PEER_ESTABLISHED] =
				cases[i].established,
			.in_use[TCPDIAG_PEER_TIME_WAIT] = cases[i].time_wait,
			.waited = cases[i].waited,
			.growth = cases[i].growth,
			.live_growth = cases[i].live_growth,
		};
		rules.reuse = 0;
		KUNIT_EXPECT_EQ_MSG(test, cases[i].seconds,
				    tcpdiag_peer_forecast(&s, &rules),
				    "%s", cases[i].what);
		rules.reuse = TCPDIAG_REUSE_ALL;
		KUNIT_EXPECT_EQ_MSG(test, cases[i].reusing,
				    tcpdiag_peer_forecast(&s, &rules),
				    "%s, reusing", cases[i].what);
		s.unstamped = true;
		KUNIT_EXPECT_EQ_MSG(test, cases[i].seconds,
				    tcpdiag_peer_forecast(&s, &rules),
				    "%s, without timestamps", cases[i].what);
	}
}

static struct tcpdiag_key between_v4(u32 local, u32 remote)
{
	return (struct tcpdiag_key){
		.word[0] = (u64)(__force u32)htonl(local) << 32 |
			   (__force u32)htonl(remote),
	};
}

static struct tcpdiag_key between_v6(const struct in6_addr *local,
				     const struct in6_addr *remote)
{
	struct tcpdiag_key key = { .rest = TCPDIAG_PEER_V6 };

	memcpy(key.word, local, sizeof(*local));
	memcpy(key.word + 2, remote, sizeof(*remote));
	return key;
}

/* Either end may be a loopback address, of either family. */
static void peer_reuses(struct kunit *test)
{
	const struct in6_addr lo = IN6ADDR_LOOPBACK_INIT;
	const struct in6_addr other = { .s6_addr = { 0xfd, [15] = 1 } };
	const struct {
		struct tcpdiag_key key;
		bool loopback;
	} cases[] = {
		{ between_v4(0x7f000001, 0x7f000001), true },
		{ between_v4(0x7fffffff, 0xc0000201), true },
		{ between_v4(0xc0000201, 0x7f000002), true },
		{ between_v4(0xc0000201, 0xc0000202), false },
		{ between_v4(0x80000001, 0x0100007f), false },
		{ between_v6(&lo, &lo), true },
		{ between_v6(&other, &lo), true },
		{ between_v6(&lo, &other), true },
		{ between_v6(&other, &other), false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct tcpdiag_peer_sum s = { .key = cases[i].key };

		KUNIT_EXPECT_FALSE(test, tcpdiag_peer_reuses(&s, 0));
		KUNIT_EXPECT_TRUE(test, tcpdiag_peer_reuses(&s, 1));
		KUNIT_EXPECT_EQ_MSG(test, tcpdiag_peer_reuses(&s, 2),
				    cases[i].loopback, "case %u", i);
		s.unstamped = true;
		KUNIT_EXPECT_FALSE(test, tcpdiag_peer_reuses(&s, 1));
		KUNIT_EXPECT_FALSE(test, tcpdiag_peer_reuses(&s, 2));
	}
}

/* A namespace without any port, or with all possible ports in use. */
static void peer_percent(struct kunit *test)
{
	struct tcpdiag_port_rules rules = {
		.window_ms = WINDOW_MS,
		.reuse_ms = MSEC_PER_SEC,
	};
	struct tcpdiag_peer_sum s = {
		.in_use[TCPDIAG_PEER_ESTABLISHED] = 65535,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(65535, 0), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(65535, 65535), 100);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(65535, 65536), 99);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_percent(65535, 100), 65535);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_forecast(&s, &rules), 0);
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

/* A late connect counts with those of the last minutes, not with all. */
static void peer_late(struct kunit *test)
{
	struct tcpdiag_peer p = { .made = 1000 };
	u64 now = 50 * TCPDIAG_LATELY_NS;
	struct tcpdiag_peer_sum s;
	unsigned int i;

	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.lately.slow, 0);
	for (i = 0; i < 3; i++) {
		p.made += 10;
		tcpdiag_peer_late(&p, i, NSEC_PER_SEC, now + i);
	}
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.late, 3);
	KUNIT_EXPECT_EQ(test, s.lately.slow, 3);
	KUNIT_EXPECT_EQ(test, s.lately.all, 21);
	KUNIT_EXPECT_EQ(test, s.late_twice, 1);
	KUNIT_EXPECT_EQ(test, s.lately.since_ns, now);
	/* the window before counts too */
	now += TCPDIAG_LATELY_NS;
	p.made += 70;
	tcpdiag_peer_late(&p, 1, NSEC_PER_SEC, now);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.lately.slow, 4);
	KUNIT_EXPECT_EQ(test, s.lately.all, 91);
	/* but not one before a gap */
	now += 2 * TCPDIAG_LATELY_NS;
	p.made += 100;
	tcpdiag_peer_late(&p, 1, NSEC_PER_SEC, now);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.late, 5);
	KUNIT_EXPECT_EQ(test, s.lately.slow, 1);
	KUNIT_EXPECT_EQ(test, s.lately.all, 1);
	KUNIT_EXPECT_EQ(test, s.lately.since_ns, now);
	/* two that began before the windows: never more than all */
	tcpdiag_peer_remember(&p, now + 2 * TCPDIAG_LATELY_NS);
	p.late.total += 2;
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.lately.slow, 2);
	KUNIT_EXPECT_EQ(test, s.lately.all, 2);
}

static void remember_all(struct tcpdiag_peer shard[3], u64 now)
{
	unsigned int i;

	for (i = 0; i < 3; i++)
		tcpdiag_peer_remember(&shard[i], now);
}

/*
 * Time ends the windows of all shards, of those without events too: what one of
 * them had long ago is not of the last minutes, and of how many connects is
 * known of all.
 */
static void peer_late_shards(struct kunit *test)
{
	struct tcpdiag_peer *shard = kunit_kzalloc(test, 3 * sizeof(*shard),
						   GFP_KERNEL);
	struct tcpdiag_peer *quiet = shard, *busy = shard + 1;
	struct tcpdiag_peer *healthy = shard + 2;
	u64 now = 50 * TCPDIAG_LATELY_NS;
	struct tcpdiag_peer_sum s, sum;
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, shard);
	remember_all(shard, now);
	for (i = 0; i < 5; i++) {
		quiet->made++;
		tcpdiag_peer_late(quiet, 1, NSEC_PER_SEC, now + i);
	}
	for (i = 0; i < 2; i++) {
		now += TCPDIAG_LATELY_NS;
		remember_all(shard, now);
	}
	healthy->made = 300;
	busy->made = 1;
	tcpdiag_peer_late(busy, 1, NSEC_PER_SEC, now);
	tcpdiag_peer_read(quiet, &sum);
	KUNIT_EXPECT_EQ(test, sum.lately.slow, 0);
	tcpdiag_peer_read(busy, &s);
	tcpdiag_peer_add(&sum, &s);
	tcpdiag_peer_read(healthy, &s);
	tcpdiag_peer_add(&sum, &s);
	KUNIT_EXPECT_EQ(test, sum.late, 6);
	KUNIT_EXPECT_EQ(test, sum.lately.slow, 1);
	KUNIT_EXPECT_EQ(test, sum.lately.all, 301);
	KUNIT_EXPECT_EQ(test, sum.lately.since_ns, now - TCPDIAG_LATELY_NS);
	KUNIT_EXPECT_EQ(test, sum.lately.last_ns, now);
}

/* Dropped Fast Opens are told of the last minutes, of those with data. */
static void peer_fast_open(struct kunit *test)
{
	struct tcpdiag_peer p = {};
	u64 now = 50 * TCPDIAG_LATELY_NS;
	struct tcpdiag_peer_sum s;

	tcpdiag_peer_remember(&p, now);
	tcpdiag_peer_fast_open(&p, TCPDIAG_FAST_OPEN_ASKED, 1, now);
	tcpdiag_peer_fast_open(&p, TCPDIAG_FAST_OPEN_USED, 1, now);
	tcpdiag_peer_fast_open(&p, TCPDIAG_FAST_OPEN_DROPPED, 7, now);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.fast_open_lately.slow, 1);
	KUNIT_EXPECT_EQ(test, s.fast_open_lately.all, 2);
	KUNIT_EXPECT_EQ(test, s.fast_open_lost_ns, 7);
	tcpdiag_peer_remember(&p, now + 2 * TCPDIAG_LATELY_NS);
	tcpdiag_peer_read(&p, &s);
	KUNIT_EXPECT_EQ(test, s.fast_open_lately.slow, 0);
	KUNIT_EXPECT_EQ(test, s.fast_open[TCPDIAG_FAST_OPEN_DROPPED], 1);
}

/* A process votes for itself: what is left it holds. */
static void bind_as(struct tcpdiag_peer *p, struct pid *pid)
{
	if (tcpdiag_peer_bind(p, pid))
		p->binder.pid = pid;
}

static void peer_binder(struct kunit *test)
{
	/* only compared */
	struct pid *few = (void *)8, *most = (void *)16;
	static struct tcpdiag_peer_sum sum, s;
	struct tcpdiag_peer p = {}, q = {};
	unsigned int i;

	bind_as(&p, NULL);
	KUNIT_EXPECT_EQ(test, p.binder_least, 0);
	for (i = 0; i < 3; i++)
		bind_as(&p, few);
	for (i = 0; i < 10; i++)
		bind_as(&p, most);
	KUNIT_EXPECT_PTR_EQ(test, p.binder.pid, most);
	KUNIT_EXPECT_EQ(test, p.binder_least, 7);
	KUNIT_EXPECT_EQ(test, p.bound, 14);
	tcpdiag_peer_unbind(&p, few);
	tcpdiag_peer_unbind(&p, NULL);
	KUNIT_EXPECT_EQ(test, p.binder_least, 7);
	tcpdiag_peer_unbind(&p, most);
	KUNIT_EXPECT_EQ(test, p.binder_least, 6);
	KUNIT_EXPECT_EQ(test, p.bound, 11);
	/* another shard: the same process, or another one with fewer */
	bind_as(&q, most);
	tcpdiag_peer_read(&p, &sum);
	tcpdiag_peer_read(&q, &s);
	tcpdiag_peer_add(&sum, &s);
	KUNIT_EXPECT_EQ(test, sum.binder_least, 7);
	KUNIT_EXPECT_EQ(test, sum.bound, 12);
	q.binder.pid = few;
	tcpdiag_peer_read(&q, &s);
	tcpdiag_peer_add(&sum, &s);
	KUNIT_EXPECT_PTR_EQ(test, sum.binder.pid, most);
	KUNIT_EXPECT_EQ(test, sum.binder_least, 7);
	/* never more than there are */
	for (i = 0; i < 11; i++)
		tcpdiag_peer_unbind(&p, NULL);
	KUNIT_EXPECT_EQ(test, p.binder_least, 0);
}

/* Ports that bind() took for other destinations are taken for this one too. */
static void peer_bound(struct kunit *test)
{
	const struct tcpdiag_port_rules rules = {
		.capacity = 1000, .window_ms = WINDOW_MS,
	};
	struct tcpdiag_peer_sum s = {
		.in_use = { [TCPDIAG_PEER_ESTABLISHED] = 100 },
		.bound = 100, .bound_local = 1000,
	};

	KUNIT_EXPECT_EQ(test, tcpdiag_peer_elsewhere(&s), 900);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_taken(&s, &rules), 1000);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_forecast(&s, &rules), 0);
	/* connect() leaves out those of other local addresses too, bind() not */
	s.bound_local = 100;
	s.bound_most = 1000;
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_taken(&s, &rules), 100);
	s.bound = 0;
	s.bound_local = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_taken(&s, &rules), 1100);
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_forecast(&s, &rules), 0);
	s.bound_most = 0;
	s.bound = 100;
	s.bound_local = 0;
	KUNIT_EXPECT_EQ(test, tcpdiag_peer_taken(&s, &rules), 100);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(peer_late),
	KUNIT_CASE(peer_late_shards),
	KUNIT_CASE(peer_fast_open),
	KUNIT_CASE(peer_binder),
	KUNIT_CASE(peer_bound),
	KUNIT_CASE(peer_classes),
	KUNIT_CASE(peer_reads),
	KUNIT_CASE(peer_marks),
	KUNIT_CASE(peer_finds),
	KUNIT_CASE(peer_folds),
	KUNIT_CASE(peer_lives),
	KUNIT_CASE(peer_merges),
	KUNIT_CASE(peer_forecast),
	KUNIT_CASE(peer_reuses),
	KUNIT_CASE(peer_percent),
	KUNIT_CASE(peer_names),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_peer",
	.test_cases = cases,
};

kunit_test_suite(suite);
