// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of why a connection cannot go on: sockets as the kernel leaves them.
 */
#include <kunit/test.h>

#include "model/stall.c"

#define MS	((u64)USEC_PER_MSEC)
#define S	((u64)USEC_PER_SEC)

/* Nothing waits. */
static struct tcpdiag_stall_look quiet(void)
{
	return (struct tcpdiag_stall_look) {
		.rto_us = 200 * MS,
		.first_rto_us = 200 * MS,
		.snd_wnd = 65536,
		.mss = 1448,
		.retries = 15,
		.rto_max_us = 120 * S,
		.rcv_wnd = 65536,
		.outside_us = U64_MAX,
	};
}

/* Sent again @n times, the next time in @timer_us; before, nothing for a minute. */
static struct tcpdiag_stall_look silent(unsigned int n, u64 timer_us)
{
	struct tcpdiag_stall_look l = quiet();

	l.timer = TCPDIAG_STALL_TIMER_AGAIN;
	l.timer_us = timer_us;
	l.backoff = n;
	l.retransmits = n;
	l.rto_us = min(200 * MS << n, 120 * S);
	l.packets_out = 1;
	l.retrans_out = 1;
	l.bytes = 100;
	l.heard_us = (200 * MS << (n + 1)) + 60 * S;
	return l;
}

/* The first probe was @probing_us ago. */
static struct tcpdiag_stall_look closed(u64 probing_us)
{
	struct tcpdiag_stall_look l = quiet();

	l.timer = TCPDIAG_STALL_TIMER_PROBE;
	l.timer_us = 100 * MS;
	l.backoff = 3;
	l.probing_us = probing_us;
	l.sent_us = probing_us + 1 * S;
	l.bytes = 50000;
	l.snd_wnd = 0;
	l.heard_us = 700 * MS;
	return l;
}

static enum tcpdiag_stall_cause cause(const struct tcpdiag_stall_look *l)
{
	struct tcpdiag_stall s;

	tcpdiag_stall_judge(l, &s);
	return s.cause;
}

static void stall_none(struct kunit *test)
{
	struct tcpdiag_stall_look l = quiet();

	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* in flight, for the first time */
	l.timer = TCPDIAG_STALL_TIMER_AGAIN;
	l.timer_us = 150 * MS;
	l.packets_out = 10;
	l.bytes = 14480;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* one segment was lost, and the peer goes on answering */
	l = silent(1, 300 * MS);
	l.heard_us = 10 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* all was acknowledged meanwhile */
	l = silent(3, 300 * MS);
	l.bytes = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

static void stall_peer_silent(struct kunit *test)
{
	/* sent at 0, again at 0.2, 0.6, 1.4; the next at 3.0 s; now it is 2.0 s */
	struct tcpdiag_stall_look l = silent(3, 1000 * MS);
	struct tcpdiag_stall s;

	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_PEER_SILENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 2000 * MS);
	KUNIT_EXPECT_EQ(test, s.tries, 3);
	KUNIT_EXPECT_EQ(test, s.bytes, 100);
	KUNIT_EXPECT_EQ(test, s.next_us, 1000 * MS);
	KUNIT_EXPECT_EQ(test, s.idle_us, l.heard_us - 2000 * MS);
	/* timers are late: by an eighth at most */
	l.busy_us = 2200 * MS;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 2200 * MS);
	l.busy_us = 9 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 2250 * MS);
	l.busy_us = 0;
	/* an ACK before the first timeout was for what was sent before */
	l.heard_us = 1800 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	l.heard_us--;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* The kernel counts what is sent again only if it leaves this host. */
