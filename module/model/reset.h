/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a RST is sent or received, as far as the socket and the segment tell, and
 * what is counted of those of one kind. Pure functions.
 */
#ifndef TCPDIAG_MODEL_RESET_H
#define TCPDIAG_MODEL_RESET_H

#include <linux/minmax.h>
#include <linux/time64.h>
#include <linux/types.h>

/**
 * enum tcpdiag_reset - why a RST is sent or received
 * @TCPDIAG_RESET_NO_LISTENER: sent: a SYN to a port that nobody listens on
 * @TCPDIAG_RESET_NO_CONNECTION: sent: another segment of a connection that is
 *	not known
 * @TCPDIAG_RESET_PEER_DATA: sent: data for a socket that was closed first
 * @TCPDIAG_RESET_PEER_ALERT: the same, but it is as long as what many peers say
 *	good-bye with (a TLS alert, QUIT): nobody waits for an answer
 * @TCPDIAG_RESET_CLOSE_UNREAD: sent: close() with data that was not read
 * @TCPDIAG_RESET_EXIT_UNREAD: the same, because the program ended
 * @TCPDIAG_RESET_LINGER: sent: close() with SO_LINGER of 0 s, or TCP_LINGER2
 *	forbids FIN_WAIT2
 * @TCPDIAG_RESET_DISCONNECT: sent: connect() to AF_UNSPEC
 * @TCPDIAG_RESET_NOT_ACCEPTED: sent: the listener closed before accept()
 * @TCPDIAG_RESET_KILLED: sent: an administrator ended the socket (ss -K), or a
 *	BPF program
 * @TCPDIAG_RESET_ORPHANS: sent: closed sockets beyond net.ipv4.tcp_max_orphans
 * @TCPDIAG_RESET_MEMORY: sent: TCP is out of memory (net.ipv4.tcp_mem)
 * @TCPDIAG_RESET_TIMEOUT: sent: the peer does not answer keepalive probes, or
 *	does not close in time
 * @TCPDIAG_RESET_HANDSHAKE: sent: a segment that does not fit our handshake
 * @TCPDIAG_RESET_REFUSED: received: an answer to our SYN
 * @TCPDIAG_RESET_PEER_CLOSED: received: the peer had closed, and we wrote
 * @TCPDIAG_RESET_OUR_ALERT: the same, but we wrote what may be a good-bye
 * @TCPDIAG_RESET_AFTER_CLOSE: received: we had closed
 * @TCPDIAG_RESET_IN_TIME_WAIT: received: in TIME_WAIT, which it ends
 * @TCPDIAG_RESET_BY_PEER: received: the peer ended the connection
 * @TCPDIAG_RESET_OTHER: none of these
 * @TCPDIAG_RESETS: how many there are
 */
enum tcpdiag_reset {
	TCPDIAG_RESET_NO_LISTENER,
	TCPDIAG_RESET_NO_CONNECTION,
	TCPDIAG_RESET_PEER_DATA,
	TCPDIAG_RESET_PEER_ALERT,
	TCPDIAG_RESET_CLOSE_UNREAD,
	TCPDIAG_RESET_EXIT_UNREAD,
	TCPDIAG_RESET_LINGER,
	TCPDIAG_RESET_DISCONNECT,
	TCPDIAG_RESET_NOT_ACCEPTED,
	TCPDIAG_RESET_KILLED,
	TCPDIAG_RESET_ORPHANS,
	TCPDIAG_RESET_MEMORY,
	TCPDIAG_RESET_TIMEOUT,
	TCPDIAG_RESET_HANDSHAKE,
	TCPDIAG_RESET_REFUSED,
	TCPDIAG_RESET_PEER_CLOSED,
	TCPDIAG_RESET_OUR_ALERT,
	TCPDIAG_RESET_AFTER_CLOSE,
	TCPDIAG_RESET_IN_TIME_WAIT,
	TCPDIAG_RESET_BY_PEER,
	TCPDIAG_RESET_OTHER,
	TCPDIAG_RESETS,
};

/**
 * struct tcpdiag_reset_sent - what is known of a RST that is sent
 * @socket: it is sent for a socket
 * @answer: it answers a segment
 * @syn: that is a SYN
 * @data: that has data
 * @goodbye: which may be no more than a good-bye
 * @state: the state of the socket before
 * @dead: no program has the socket open
 * @closing: close() was called
 * @accepted: a program had the socket open
 * @unread: data that came was not read
 * @linger0: SO_LINGER of 0 s
 * @linger2: TCP_LINGER2 forbids FIN_WAIT2
 * @exiting: the task that closes ends
 * @timer: a softirq sends it: a timer, if it answers nothing
 * @closed: the socket was in CLOSE by then
 * @no_memory: TCP is out of memory
 * @mptcp: the socket is part of a Multipath TCP connection
 */
