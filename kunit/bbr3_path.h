/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A simulated path for tests of bbr3's model: a sender that paces and keeps to
 * the window, a bottleneck with a buffer, and ACKs. Events are simulated one by
 * one in microseconds, so the run time of a case depends only on its packets,
 * and the same case always gives the same figures.
 *
 *   sender --> policer --> [ buffer ] --> bottleneck --> rtt_us --> ACKs
 *
 * A lost packet is noticed with the next packet's ACK and never counts as
 * delivered. Nothing is sent again, because the model does not see the contents
 * of packets.
 *
 * A case that needs something this path does not do makes its own ACKs.
 */
#ifndef TCPDIAG_BBR3_PATH_H
#define TCPDIAG_BBR3_PATH_H

#include <kunit/test.h>

#include "../cc_algos/bbr3_loss.h"
#include "../cc_algos/bbr3_model.h"
#include "../cc_algos/bbr3_ring.h"
#include "../cc_algos/bbr3_states.h"

/* The usual path: 1000 packets a second, 40 ms, so 40 packets fill it. */
#define SERVICE_US	1000
#define RTT_US		40000
#define DEEP		1000
#define SECOND		1000000ULL

#define PATH_PACKETS	16384
#define PATH_RTO_US	1000000ULL
#define PATH_NEVER	U64_MAX

struct path_packet {
	u64	sent_us;
	u64	ack_us;			/* PATH_NEVER if it is lost */
	u64	first_tx_us;
	u64	delivered_us;
	u32	delivered;
	u32	lost;			/* P.lost, which the ring stands for */
	u32	inflight;		/* P.tx_in_flight, likewise */
	bool	app_limited;
};

struct path {
	/* the path; may be changed while it runs */
	u32	service_us;		/* per packet at the bottleneck */
	u32	rtt_us;
	u32	buffer;			/* packets */
	u32	drop_every;		/* each such packet is lost; 0: none */
	u32	batch_us;		/* ACKs come in such slots; 0: at once */
	u32	bucket;			/* policer's, packets; 0: no policer */
	u32	token_us;		/* a token each */
	u32	rwnd;			/* receiver's window; 0: no bound */
	u32	app_us;			/* the program has a packet each; 0: always */
	bool	silent;			/* the program has none */
	bool	no_sack;
	/* what happened */
	u64	now_us;
	u32	delivered;
	u32	lost;
	u32	sent;
	u32	recovery_until;		/* packet number */
	bool	recovery;
	u32	quiet;			/* ACKs the fast path could take */
	u32	quiet_differs;		/* ACKs where its result differed */
	/* inner state */
	u64	free_us;		/* when the bottleneck has sent all */
	u64	next_send_us;
	u64	next_app_us;
	u64	tokens_us;
	u64	pace_ns;
	u64	pace_rest_ns;
	u64	first_tx_us;
	u64	delivered_us;
	u32	app_limited;
	u32	cwnd;
	bool	cwnd_limited;
	u32	head, tail;		/* packets in flight */
	struct bbr3_model	model;
	struct bbr3_model	other;
	struct bbr3_ring	ring;
	struct bbr3_ack		ack;	/* the last */
	struct path_packet	packet[PATH_PACKETS];
};

struct path *tcpdiag_path_new(struct kunit *test, u32 service_us, u32 rtt_us,
			      u32 buffer);
struct path *tcpdiag_path_usual(struct kunit *test);
struct path *tcpdiag_path_usual_in(struct kunit *test, unsigned int state);
void tcpdiag_path_connect(struct path *p, u32 delivered, u32 lost);
void tcpdiag_path_step(struct path *p);
bool tcpdiag_path_until(struct path *p, unsigned int state, u64 limit_us);
void tcpdiag_path_leave(struct path *p, unsigned int state, u64 limit_us);
u32 tcpdiag_path_run(struct path *p, u64 us);

struct bbr3_ack tcpdiag_path_next_ack(const struct path *p);
void tcpdiag_path_feed(struct path *p, const struct bbr3_ack *a);
void tcpdiag_path_feed_next(struct path *p);
void tcpdiag_path_feed_inflight(struct path *p, u32 inflight);
void tcpdiag_path_feed_loss(struct path *p, const struct bbr3_ack *a,
			    u32 tx_inflight, u32 tx_lost);
void tcpdiag_path_feed_at_bound(struct path *p);

static inline u32 path_inflight(const struct path *p)
{
	return p->tail - p->head;
}

/* Packets that fill the path without a queue. */
static inline u32 path_bdp(const struct path *p)
{
	return p->rtt_us / p->service_us;
}

static inline u32 rate_of(u32 service_us)
{
	return bbr3_rate(1, service_us);
}

/* Is @v within @percent of @of? */
static inline bool near(u64 v, u64 of, unsigned int percent)
{
	u64 off = v > of ? v - of : of - v;

	return off * 100 <= of * percent;
}

#endif /* TCPDIAG_BBR3_PATH_H */
