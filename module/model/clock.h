/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the time of a connection goes, as seen by this end as a sender. Pure
 * functions.
 *
 * TCP counts how long a socket is busy, held back by the peer's window, and held
 * back by its send buffer; the rest of its life it is idle. What it is busy with is
 * divided by congestion state. That is a partition: whatever is measured, the parts
 * add up to the life. What is finer is divided by samples.
 */
#ifndef TCPDIAG_MODEL_CLOCK_H
#define TCPDIAG_MODEL_CLOCK_H

#include <linux/types.h>

/* Fewer samples than these divide nothing. */
#define TCPDIAG_CLOCK_SAMPLES	100

/**
 * enum tcpdiag_clock_part - the parts of a life, in the order of the columns
 * @TCPDIAG_CLOCK_IDLE_OWN: nothing to send, and it is up to our program
 * @TCPDIAG_CLOCK_IDLE_PEER: nothing to send, and it is up to the peer
 * @TCPDIAG_CLOCK_IDLE: nothing to send; up to whom is not known
 * @TCPDIAG_CLOCK_WINDOW_CLOSED: the peer's window is closed
 * @TCPDIAG_CLOCK_WINDOW_SMALL: the peer's window is open, and full
 * @TCPDIAG_CLOCK_WINDOW: the peer's window, which of both is not known
 * @TCPDIAG_CLOCK_SEND_BUFFER: our send buffer
 * @TCPDIAG_CLOCK_RECOVERY: congestion: losses are repaired, the window is reduced
 * @TCPDIAG_CLOCK_TIMEOUT: a timeout has expired, and its losses are repaired
 * @TCPDIAG_CLOCK_CWND: congestion: data waits for the congestion window
 * @TCPDIAG_CLOCK_NAGLE: small data is held back, by Nagle's algorithm or TCP_CORK
 * @TCPDIAG_CLOCK_PACING: data waits for its time
 * @TCPDIAG_CLOCK_IN_FLIGHT: all is sent, and on its way
 * @TCPDIAG_CLOCK_UNKNOWN: busy, and why is not known
 * @TCPDIAG_CLOCK_PARTS: how many there are
 */
enum tcpdiag_clock_part {
	TCPDIAG_CLOCK_IDLE_OWN,
	TCPDIAG_CLOCK_IDLE_PEER,
	TCPDIAG_CLOCK_IDLE,
	TCPDIAG_CLOCK_WINDOW_CLOSED,
	TCPDIAG_CLOCK_WINDOW_SMALL,
	TCPDIAG_CLOCK_WINDOW,
	TCPDIAG_CLOCK_SEND_BUFFER,
	TCPDIAG_CLOCK_RECOVERY,
	TCPDIAG_CLOCK_TIMEOUT,
	TCPDIAG_CLOCK_CWND,
	TCPDIAG_CLOCK_NAGLE,
	TCPDIAG_CLOCK_PACING,
	TCPDIAG_CLOCK_IN_FLIGHT,
	TCPDIAG_CLOCK_UNKNOWN,
	TCPDIAG_CLOCK_PARTS,
};

/**
 * enum tcpdiag_clock_class - congestion states that are told apart
 * @TCPDIAG_CLOCK_CLASS_OPEN: no loss is known
 * @TCPDIAG_CLOCK_CLASS_RECOVERY: losses are repaired, or the window is reduced
 * @TCPDIAG_CLOCK_CLASS_LOSS: a timeout has expired
 * @TCPDIAG_CLOCK_CLASS_UNSEEN: nobody has seen which
 * @TCPDIAG_CLOCK_CLASSES: how many there are
 */
enum tcpdiag_clock_class {
	TCPDIAG_CLOCK_CLASS_OPEN,
	TCPDIAG_CLOCK_CLASS_RECOVERY,
	TCPDIAG_CLOCK_CLASS_LOSS,
	TCPDIAG_CLOCK_CLASS_UNSEEN,
	TCPDIAG_CLOCK_CLASSES,
};