struct tcpdiag_reset_sent {
	bool socket;
	bool answer;
	bool syn;
	bool data;
	bool goodbye;
	u8 state;
	bool dead;
	bool closing;
	bool accepted;
	bool unread;
	bool linger0;
	bool linger2;
	bool exiting;
	bool timer;
	bool closed;
	bool no_memory;
	bool mptcp;
};

/**
 * struct tcpdiag_reset_received - what is known of a RST that is received
 * @state: the state of the socket
 * @wrote: all data that the peer has not acknowledged was sent after its FIN
 * @acked: the peer has acknowledged something after its FIN
 * @goodbye: the data may be no more than a good-bye
 */
struct tcpdiag_reset_received {
	u8 state;
	bool wrote;
	bool acked;
	bool goodbye;
};

enum tcpdiag_reset tcpdiag_reset_sent(const struct tcpdiag_reset_sent *s);
enum tcpdiag_reset
tcpdiag_reset_received(const struct tcpdiag_reset_received *r);
const char *tcpdiag_reset_name(enum tcpdiag_reset reason);

bool tcpdiag_reset_is_goodbye(u32 len);

/* Parts of a recent count, and how long each is. */
#define TCPDIAG_RECENT_PARTS	10
#define TCPDIAG_RECENT_PART_S	60
#define TCPDIAG_RECENT_PART_NS	(TCPDIAG_RECENT_PART_S * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_recent - how often something happened in the last ten minutes
 * @part: a ring of counts of a minute each
 * @at: number of the last minute that something was counted in
 * @until_ns: when that ends
 * @since_ns: the first time ever
 * @last_ns: the last time
 *
 * Times are those of ktime_get_ns(); nothing has happened if @last_ns is 0.
 */
struct tcpdiag_recent {
	u32 part[TCPDIAG_RECENT_PARTS];
	u32 at;
	u64 until_ns;
	u64 since_ns;
	u64 last_ns;
};

void tcpdiag_recent_add_slowly(struct tcpdiag_recent *r, u64 now);
void tcpdiag_recent_take_back(struct tcpdiag_recent *r);
void tcpdiag_recent_join(struct tcpdiag_recent *sum,
			 const struct tcpdiag_recent *r);
u64 tcpdiag_recent_sum(const struct tcpdiag_recent *r, u64 now);
u64 tcpdiag_recent_rate(const struct tcpdiag_recent *r, u64 now);

/**
 * tcpdiag_recent_add() - count once
 * @r: the count
 * @now: ktime_get_ns(), or tcpdiag_coarse_ns()
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_recent_add(struct tcpdiag_recent *r, u64 now)
{
	u32 *part = &r->part[r->at % TCPDIAG_RECENT_PARTS];

	if (unlikely(now >= r->until_ns)) {
		tcpdiag_recent_add_slowly(r, now);
		return;
	}
	r->last_ns = max(now, 1ULL);
	*part += *part < U32_MAX;
}

/**
 * tcpdiag_recent_restart() - forget what was counted, and count once
 * @r: the count
 * @with: another, that the same was just added to
 *
 * Context: any; the user's lock held.
 */
static inline void tcpdiag_recent_restart(struct tcpdiag_recent *r,
					  const struct tcpdiag_recent *with)
{
	*r = (struct tcpdiag_recent) {
		.at = with->at,
		.until_ns = with->until_ns,
		.since_ns = with->last_ns,
		.last_ns = with->last_ns,
	};
	r->part[r->at % TCPDIAG_RECENT_PARTS] = 1;
}

/**
 * tcpdiag_recent_is_over() - whether nothing was counted for ten minutes
 * @r: the count
 * @now: ktime_get_ns(), or tcpdiag_coarse_ns()
 *
 * Context: any; the user's lock held.
 * Return: true if so, or if nothing ever was.
 */
static inline bool tcpdiag_recent_is_over(const struct tcpdiag_recent *r,
					  u64 now)
{
	return !r->last_ns ||
	       now >= r->last_ns + TCPDIAG_RECENT_PARTS * TCPDIAG_RECENT_PART_NS;
}

/**
 * struct tcpdiag_range - the smallest and the largest of some times
 * @n: how many there are
 * @min_ms: the smallest, in milliseconds
 * @max_ms: the largest
 */
struct tcpdiag_range {
	u32 n;
	u32 min_ms;
	u32 max_ms;
};

