// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on small writes that this end holds back.
 */
#include <linux/math64.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/sampled.h"

/* Looks that meet a wait: fewer may be chance. */
#define LEAST	3
/* Who loses a smaller part of the time may send a stream, and not wait himself. */
#define WARN_PERCENT	10
/* Of a shorter time a part says little. */
#define SPAN_US		(60 * (u64)USEC_PER_SEC)

#define NODELAY \
	"write what belongs together in one call (writev(), or a buffer that is flushed at the end of a message), or set TCP_NODELAY"
#define UNCORK \
	"clear TCP_CORK at the end of each message, or write it in one call and leave TCP_CORK alone; MSG_MORE serves one write at a time"
#define NO_HELP_NAGLE \
	"TCP_QUICKACK at the peer: it holds for a few segments and must be set again after each read; and net.ipv4.tcp_low_latency, which does nothing"
#define NO_HELP_CORK \
	"TCP_NODELAY: TCP_CORK comes first"

static enum tcpdiag_severity severity(const struct tcpdiag_sampled *t,
				      u64 whole_us)
{
	/* it may clear TCP_CORK when it has the rest of a message */
	bool doubtful = t->kind == TCPDIAG_SAMPLE_CORKED && !t->more;

	return !doubtful && t->samples * 100ULL * USEC_PER_SEC >=
			    WARN_PERCENT * whole_us ?
	       TCPDIAG_WARNING : TCPDIAG_NOTE;
}

static void held_back(const struct tcpdiag_sampled *t,
		      struct tcpdiag_findings *out, const char *reason)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char span[TCPDIAG_DURATION_LEN];
	u64 whole_us = max(t->span_us, SPAN_US);
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, severity(t, whole_us));
	tcpdiag_format_owner(owner, &t->owner);
	tcpdiag_format_way(peer, t->connected, t->port, t->v6, &t->peer);
	tcpdiag_say(f->subject, "%s %s", owner, peer);
	f->about.owner = t->owner;
	f->about.v6 = t->v6;
	f->about.peer = t->peer;
	*(t->connected ? &f->about.peer_port : &f->about.port) = t->port;
	tcpdiag_say(f->what,
		    "%s loses time %s: %s; of the looks in the last %s, one a second, %u met such a wait",
		    owner, peer, reason,
		    tcpdiag_format_duration(span, t->span_us), t->samples);
	tcpdiag_say(f->evidence,
		    "samples=%u span_us=%llu lost_ms_per_hour=%llu",
		    t->samples, t->span_us,
		    div64_u64(t->samples * 3600ULL * MSEC_PER_SEC *
			      USEC_PER_SEC, whole_us));
	if (t->kind == TCPDIAG_SAMPLE_NAGLE) {
		tcpdiag_say(f->application, NODELAY);
		tcpdiag_say(f->host,
			    "no setting of this host turns Nagle's algorithm off: the program does, for each socket");
		f->no_help = NO_HELP_NAGLE;
	} else {
		tcpdiag_say(f->application, UNCORK);
		f->no_help = NO_HELP_CORK;
	}
}

static void each(const struct tcpdiag_facts *facts,
		 struct tcpdiag_findings *out, enum tcpdiag_sample kind,
		 const char *reason)
{
	const struct tcpdiag_sampled_facts *sampled = facts->sampled;
	unsigned int i;

	for (i = 0; i < sampled->n; i++)
		if (sampled->row[i].kind == kind &&
		    sampled->row[i].samples >= LEAST)
			held_back(&sampled->row[i], out, reason);
}

/**
 * tcpdiag_find_nagle_delayed_ack() - small writes wait for ACKs that the peer delays
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_nagle_delayed_ack(const struct tcpdiag_facts *facts,
				    struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_SAMPLE_NAGLE,
	     "its small writes wait for the ACK of the write before (Nagle's algorithm), which the peer delays (40 ms or more), because it waits for the rest");
}

/**
 * tcpdiag_find_corked() - a program leaves TCP_CORK set at the end of messages
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_corked(const struct tcpdiag_facts *facts,
			 struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_SAMPLE_CORKED,
	     "it leaves TCP_CORK set at the end of its messages, and the last part of each goes out 200 ms late");
}
