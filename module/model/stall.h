/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Why a connection cannot go on at this moment, or goes slowly for want of a
 * buffer, from what its socket says. Pure functions.
 */
#ifndef TCPDIAG_MODEL_STALL_H
#define TCPDIAG_MODEL_STALL_H

#include <linux/types.h>

/**
 * enum tcpdiag_stall_cause - why a connection cannot go on
 * @TCPDIAG_STALL_NONE: it can
 * @TCPDIAG_STALL_PEER_SILENT: the peer answers nothing: data, or probes of its
 *	window, are sent again and again
 * @TCPDIAG_STALL_NOT_SENT: what it sends does not leave this host: a firewall of
 *	its own, a full queue or a lost route is in the way
 * @TCPDIAG_STALL_LARGE_LOST: as PEER_SILENT, and no segment as large as the one that is
 *	sent again was ever acknowledged
 * @TCPDIAG_STALL_ZERO_WINDOW_PEER: the peer has closed its window: it does not
 *	read
 * @TCPDIAG_STALL_ZERO_WINDOW_OWN: this end has closed its window, because its
 *	program does not read, and the peer wants to send
 * @TCPDIAG_STALL_UNREAD: the peer has sent a request, and this end's program has
 *	neither read it nor sent anything since; there is room for more
 * @TCPDIAG_STALL_SEND_BUFFER: it goes on, no faster than the send buffer allows
 *	that its program has set
 * @TCPDIAG_STALL_WINDOW: it goes on, no faster than the peer's window allows, which
 *	is small for the path; the peer reads
 * @TCPDIAG_STALL_RECEIVE_BUFFER: it goes on, no faster than this end's receive
 *	buffer allows, which its program has set or which grows no more
 * @TCPDIAG_STALLS: how many there are
 */
enum tcpdiag_stall_cause {
	TCPDIAG_STALL_NONE,
	TCPDIAG_STALL_PEER_SILENT,
	TCPDIAG_STALL_NOT_SENT,
	TCPDIAG_STALL_LARGE_LOST,
	TCPDIAG_STALL_ZERO_WINDOW_PEER,
	TCPDIAG_STALL_ZERO_WINDOW_OWN,
	TCPDIAG_STALL_UNREAD,
	TCPDIAG_STALL_SEND_BUFFER,
	TCPDIAG_STALL_WINDOW,
	TCPDIAG_STALL_RECEIVE_BUFFER,
	TCPDIAG_STALLS,
};

/**
 * enum tcpdiag_stall_timer - what a socket's timer for sending will do
 * @TCPDIAG_STALL_TIMER_OTHER: nothing, or something else
 * @TCPDIAG_STALL_TIMER_AGAIN: send the oldest segment again
 * @TCPDIAG_STALL_TIMER_PROBE: probe the peer's window
 */
enum tcpdiag_stall_timer {
	TCPDIAG_STALL_TIMER_OTHER,
	TCPDIAG_STALL_TIMER_AGAIN,
	TCPDIAG_STALL_TIMER_PROBE,
};

/* The first of the causes of a connection that goes on. */
#define TCPDIAG_STALL_SLOW	TCPDIAG_STALL_SEND_BUFFER

/**
 * struct tcpdiag_stall_look - what a socket says, read without its lock
 * @timer: what its timer will do
 * @timer_us: in which time
 * @rto_us: the timeout as it is now
 * @first_rto_us: the timeout that its round trips give, if it is sent once
 * @backoff: how often the timeout was doubled
 * @retransmits: timeouts since the peer last acknowledged something new
 * @probes_out: probes of the window that nothing has answered
 * @probing_us: how long ago the first probe was; 0 if there was none
 * @packets_out: segments that are sent and not acknowledged
 * @retrans_out: those of them that were sent again since they were lost
 * @sacked_out: those of them that the peer has got out of order
 * @sack: the peer tells of segments that come out of order
 * @in_flight: bytes in them
 * @head: bytes of the first of them; 0 if not known
 * @bytes: bytes that wait: not acknowledged, or not sent
 * @bytes_acked: bytes that were ever acknowledged
 * @snd_wnd: the peer's window
 * @mss: the largest segment
 * @heard_us: how long ago the peer last acknowledged something, or sent data
 * @sent_us: how long ago data was last sent, or the handshake's last segment
 * @unread: bytes that have come and the program has not read; 0 also if no
 *	program has accepted the connection yet
 * @rcv_wnd: what this end's window has room for
 * @accepted: this end is the server
 * @has_sent: data was ever sent
 * @layered: something in the kernel reads for the program, such as TLS
 * @least_read: SO_RCVLOWAT: the program is not told of less
 * @life_us: for how long it has been in this state; 0 if not known
 * @received: bytes that have come in its life
 * @rcvbuf_set: the program has set SO_RCVBUF
 * @rcvbuf_grows: the kernel may make the receive buffer larger
 * @rcv_rtt_us: the round trip that data which comes shows; 0 if not known
 * @window_max: the largest window that this end may advertise
 * @ended: the peer has closed: it sends no more
 * @received_us: how long ago data last came
 * @read_us: how long ago the program last read, as far as the kernel has noted
 *	that; it may have read since
 * @acked_us: how long ago an ACK last came that was in order
 * @keepalive: SO_KEEPALIVE is set: ACKs may be answers to this end's own probes
 * @outside_us: how long ago a segment without data last came that was outside of
 *	the window, as a probe is; U64_MAX for never
 * @busy_us: for how long without a break something has not been acknowledged; 0 if
 *	not known
 * @active_us: how long it had something to send or to be acknowledged, in its life
 * @window_us: the part in which the peer's window was in the way
 * @buffer_us: the part in which the send buffer was
 * @buffer_set: the program has set SO_SNDBUF
 * @buffer: bytes of the send buffer
 * @queued: bytes in it, with their overhead
 * @writer_waits: the program is in a call that waits for room in it
 * @was_full: an earlier look has found it full, and all of it on its way
 * @max_window: the largest window that the peer had
 * @unscaled: windows have no scale: the connection began without the option
 * @min_rtt_us: the shortest round trip; U32_MAX if there is no sample
 * @user_timeout_us: TCP_USER_TIMEOUT; 0 for none
 * @retries: net.ipv4.tcp_retries2
 * @rto_max_us: the longest timeout
 */
