// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on what a connection's segments are like: options that are missing, small
 * ones, sequence numbers that come again.
 */
#include <linux/bits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "model/options.h"
#include "survey/sampled.h"

/* One handshake may be that of a host that is different. */
#define LEAST_SOCKETS	2
/* Looks that find it so: fewer may be chance. */
#define LEAST		3
/* All sequence numbers. */
#define SEQUENCE	BIT_ULL(32)

#define COMPARE \
	"capture the SYN and the SYN-ACK at both ends (tcpdump 'tcp[tcpflags] & tcp-syn != 0'): an option that one end sends and the other does not get is taken on the way; see firewalls and accelerators for normalization of TCP, and whether several hosts answer for that address"
#define TAKEN \
	"something on the way takes options from handshakes, or hosts that differ answer for that address"
#define TAKEN_CLIENTS \
	"several hosts may connect from that address, or something on the way takes options from handshakes"
#define COOKIES \
	"the peer answers SYNs with cookies (its queue of SYNs is full, or it always does), which keep no options without timestamps; or "
#define SEE_COOKIES \
	"at the peer, nstat TcpExtSyncookiesSent: with net.ipv4.tcp_timestamps=1 at both ends cookies keep options; if it sends none: "
#define COMPARE_CLIENTS \
	"several hosts may connect from that address (NAT), and some may not have these options: then nothing is wrong; only if it is one host, capture the SYN at both ends (tcpdump 'tcp[tcpflags] & tcp-syn != 0'): an option that it sends and this host does not get is taken on the way"
#define NO_HELP_SCALE \
	"larger buffers: without window scaling no window has more than 65,535 bytes"
#define NO_HELP_OPTIONS \
	"the sysctls of this host: it offers them"
#define NO_HELP_WRAP \
	"checksums: that of an old segment is right"
#define LEAVE_RCVBUF \
	"do not set SO_RCVBUF: the kernel then makes the buffer as large as the connection needs; or set it to some segments at least, and read in larger pieces"
#define PEER_RCVBUF \
	"at the peer: if its program sets SO_RCVBUF, it should not; if it is a small device, its stack has little memory for each connection"
#define NO_HELP_SILLY \
	"TCP_NODELAY: segments are small because the window is, not because of Nagle's algorithm"

/* A finding with subject; @owner and @peer get words to use. */
static struct tcpdiag_finding *begin(const struct tcpdiag_sampled *s,
				     struct tcpdiag_findings *out,
				     enum tcpdiag_severity severity,
				     char *owner, char *peer)
{
	struct tcpdiag_finding *f = tcpdiag_findings_add(out, severity);

	tcpdiag_format_owner(owner, &s->owner);
	tcpdiag_format_way(peer, s->connected, s->port, s->v6, &s->peer);
	tcpdiag_say(f->subject, "%s %s", owner, peer);
	f->about.owner = s->owner;
	f->about.v6 = s->v6;
	f->about.peer = s->peer;
	*(s->connected ? &f->about.peer_port : &f->about.port) = s->port;
	tcpdiag_say(f->evidence, "sockets=%u samples=%u span_us=%llu",
		    s->sockets, s->samples, s->span_us);
	return f;
}

static void each(const struct tcpdiag_facts *facts,
		 struct tcpdiag_findings *out, enum tcpdiag_sample kind,
		 void (*tell)(const struct tcpdiag_facts *facts,
			      const struct tcpdiag_sampled *s,
			      struct tcpdiag_findings *out))
{
	unsigned int i;

	for (i = 0; i < facts->sampled->n; i++)
		if (facts->sampled->row[i].kind == kind)
			tell(facts, &facts->sampled->row[i], out);
}

/* "window scaling and timestamps" */
static void say_options(struct tcpdiag_finding *f, unsigned int mask)
{
	static const char *const names[TCPDIAG_OPTIONS] = {
		"window scaling", "timestamps", "selective ACKs",
	};
	unsigned int i;

	for (i = 0; i < TCPDIAG_OPTIONS; i++) {
		if (!(mask & BIT(i)))
			continue;
		tcpdiag_say_more(f->what, "%s", names[i]);
		mask &= ~BIT(i);
		if (mask)
			tcpdiag_say_more(f->what, "%s",
					 mask & (mask - 1) ? ", " : " and ");
	}
}

/*
 * A cookie has room for the maximum segment size only; the other options are in
 * the timestamp, if there is one.
 */
static bool may_be_cookies(const struct tcpdiag_sampled *s)
{
	return s->connected && s->figure[0] &&
	       s->mask == (TCPDIAG_OPTION_SCALE | TCPDIAG_OPTION_SACK);
}

