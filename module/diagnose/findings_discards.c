// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on packets that come to this host and that its kernel discards.
 */
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/discards.h"

/* Fewer are chance: somebody who tries what he may not, a damaged packet. */
#define PACKETS		10
#define SECONDS		5
/* If the last second was longer ago, it is over. */
#define OVER_US		(120 * (u64)USEC_PER_SEC)
/* Links damage far fewer: one segment in so many costs a transfer its rate. */
#define DAMAGED_OF	1000

#define NO_HELP_DISCARDED \
	"anything at the listener (backlog, workers): no socket gets these packets"

/**
 * struct text - what is said of a reason
 * @what: what is discarded, and why
 * @host: the change on this host
 * @counter: nstat's name of the kernel's counter
 * @severity: how bad it is
 */
struct text {
	const char *what;
	const char *host;
	const char *counter;
	enum tcpdiag_severity severity;
};

static const struct text texts[TCPDIAG_DISCARDS] = {
	[TCPDIAG_DISCARD_RP_FILTER] = {
		"packets that come by another device than answers to their senders would leave by (rp_filter), of whatever protocol: if they are of TCP, whoever connects from there, or is connected to, gets no answer",
		"if these senders should reach this host: make the ways there and back the same (ip route get ADDRESS, ip rule), or set net.ipv4.conf.DEVICE.rp_filter to 2 (the larger one of DEVICE and all counts); net.ipv4.conf.all.log_martians=1 logs whose packets they are; broadcasts and multicasts of another network on the same cable are dropped rightly",
		"TcpExtIPReversePathFilter", TCPDIAG_NOTE,
	},
	[TCPDIAG_DISCARD_MD5_MISSING] = {
		"segments without a signature (TCP MD5) from peers that a program here has set a key for: their SYNs and data get no answer",
		"set the same key for this session (BGP, LDP) at both ends: the peer has none, or comes with the address of another (NAT); or its program does not run, and its host refuses with RSTs that nobody signs",
		"TcpExtTCPMD5NotFound", TCPDIAG_WARNING,
	},
	[TCPDIAG_DISCARD_MD5_UNEXPECTED] = {
		"segments with a signature (TCP MD5) that no program here has set a key for: their senders get no answer",
		"if it is a session of yours (BGP, LDP), set its key here, for the address that the peer really comes from",
		"TcpExtTCPMD5Unexpected", TCPDIAG_NOTE,
	},
	[TCPDIAG_DISCARD_MD5_WRONG] = {
		"segments that were signed with another key (TCP MD5) than this end has: their senders get no answer",
		"set the same key for this session (BGP, LDP) at both ends; perf trace -e tcp:tcp_hash_md5_mismatch names addresses and ports, before Linux 6.11 the kernel's log (dmesg: MD5)",
		"TcpExtTCPMD5Failure", TCPDIAG_WARNING,
	},
	[TCPDIAG_DISCARD_LOW_TTL] = {
		"segments that have come over more routers than the program allows (IP_MINTTL, \"TTL security\"): their senders get no answer",
		"if the peer is one of yours, let it send with a TTL of 255 (GTSM at both ends), or allow more hops here",
		"TcpExtTCPMinTTLDrop", TCPDIAG_NOTE,
	},
	[TCPDIAG_DISCARD_CHECKSUM] = {
		"segments that are damaged (wrong checksum): each has to be sent again, as if it were lost",
		"look for what damages them: a network card or its offloads, here or at the sender (ethtool -K DEVICE rx off tx off shows whether it is they), a tunnel or virtual switch, a bad cable or memory of a router",
		"TcpInCsumErrors", TCPDIAG_NOTE,
	},
};

static enum tcpdiag_severity
severity(const struct tcpdiag_discards_facts *d, enum tcpdiag_discard reason)
{
	if (reason == TCPDIAG_DISCARD_CHECKSUM &&
	    d->by[reason].packets * (u64)DAMAGED_OF >= d->segments)
		return TCPDIAG_WARNING;
	return texts[reason].severity;
}

static void discarded(const struct tcpdiag_discards_facts *d,
		      enum tcpdiag_discard reason,
		      struct tcpdiag_findings *out)
{
	char span[TCPDIAG_DURATION_LEN], ago[TCPDIAG_DURATION_LEN];
	const struct tcpdiag_discard_fact *x = &d->by[reason];
	const struct text *text = &texts[reason];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, severity(d, reason));
	f->about.kind = reason;
	tcpdiag_say(f->subject, "%s", text->counter);
	tcpdiag_say(f->what,
		    "this host discards %s; %u in the last %s, the last %s ago",
		    text->what, x->packets,
		    tcpdiag_format_duration(span, x->span_us),
		    tcpdiag_format_duration(ago, x->ago_us));
	tcpdiag_say(f->evidence, "%s=%u seconds=%u", text->counter, x->packets,
		    x->seconds);
	if (reason == TCPDIAG_DISCARD_CHECKSUM)
		tcpdiag_say_more(f->evidence, " segments=%u", d->segments);
	tcpdiag_say(f->host, "%s", text->host);
	f->no_help = NO_HELP_DISCARDED;
}

/**
 * tcpdiag_find_arrivals_discarded() - the kernel discards what comes to this host
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_arrivals_discarded(const struct tcpdiag_facts *facts,
				     struct tcpdiag_findings *out)
{
	const struct tcpdiag_discards_facts *d = facts->discards;
	unsigned int i;

	for (i = 0; i < TCPDIAG_DISCARDS; i++)
		if (d->by[i].packets >= PACKETS && d->by[i].seconds >= SECONDS &&
		    d->by[i].ago_us < OVER_US)
			discarded(d, i, out);
}