static void stall_not_sent(struct kunit *test)
{
	/* sent at 0, again at 0.2, 0.6, 1.4, 3.0, 6.2; the next at 12.6 s; it is 8 s */
	struct tcpdiag_stall_look l = silent(5, 4600 * MS);
	struct tcpdiag_stall s;

	l.retrans_out = 0;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_NOT_SENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 8000 * MS);
	KUNIT_EXPECT_EQ(test, s.tries, 5);
	KUNIT_EXPECT_TRUE(test, s.end_known);
	/* a full queue: each half a second, without doubling, after a long timeout */
	l.backoff = 0;
	l.retransmits = 12;
	l.rto_us = 1500 * MS;
	l.first_rto_us = 1500 * MS;
	l.timer_us = 250 * MS;
	l.heard_us = 7500 * MS;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_NOT_SENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 7500 * MS);
	KUNIT_EXPECT_FALSE(test, s.end_known);
	/* the peer answers */
	l.heard_us = 100 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* the segment before may wait for ARP: the peer was not asked again */
	l = silent(4, 300 * MS);
	l.retrans_out = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* nothing is on its way, and the window has room */
	l = silent(0, 300 * MS);
	l.timer = TCPDIAG_STALL_TIMER_PROBE;
	l.packets_out = 0;
	l.retrans_out = 0;
	l.in_flight = 0;
	l.snd_wnd = 65535;
	l.rto_us = 1600 * MS;
	l.first_rto_us = 200 * MS;
	l.probes_out = 3;
	l.probing_us = 1400 * MS;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_NOT_SENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 1600 * MS);
	KUNIT_EXPECT_EQ(test, s.tries, 3);
	KUNIT_EXPECT_FALSE(test, s.end_known);
	l.probes_out = 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* At the longest timeout, it does not tell how it began. */
static void stall_longest_timeout(struct kunit *test)
{
	struct tcpdiag_stall_look l = silent(12, 20 * S);
	struct tcpdiag_stall s;

	l.first_rto_us = 300 * MS;
	/* 0.3 s doubled eight times is 76.8 s; then 120 s */
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 511 * 300 * MS + 4 * 120 * S - 20 * S);
}

/* ip(7): with 15 retries the kernel gives up after 924.6 s at the earliest. */
static void stall_gives_up(struct kunit *test)
{
	struct tcpdiag_stall_look l = silent(0, 200 * MS);
	struct tcpdiag_stall s;

	KUNIT_EXPECT_EQ(test, patience_us(&l), 924600 * MS);
	/* just sent again for the first time */
	l = silent(1, 400 * MS);
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_TRUE(test, s.end_known);
	KUNIT_EXPECT_GE(test, s.end_us, 924600 * MS);
	KUNIT_EXPECT_LE(test, s.end_us, 924600 * MS + 120 * S);
	/* seconds by the program's own wish */
	l.user_timeout_us = 30 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.end_us, 30 * S);
	/* sent again after 0.2, 0.6, 1.4, 3.0 s; the last timeout is cut to 4.2 s */
	l = silent(4, 1000 * MS);
	l.user_timeout_us = 4 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 3200 * MS);
	KUNIT_EXPECT_EQ(test, s.end_us, 1000 * MS);
	/* a host with fewer */
	l = silent(1, 400 * MS);
	l.retries = 3;
	tcpdiag_stall_judge(&l, &s);
	/* 3.0 s are over at the timeout after 0.4, 1.2, 2.8 s */
	KUNIT_EXPECT_EQ(test, s.end_us, 6000 * MS);
	l.retries = 255;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_GE(test, s.end_us, 29000 * S);
}

static void stall_zero_window_peer(struct kunit *test)
{
	struct tcpdiag_stall_look l = closed(10 * S);
	struct tcpdiag_stall s;

	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_ZERO_WINDOW_PEER);
	KUNIT_EXPECT_EQ(test, s.for_us, 10 * S + 200 * MS);
	KUNIT_EXPECT_FALSE(test, s.end_known);
	/* a peer that reads slowly: the window was open for a moment since */
	l.sent_us = 2 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_ZERO_WINDOW_PEER);
	KUNIT_EXPECT_EQ(test, s.for_us, 2 * S);
	/* before the first probe */
	l.probing_us = 0;
	l.backoff = 0;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 100 * MS);
	/* the program has had enough after 30 s */
	l = closed(10 * S);
	l.user_timeout_us = 30 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_TRUE(test, s.end_known);
	KUNIT_EXPECT_EQ(test, s.end_us, 20 * S);
	/* a window with room: the probe follows an error of this host */
	l.snd_wnd = 1448;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* a window that was taken back */
	l = silent(3, 1000 * MS);
	l.snd_wnd = 0;
	l.retransmits = 0;
	l.heard_us = 600 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_PEER);
}