struct tcpdiag_stall_look {
	enum tcpdiag_stall_timer timer;
	u64 timer_us;
	u64 rto_us;
	u64 first_rto_us;
	unsigned int backoff;
	unsigned int retransmits;
	unsigned int probes_out;
	u64 probing_us;
	u32 packets_out;
	u32 retrans_out;
	u32 sacked_out;
	bool sack;
	u32 in_flight;
	u32 head;
	u32 bytes;
	u64 bytes_acked;
	u32 snd_wnd;
	u32 mss;
	u64 heard_us;
	u64 sent_us;
	u32 unread;
	u32 rcv_wnd;
	bool accepted;
	bool has_sent;
	bool layered;
	u32 least_read;
	u64 life_us;
	u64 received;
	bool rcvbuf_set;
	bool rcvbuf_grows;
	u32 rcv_rtt_us;
	u32 window_max;
	bool ended;
	u64 received_us;
	u64 read_us;
	u64 acked_us;
	bool keepalive;
	u64 outside_us;
	u64 busy_us;
	u64 active_us;
	u64 window_us;
	u64 buffer_us;
	bool buffer_set;
	u32 buffer;
	u32 queued;
	bool writer_waits;
	bool was_full;
	u32 max_window;
	bool unscaled;
	u32 min_rtt_us;
	u64 user_timeout_us;
	unsigned int retries;
	u64 rto_max_us;
};

/**
 * struct tcpdiag_stall - a connection that cannot go on
 * @cause: why; if TCPDIAG_STALL_NONE, the rest is not set
 * @for_us: since when, as a time from then; of a connection that goes on, how long it
 *	was held back
 * @bytes: bytes that wait
 * @segment: of LARGE_LOST, bytes of the segment that is lost, or more
 * @room: of SEND_BUFFER, bytes of the buffer; of WINDOW, of the peer's window; of
 *	RECEIVE_BUFFER, of this end's
 * @bps: the same: bits in a second, while it was active
 * @rtt_us: the same: the shortest round trip
 * @per_rtt: the same: bytes that went out, or came, in a round trip
 * @percent: the same: part of the time in which the kernel saw that in the way
 * @set: of RECEIVE_BUFFER: the program has set the buffer
 * @unscaled: of WINDOW: windows have no scale
 * @next_known: @tries and @next_us are known: this end is the one that tries
 * @tries: how often it was tried again in vain
 * @next_us: in which time it is tried again
 * @end_known: @end_us is known; else the kernel does not give up, or nobody
 *	knows when
 * @end_us: in which time the kernel gives up
 * @idle_us: how long nothing had come from the peer when it began
 * @writer_waits: a thread of the program waits in send() for room
 * @mutual: of ZERO_WINDOW_OWN: the peer has closed its window too, and something
 *	waits here for it to read
 */
struct tcpdiag_stall {
	enum tcpdiag_stall_cause cause;
	u64 for_us;
	u32 bytes;
	u32 segment;
	u32 room;
	u64 bps;
	u32 rtt_us;
	u32 per_rtt;
	u32 percent;
	bool set;
	bool unscaled;
	bool next_known;
	unsigned int tries;
	u64 next_us;
	bool end_known;
	u64 end_us;
	u64 idle_us;
	bool writer_waits;
	bool mutual;
};

bool tcpdiag_stall_is_full(const struct tcpdiag_stall_look *look);
bool tcpdiag_stall_passed(u64 bytes_acked, u32 delivered, u32 mss, u32 segment);
void tcpdiag_stall_judge(const struct tcpdiag_stall_look *look,
			 struct tcpdiag_stall *stall);
const char *tcpdiag_stall_name(enum tcpdiag_stall_cause cause);

#endif /* TCPDIAG_MODEL_STALL_H */