/**
 * struct tcpdiag_clock_ticks - TCP's own clocks of a socket, in ticks
 * @busy: it had something to send or in flight, and nothing of the below
 * @window: the peer's window was in the way
 * @buffer: the send buffer was
 */
struct tcpdiag_clock_ticks {
	u32 busy;
	u32 window;
	u32 buffer;
};

/**
 * struct tcpdiag_clock_states - times of a socket by congestion state
 * @before_ns: how much of its life was over when its times were first read; they are
 *	of the rest
 * @at: TCP's clocks up to which these are in the rest
 * @ticks: busy time, by enum tcpdiag_clock_class; in LOSS everything but idle time:
 *	window and buffer are as they were when the timeout expired, not in the way
 * @window: ticks in which the peer's window was in the way
 * @buffer: ticks in which the send buffer was
 * @now: the class it is in since @at
 */
struct tcpdiag_clock_states {
	u64 before_ns;
	struct tcpdiag_clock_ticks at;
	u32 ticks[TCPDIAG_CLOCK_CLASSES];
	u32 window;
	u32 buffer;
	u8 now;
};

/**
 * struct tcpdiag_clock - measured times; those of connections may be added
 * @life_us: all of it; at least the sum of the rest
 * @own_us: idle, and known to be up to our program
 * @peer_us: idle, and known to be up to the peer
 * @window_us: held back by the peer's window
 * @buffer_us: held back by the send buffer
 * @open_us: busy, no loss known
 * @recovery_us: busy in recovery
 * @timeout_us: not idle after a timeout
 * @unseen_us: busy, nobody has seen in which state
 */
struct tcpdiag_clock {
	u64 life_us;
	u64 own_us;
	u64 peer_us;
	u64 window_us;
	u64 buffer_us;
	u64 open_us;
	u64 recovery_us;
	u64 timeout_us;
	u64 unseen_us;
};

/**
 * enum tcpdiag_clock_sample - what a look at a socket finds
 * @TCPDIAG_CLOCK_SAW_OWN: idle, up to our program
 * @TCPDIAG_CLOCK_SAW_PEER: idle, up to the peer
 * @TCPDIAG_CLOCK_SAW_CLOSED: held back by the peer's closed window
 * @TCPDIAG_CLOCK_SAW_SMALL: held back by the peer's open window
 * @TCPDIAG_CLOCK_SAW_CWND: busy, no loss known: the congestion window
 * @TCPDIAG_CLOCK_SAW_NAGLE: the same: small data is held back
 * @TCPDIAG_CLOCK_SAW_PACING: the same: data waits for its time
 * @TCPDIAG_CLOCK_SAW_IN_FLIGHT: the same: all is sent
 * @TCPDIAG_CLOCK_SAW_OTHER: the same, and none of these
 * @TCPDIAG_CLOCK_SAW_NOTHING: something that needs no sample
 * @TCPDIAG_CLOCK_SAMPLED: kinds of samples
 */
enum tcpdiag_clock_sample {
	TCPDIAG_CLOCK_SAW_OWN,
	TCPDIAG_CLOCK_SAW_PEER,
	TCPDIAG_CLOCK_SAW_CLOSED,
	TCPDIAG_CLOCK_SAW_SMALL,
	TCPDIAG_CLOCK_SAW_CWND,
	TCPDIAG_CLOCK_SAW_NAGLE,
	TCPDIAG_CLOCK_SAW_PACING,
	TCPDIAG_CLOCK_SAW_IN_FLIGHT,
	TCPDIAG_CLOCK_SAW_OTHER,
	TCPDIAG_CLOCK_SAW_NOTHING,
	TCPDIAG_CLOCK_SAMPLED = TCPDIAG_CLOCK_SAW_NOTHING,
};

/**
 * struct tcpdiag_clock_samples - what looks have found
 * @n: how often, by enum tcpdiag_clock_sample
 */
struct tcpdiag_clock_samples {
	u64 n[TCPDIAG_CLOCK_SAMPLED];
};

