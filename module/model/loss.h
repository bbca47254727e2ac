/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is lost of the connections of one program and peer, in the last minutes,
 * and whether that is more than paths usually lose. Pure functions.
 */
#ifndef TCPDIAG_MODEL_LOSS_H
#define TCPDIAG_MODEL_LOSS_H

#include <linux/time64.h>
#include <linux/types.h>

#define TCPDIAG_LOSS_NS		(300 * (u64)NSEC_PER_SEC)

/* A connection that has sent fewer segments gives no share. */
#define TCPDIAG_LOSS_LONG	200

/* Connections that end by TCP_USER_TIMEOUT in so many seconds have one cause. */
#define TCPDIAG_LOSS_ACCIDENT_S	10

/**
 * struct tcpdiag_loss_sum - what was lost
 * @connections: connections that lost something for the first time
 * @segments: what long connections have sent
 * @timeouts: timeouts, each counted once however often it was repeated; without
 *	those of peers that did not answer at all
 * @seconds: seconds of the clock in which there were such
 * @accidents: how often connections began to end by a TCP_USER_TIMEOUT that is
 *	short: many at once are one accident, of a path or of a peer
 * @tails: those of @timeouts after which nothing had been sent: nothing that
 *	followed could tell that it was lost
 * @probed: those of @timeouts before which a tail loss probe was sent
 * @repeated: those of @timeouts in which what was sent again was lost as well
 * @waited_ms: how long all of them took
 * @recoveries: how often fast recovery began
 * @long_connections: connections that have sent %TCPDIAG_LOSS_LONG segments, and
 *	have ended or lost something
 * @again: those of @segments that they sent again
 * @needless: those of @again that the peer had got already
 * @given_up: connections that ended by a TCP_USER_TIMEOUT that is short, U16_MAX at
 *	most
 * @user_timeout_ms: the shortest one that ended one; 0 for none
 */
struct tcpdiag_loss_sum {
	u64 segments;
	u32 connections;
	u32 timeouts;
	u16 seconds;
	u16 accidents;
	u32 tails;
	u32 probed;
	u32 repeated;
	u32 waited_ms;
	u32 recoveries;
	u32 long_connections;
	u32 again;
	u32 needless;
	u16 given_up;
	u16 user_timeout_ms;
};

/**
 * struct tcpdiag_loss_window - the same in the last five to ten minutes
 * @window: number of the present window
 * @since_ns: when it began, and when the one before did
 * @sum: what was counted in it, and in the one before
 */
struct tcpdiag_loss_window {
	u64 window;
	u64 since_ns[2];
	struct tcpdiag_loss_sum sum[2];
};

/**
 * struct tcpdiag_loss_timeout - a timeout
 * @first: the connection has sent nothing again before
 * @new_second: there was none in this second of the clock before
 * @nth: which one in a row it is, from 0 on
 * @tail: nothing was sent after what is lost
 * @probed: a tail loss probe was sent
 * @rto_ms: how long it took
 */
struct tcpdiag_loss_timeout {
	bool first;
	bool new_second;
	unsigned int nth;
	bool tail;
	bool probed;
	u32 rto_ms;
};

/**
 * enum tcpdiag_loss - how much is lost
 * @TCPDIAG_LOSS_USUAL: no more than paths usually lose, or not known
 * @TCPDIAG_LOSS_SOME: more
 * @TCPDIAG_LOSS_MUCH: so much that it hurts
 */
enum tcpdiag_loss {
	TCPDIAG_LOSS_USUAL,
	TCPDIAG_LOSS_SOME,
	TCPDIAG_LOSS_MUCH,
};

void tcpdiag_loss_roll(struct tcpdiag_loss_window *w, u64 now);
void tcpdiag_loss_time_out(struct tcpdiag_loss_sum *sum,
			   const struct tcpdiag_loss_timeout *t);
bool tcpdiag_loss_give_up(struct tcpdiag_loss_sum *sum, u32 user_timeout_ms,
			  bool accident);
bool tcpdiag_loss_is_impatient(const struct tcpdiag_loss_sum *sum);
void tcpdiag_loss_read(const struct tcpdiag_loss_window *w,
		       struct tcpdiag_loss_sum *sum);
u32 tcpdiag_loss_permille(const struct tcpdiag_loss_sum *sum);
enum tcpdiag_loss tcpdiag_loss_share(const struct tcpdiag_loss_sum *sum);
enum tcpdiag_loss tcpdiag_loss_timeouts(const struct tcpdiag_loss_sum *sum,
					u64 span_us, u64 sent, bool many_peers);

#endif /* TCPDIAG_MODEL_LOSS_H */