/* A window that was taken back, by a peer that has gone since. */
static void stall_taken_back(struct kunit *test)
{
	/* sent again after 0.2, 0.6, 1.4 s; the next at 3.0 s; now it is 2.0 s */
	struct tcpdiag_stall_look l = silent(3, 1000 * MS);
	struct tcpdiag_stall s;

	l.snd_wnd = 0;
	l.retransmits = 0;
	l.heard_us = 1800 * MS - 1;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_ZERO_WINDOW_PEER);
	KUNIT_EXPECT_EQ(test, s.tries, 3);
	l.heard_us++;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_PEER_SILENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 1800 * MS);
	KUNIT_EXPECT_EQ(test, s.tries, 3);
	/* when the kernel gives up depends on what the peer does */
	KUNIT_EXPECT_FALSE(test, s.end_known);
	l.backoff = 2;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_PEER);
	/* a thin stream, whose timeouts are not doubled */
	l.backoff = 0;
	l.retransmits = 2;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_ZERO_WINDOW_PEER);
	KUNIT_EXPECT_EQ(test, s.tries, 2);
	/* it was closed just now */
	l.retransmits = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* it has answered a try before the last two: these are 12.8 s apart */
	l = silent(7, 20 * S);
	l.snd_wnd = 0;
	l.retransmits = 0;
	l.heard_us = 5600 * MS + 12800 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_PEER);
	l.heard_us += 6400 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	/* at the longest timeout, tries are that far apart */
	l = silent(12, 20 * S);
	l.snd_wnd = 0;
	l.retransmits = 0;
	l.heard_us = 100 * S + 2 * 120 * S - 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_PEER);
	l.heard_us++;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
}

/* Full for 10 s, and the peer has probed. */
static struct tcpdiag_stall_look full(void)
{
	struct tcpdiag_stall_look l = quiet();

	l.rcv_wnd = 0;
	l.unread = 100000;
	l.received_us = 10 * S;
	l.read_us = 12 * S;
	l.acked_us = 10 * S;
	l.has_sent = true;
	l.sent_us = 60 * S;
	l.outside_us = 2 * S;
	return l;
}

static void stall_zero_window_own(struct kunit *test)
{
	struct tcpdiag_stall_look l = full();
	struct tcpdiag_stall s;

	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_ZERO_WINDOW_OWN);
	KUNIT_EXPECT_EQ(test, s.for_us, 10 * S);
	KUNIT_EXPECT_EQ(test, s.bytes, 100000);
	KUNIT_EXPECT_FALSE(test, s.next_known);
	/* the program reads, if slowly */
	l.read_us = 2 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.for_us, 2 * S);
	l.read_us = 12 * S;
	/* the peer has nothing more to send */
	l.outside_us = U64_MAX;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* a keepalive, before the last data */
	l.outside_us = 11 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* probes of one byte */
	l.acked_us = 3 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_OWN);
	/* or the answer to a keepalive of this end */
	l.keepalive = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.keepalive = false;
	/* the ACK of something that was sent since */
	l.sent_us = 4 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* which came first of two things in one tick is not known */
	l.sent_us = 10 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* only the handshake, in the same tick as the data of the peer */
	l.has_sent = false;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_OWN);
	/* it has sent all, and only keeps the connection alive */
	l = full();
	l.ended = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* there is room, or nothing to read */
	l = full();
	l.rcv_wnd = 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l = full();
	l.unread = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* Both write and neither reads: ours is told to. */
static void stall_neither_reads(struct kunit *test)
{
	struct tcpdiag_stall_look l = closed(10 * S);

	l.rcv_wnd = 0;
	l.unread = 100000;
	l.received_us = 10 * S;
	l.read_us = 12 * S;
	l.outside_us = 2 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_OWN);
}

/* A login went through, and then 14,480 bytes did not. */
static struct tcpdiag_stall_look large(void)
{
	struct tcpdiag_stall_look l = silent(3, 1000 * MS);

	l.packets_out = 10;
	l.in_flight = 14480;
	l.bytes = 20001;
	l.bytes_acked = 7;
	return l;
}

static void stall_large_lost(struct kunit *test)
{
	struct tcpdiag_stall_look l = large();
	struct tcpdiag_stall s;

	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_LARGE_LOST);
	KUNIT_EXPECT_EQ(test, s.segment, 1448);
	KUNIT_EXPECT_EQ(test, s.for_us, 2000 * MS);
	KUNIT_EXPECT_TRUE(test, s.end_known);
	/* such a segment went through once */
	l.bytes_acked = 1448;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	/* any link carries a segment of this size */
	l.bytes_acked = 7;
	l.head = SMALL;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	/* lost once */
	l = large();
	l.retransmits = 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	/* a short one among them may be the first, unless that was measured */
	l = large();
	l.in_flight = 9 * 1448 + 100;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	l.head = 1448;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_LARGE_LOST);
	/* a short one behind it, which any link carries, did not get there either */
	l.sack = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_PEER_SILENT);
	/* it is the one that the peer has got */
	l.sacked_out = 1;
	l.heard_us = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_LARGE_LOST);
	/* large ones got there */
	l.sacked_out = 2;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* 1.3 MB a second over 50 ms, held back all the time. */