static void stripped(const struct tcpdiag_facts *facts,
		     const struct tcpdiag_sampled *s,
		     struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	bool slow = s->connected && s->mask & TCPDIAG_OPTION_SCALE;
	struct tcpdiag_finding *f;

	if (s->sockets < LEAST_SOCKETS)
		return;
	f = begin(s, out, slow ? TCPDIAG_WARNING : TCPDIAG_NOTE, owner, peer);
	tcpdiag_say(f->what, "%s%u connections of %s %s have no ",
		    s->sockets == TCPDIAG_SAMPLED_SOCKETS ? "at least " : "",
		    s->sockets, owner, peer);
	say_options(f, s->mask);
	tcpdiag_say_more(f->what,
			 ", to which the peer has agreed in others: %s%s",
			 may_be_cookies(s) ? COOKIES : "",
			 s->connected ? TAKEN : TAKEN_CLIENTS);
	tcpdiag_say_more(f->evidence, " scale=%u timestamps=%u sack=%u",
			 !!(s->mask & TCPDIAG_OPTION_SCALE),
			 !!(s->mask & TCPDIAG_OPTION_TIMES),
			 !!(s->mask & TCPDIAG_OPTION_SACK));
	tcpdiag_say(f->host, "%s%s", may_be_cookies(s) ? SEE_COOKIES : "",
		    s->connected ? COMPARE : COMPARE_CLIENTS);
	f->no_help = s->mask & TCPDIAG_OPTION_SCALE ? NO_HELP_SCALE :
						      NO_HELP_OPTIONS;
}

/**
 * tcpdiag_find_options_stripped() - options are missing that a peer agreed to before
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_options_stripped(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_SAMPLE_STRIPPED, stripped);
}

static void wraps(const struct tcpdiag_facts *facts,
		  const struct tcpdiag_sampled *s,
		  struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char rate[TCPDIAG_NUMBER_LEN], period[TCPDIAG_DURATION_LEN];
	u64 bytes = max(s->figure[0], 1ULL);
	u64 again = div64_u64(SEQUENCE * USEC_PER_SEC, bytes);
	struct tcpdiag_finding *f;

	if (s->samples < LEAST)
		return;
	f = begin(s, out, TCPDIAG_NOTE, owner, peer);
	tcpdiag_say(f->what,
		    "%s moves %s bytes a second %s without TCP timestamps: sequence numbers come again after %s, and an old segment that comes late may be taken for new data",
		    owner, tcpdiag_format_number(rate, bytes), peer,
		    tcpdiag_format_duration(period, again));
	tcpdiag_say_more(f->evidence,
			 " bytes_per_s=%llu again_us=%llu paws_rejected=%llu",
			 bytes, again, facts->sampled->paws);
	tcpdiag_say(f->host, "net.ipv4.tcp_timestamps is %u: %s",
		    facts->sampled->timestamps, facts->sampled->timestamps ?
		    "the peer, or something on the way, does not have them" :
		    "set it to 1 here, and at the peer; connections that begin then have them");
	f->no_help = NO_HELP_WRAP;
}

/**
 * tcpdiag_find_wrap_risk() - sequence numbers come again soon, without timestamps
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_wrap_risk(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_SAMPLE_WRAP, wraps);
}

static void silly(const struct tcpdiag_facts *facts,
		  const struct tcpdiag_sampled *s,
		  struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	bool own = s->kind == TCPDIAG_SAMPLE_SILLY_OWN;
	struct tcpdiag_finding *f;

	if (s->samples < LEAST)
		return;
	/* what holds the peer back is not known here: it may send small messages */
	f = begin(s, out, !own && s->connected ? TCPDIAG_WARNING : TCPDIAG_NOTE,
		  owner, peer);
	if (own)
		tcpdiag_say(f->what,
			    "%s gets data in segments of %llu bytes %s, which may be because the receive buffer that it has set (SO_RCVBUF, %llu bytes) leaves a window of less than a segment",
			    owner, s->figure[0], peer, s->figure[1]);
	else
		tcpdiag_say(f->what,
			    "%s sends in segments of %llu bytes %s, because the peer's window of %llu bytes is less than a segment and in the way most of the time",
			    owner, s->figure[0], peer, s->figure[1]);
	tcpdiag_say_more(f->evidence, " segment=%llu %s=%llu", s->figure[0],
			 own ? "rcvbuf" : "window", s->figure[1]);
	if (own)
		tcpdiag_say(f->application, LEAVE_RCVBUF);
	else
		tcpdiag_say(f->host, PEER_RCVBUF);
	f->no_help = NO_HELP_SILLY;
}

/**
 * tcpdiag_find_silly_window() - segments are small because a window is
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_silly_window(const struct tcpdiag_facts *facts,
			       struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_SAMPLE_SILLY_OWN, silly);
	each(facts, out, TCPDIAG_SAMPLE_SILLY_PEER, silly);
}