/**
 * enum tcpdiag_clock_runs - which of TCP's clocks runs
 * @TCPDIAG_CLOCK_RUNS_IDLE: none
 * @TCPDIAG_CLOCK_RUNS_BUSY: tcpdiag_clock_ticks.busy
 * @TCPDIAG_CLOCK_RUNS_WINDOW: tcpdiag_clock_ticks.window
 * @TCPDIAG_CLOCK_RUNS_BUFFER: tcpdiag_clock_ticks.buffer
 */
enum tcpdiag_clock_runs {
	TCPDIAG_CLOCK_RUNS_IDLE,
	TCPDIAG_CLOCK_RUNS_BUSY,
	TCPDIAG_CLOCK_RUNS_WINDOW,
	TCPDIAG_CLOCK_RUNS_BUFFER,
};

/**
 * struct tcpdiag_clock_look - what a socket says, read without its lock
 * @runs: which clock runs
 * @since_us: if none does: since when
 * @open: no loss is known
 * @connected: this end has connected
 * @peer_closed: the peer has closed, and this end has not
 * @closed: this end has closed
 * @sent: it has sent data
 * @received: it has received data
 * @sent_after: ticks from the last data that came to the last that was sent;
 *	negative if it came later
 * @received_us: how long ago data last came
 * @unsent: bytes that wait to be sent
 * @mss: bytes of a full segment
 * @in_flight: segments that are on their way
 * @cwnd: how many may be
 * @cwnd_limited: TCP found the congestion window in the way when it last sent
 * @held: small data is held back
 * @paced: the time for the next segment has not come
 * @window: the peer's window, in bytes
 */
struct tcpdiag_clock_look {
	enum tcpdiag_clock_runs runs;
	u64 since_us;
	bool open;
	bool connected;
	bool peer_closed;
	bool closed;
	bool sent;
	bool received;
	s32 sent_after;
	u64 received_us;
	u32 unsent;
	u32 mss;
	u32 in_flight;
	u32 cwnd;
	bool cwnd_limited;
	bool held;
	bool paced;
	u32 window;
};

void tcpdiag_clock_enter(struct tcpdiag_clock_states *s,
			 const struct tcpdiag_clock_ticks *t,
			 enum tcpdiag_clock_class class);
void tcpdiag_clock_make(struct tcpdiag_clock *c,
			const struct tcpdiag_clock_ticks *t,
			const struct tcpdiag_clock_states *s, bool seen,
			u64 life_us);
void tcpdiag_clock_forget(struct tcpdiag_clock *c, u64 life_us);
void tcpdiag_clock_idle(struct tcpdiag_clock *c,
			const struct tcpdiag_clock_look *look);
void tcpdiag_clock_add(struct tcpdiag_clock *to, const struct tcpdiag_clock *c);
void tcpdiag_clock_take_back(struct tcpdiag_clock *from,
			     const struct tcpdiag_clock *c);
void tcpdiag_clock_settle(struct tcpdiag_clock *c);
u64 tcpdiag_clock_limited_us(const struct tcpdiag_clock *c);
enum tcpdiag_clock_sample
tcpdiag_clock_judge(const struct tcpdiag_clock_look *look);
u64 tcpdiag_clock_idle_samples(const struct tcpdiag_clock_samples *s);
u64 tcpdiag_clock_window_samples(const struct tcpdiag_clock_samples *s);
u64 tcpdiag_clock_busy_samples(const struct tcpdiag_clock_samples *s);
void tcpdiag_clock_divide(const struct tcpdiag_clock *c,
			  const struct tcpdiag_clock_samples *s,
			  u64 us[TCPDIAG_CLOCK_PARTS]);
enum tcpdiag_clock_part
tcpdiag_clock_blame(const u64 us[TCPDIAG_CLOCK_PARTS], unsigned int *percent);
const char *tcpdiag_clock_name(enum tcpdiag_clock_part part);

#endif /* TCPDIAG_MODEL_CLOCK_H */