static struct tcpdiag_stall_look slow(void)
{
	struct tcpdiag_stall_look l = quiet();

	l.min_rtt_us = 50 * MS;
	l.active_us = 5 * S;
	l.bytes_acked = 6500000;
	l.sent_us = 1 * S;
	l.max_window = 65535;
	l.buffer = 65536;
	l.queued = 65536;
	l.bytes = 44000;
	l.in_flight = 44000;
	return l;
}

static void stall_send_buffer(struct kunit *test)
{
	struct tcpdiag_stall_look l = slow();
	struct tcpdiag_stall s;

	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.buffer_set = true;
	l.buffer_us = 2 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_SEND_BUFFER);
	KUNIT_EXPECT_EQ(test, s.bps, 10400000);
	KUNIT_EXPECT_EQ(test, s.percent, 40);
	KUNIT_EXPECT_EQ(test, s.room, 65536);
	KUNIT_EXPECT_EQ(test, s.per_rtt, 65000);
	/* answers that fit, one after another */
	l.queued = 65535;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* the program waits until a third is free */
	l.writer_waits = true;
	l.queued = 43690;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_SEND_BUFFER);
	l.queued--;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.queued = 65536;
	l.writer_waits = false;
	/* the congestion window is the limit: a part is not sent */
	l.in_flight = 32999;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.in_flight = 33000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_SEND_BUFFER);
	l.queued = 0;
	l.was_full = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_SEND_BUFFER);
	/* a link of 5 Mbit/s, before which the rest of the buffer waits */
	l.bytes_acked = 3125000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* something else is slower */
	l.bytes_acked = 2000000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.bytes_acked = 6500000;
	/* a short path needs no larger one */
	l.min_rtt_us = PATH_US - 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* it was a minute ago */
	l = slow();
	l.buffer_set = true;
	l.sent_us = PAST_US;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

static void stall_window(struct kunit *test)
{
	struct tcpdiag_stall_look l = slow();
	struct tcpdiag_stall s;

	l.window_us = 4 * S;
	l.unscaled = true;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_WINDOW);
	KUNIT_EXPECT_EQ(test, s.room, 65535);
	KUNIT_EXPECT_TRUE(test, s.unscaled);
	/* a link of 6 Mbit/s, before which the rest of the window waits */
	l.bytes_acked = 3750000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* a peer that reads slowly: its window grew to twice of that, and some segments */
	l.max_window = 2 * 50000 + 16 * 1448;
	l.bytes_acked = 5000000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.bytes_acked = 600000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* no round trip was measured */
	l = slow();
	l.window_us = 4 * S;
	l.min_rtt_us = U32_MAX;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l = slow();
	l.window_us = 2 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* 200 kB a second have come over 100 ms, through a window of 24 kB. */
static void stall_receive_buffer(struct kunit *test)
{
	struct tcpdiag_stall_look l = quiet();
	struct tcpdiag_stall s;

	l.min_rtt_us = 100 * MS;
	l.rcv_rtt_us = 102 * MS;
	l.life_us = 10 * S;
	l.received = 2000000;
	l.received_us = 10 * MS;
	l.window_max = 24576;
	l.rcvbuf_set = true;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_RECEIVE_BUFFER);
	KUNIT_EXPECT_EQ(test, s.room, 24576);
	KUNIT_EXPECT_EQ(test, s.per_rtt, 20000);
	KUNIT_EXPECT_EQ(test, s.bps, 1600000);
	KUNIT_EXPECT_TRUE(test, s.set);
	/* so it is when it cannot grow, whoever says so */
	l.rcvbuf_set = false;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_RECEIVE_BUFFER);
	KUNIT_EXPECT_FALSE(test, s.set);
	l.rcvbuf_grows = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.rcvbuf_grows = false;
	/* the sender, or a link, is slower */
	l.received = 1600000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.received = 2000000;
	/* it is the program that is slow */
	l.unread = 12288;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.unread = 0;
	/* it is over */
	l.received_us = 2 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.received_us = 10 * MS;
	/* a queue stands before a link of nearly that rate */
	l.rcv_rtt_us = 125 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_RECEIVE_BUFFER);
	l.rcv_rtt_us++;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	/* the path was longer when the connection began */
	l.rcv_rtt_us = 50 * MS;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.received *= 2;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_RECEIVE_BUFFER);
	KUNIT_EXPECT_EQ(test, s.rtt_us, 50 * MS);
	KUNIT_EXPECT_EQ(test, s.per_rtt, 20000);
	/* nobody has measured one of the two */
	l.rcv_rtt_us = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.rcv_rtt_us = 100 * MS;
	l.min_rtt_us = U32_MAX;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.min_rtt_us = 100 * MS;
	/* it is older than the module */
	l.life_us = 0;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.life_us = 10 * S;
	/* near by */
	l.min_rtt_us = PATH_US - 1;
	l.rcv_rtt_us = PATH_US - 1;
	l.received = 2000000000;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* A request came 20 s ago, and nobody has read it. */