void tcpdiag_range_add(struct tcpdiag_range *range, u64 ns);

/* A candidate is never further ahead than this. */
#define TCPDIAG_VOTES_MAX	1000

/**
 * struct tcpdiag_vote - what most of a row of events have in common
 * @id: the candidate
 * @votes: how far it is ahead of the others
 * @hits: events that were for it since it became the candidate
 *
 * The algorithm of Boyer and Moore: if more than half of the events have the
 * same id, it is the candidate. What was long ago delays that by no more than
 * TCPDIAG_VOTES_MAX events.
 */
struct tcpdiag_vote {
	u32 id;
	u32 votes;
	u32 hits;
};

/**
 * enum tcpdiag_voted - what an event did to a vote
 * @TCPDIAG_VOTED_OTHER: it is not for the candidate
 * @TCPDIAG_VOTED_SAME: it is, and not the first one
 * @TCPDIAG_VOTED_NEW: it made the candidate
 */
enum tcpdiag_voted {
	TCPDIAG_VOTED_OTHER,
	TCPDIAG_VOTED_SAME,
	TCPDIAG_VOTED_NEW,
};

/**
 * tcpdiag_vote_add() - add an event
 * @vote: the vote
 * @id: what it has
 *
 * Context: any; the user's lock held.
 * Return: what it did.
 */
static inline enum tcpdiag_voted tcpdiag_vote_add(struct tcpdiag_vote *vote,
						  u32 id)
{
	if (likely(vote->id == id && vote->hits)) {
		vote->votes += vote->votes < TCPDIAG_VOTES_MAX;
		vote->hits += vote->hits < U32_MAX;
		return TCPDIAG_VOTED_SAME;
	}
	if (vote->votes) {
		vote->votes--;
		return TCPDIAG_VOTED_OTHER;
	}
	vote->id = id;
	vote->votes = 1;
	vote->hits = 1;
	return TCPDIAG_VOTED_NEW;
}

/**
 * tcpdiag_vote_is_most() - whether most events have the candidate's id
 * @vote: the vote
 *
 * The lead stops at TCPDIAG_VOTES_MAX, the count of events does not.
 *
 * Context: any; the user's lock held.
 * Return: true if they do.
 */
static inline bool tcpdiag_vote_is_most(const struct tcpdiag_vote *vote)
{
	return vote->votes > min_t(u32, vote->hits, TCPDIAG_VOTES_MAX) / 2;
}

/**
 * struct tcpdiag_most - what most events of the last ten minutes have in common
 * @all: when events were
 * @vote: what most of them have, if there is such a thing
 * @hits: when those for the candidate were, counted since it is the candidate
 * @tick: when the last event was
 * @again: further events for the candidate at that time, not counted in the others yet
 *
 * Under load many events have the same time, that of a tick: they are counted
 * together when time goes on or somebody reads.
 */
struct tcpdiag_most {
	struct tcpdiag_recent all;
	struct tcpdiag_vote vote;
	struct tcpdiag_recent hits;
	u64 tick;
	u32 again;
};

void tcpdiag_most_settle(struct tcpdiag_most *m);

/**
 * tcpdiag_most_add() - add an event
 * @m: the events
 * @id: what it has
 * @now: ktime_get_ns(), or tcpdiag_coarse_ns()
 *
 * A candidate that had no event for ten minutes gives way to any other.
 *
 * Context: any; the user's lock held.
 * Return: true if it is for the candidate, and is not one of several at the same
 * time.
 */
static inline bool tcpdiag_most_add(struct tcpdiag_most *m, u32 id, u64 now)
{
	if (now == m->tick && id == m->vote.id && m->vote.votes &&
	    m->again < U32_MAX) {
		m->again++;
		return false;
	}
	if (m->again)
		tcpdiag_most_settle(m);
	m->tick = now;
	tcpdiag_recent_add(&m->all, now);
	if (unlikely(tcpdiag_recent_is_over(&m->hits, now)))
		m->vote = (struct tcpdiag_vote) {};
	switch (tcpdiag_vote_add(&m->vote, id)) {
	case TCPDIAG_VOTED_SAME:
		tcpdiag_recent_add(&m->hits, now);
		return true;
	case TCPDIAG_VOTED_NEW:
		tcpdiag_recent_restart(&m->hits, &m->all);
		return true;
	default:
		return false;
	}
}

/* After tcpdiag_most_settle(). */
u64 tcpdiag_most_sum(const struct tcpdiag_most *m, u64 now);

#endif /* TCPDIAG_MODEL_RESET_H */