static void stall_unread(struct kunit *test)
{
	struct tcpdiag_stall_look l = quiet();
	struct tcpdiag_stall s;

	l.accepted = true;
	l.unread = 400;
	l.received_us = 20 * S;
	l.read_us = 25 * S;
	l.sent_us = 30 * S;
	l.has_sent = true;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_UNREAD);
	KUNIT_EXPECT_EQ(test, s.for_us, 20 * S);
	KUNIT_EXPECT_EQ(test, s.bytes, 400);
	/* in the tick of the handshake */
	l.sent_us = 20 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.has_sent = false;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_UNREAD);
	l.has_sent = true;
	/* a server that sends all the time */
	l.sent_us = 1 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.sent_us = 30 * S;
	/* it reads, slowly */
	l.read_us = 9 * S;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.read_us = 25 * S;
	/* the program is told of whole records, or of so many bytes */
	l.layered = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.layered = false;
	l.least_read = 401;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.least_read = 400;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_UNREAD);
	/* a client of a pool, which asks nothing; and one that has gone */
	l.accepted = false;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
	l.accepted = true;
	l.ended = true;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_NONE);
}

/* Behind a closed window the peer may be gone as well. */
static void stall_probes_unanswered(struct kunit *test)
{
	struct tcpdiag_stall_look l = closed(10 * S);
	struct tcpdiag_stall s;

	l.probes_out = PROBES - 1;
	KUNIT_EXPECT_EQ(test, cause(&l), TCPDIAG_STALL_ZERO_WINDOW_PEER);
	l.probes_out = PROBES;
	l.heard_us = 9 * S;
	tcpdiag_stall_judge(&l, &s);
	KUNIT_EXPECT_EQ(test, s.cause, TCPDIAG_STALL_PEER_SILENT);
	KUNIT_EXPECT_EQ(test, s.for_us, 9 * S);
}

/* A bulk transfer, one whose segments are smaller, and small messages. */
static void stall_passed(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, tcpdiag_stall_passed(1000 * 1448 + 100, 1002,
						     1448, 1448));
	/* each write of 64 KiB ended with a short one */
	KUNIT_EXPECT_TRUE(test, tcpdiag_stall_passed(2000008, 1447, 1448,
						     1448));
	KUNIT_EXPECT_FALSE(test, tcpdiag_stall_passed(1000 * 1348, 1001,
						      1348, 1448));
	KUNIT_EXPECT_FALSE(test, tcpdiag_stall_passed(1000 * 1200, 1001,
						      1448, 1448));
	KUNIT_EXPECT_FALSE(test, tcpdiag_stall_passed(0, 0, 1448, 1448));
	KUNIT_EXPECT_FALSE(test, tcpdiag_stall_passed(100, 1, 1448, 0));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(stall_none),
	KUNIT_CASE(stall_peer_silent),
	KUNIT_CASE(stall_not_sent),
	KUNIT_CASE(stall_longest_timeout),
	KUNIT_CASE(stall_gives_up),
	KUNIT_CASE(stall_zero_window_peer),
	KUNIT_CASE(stall_taken_back),
	KUNIT_CASE(stall_large_lost),
	KUNIT_CASE(stall_passed),
	KUNIT_CASE(stall_send_buffer),
	KUNIT_CASE(stall_window),
	KUNIT_CASE(stall_receive_buffer),
	KUNIT_CASE(stall_unread),
	KUNIT_CASE(stall_probes_unanswered),
	KUNIT_CASE(stall_zero_window_own),
	KUNIT_CASE(stall_neither_reads),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_stall",
	.test_cases = cases,
};

kunit_test_suite(suite);
