// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on transfers that stand in a queue.
 */
#include <linux/math64.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/bloat.h"

/* Looks that meet a queue: fewer may be a burst. */
#define LEAST	5
#define MANY	10
/* A queue that is so long is felt by everybody who shares it. */
#define WARN_US	(300 * USEC_PER_MSEC)

#define NO_HELP \
	"larger net.ipv4.tcp_wmem and tcp_rmem: they let the queue grow; net.ipv4.tcp_low_latency does nothing"
#define NO_HELP_PATH \
	"net.core.default_qdisc on this host: the queue is not here; and larger net.ipv4.tcp_wmem: they let it grow"

static bool is_own(const struct tcpdiag_bloat_sum *b)
{
	return b->own > b->samples / 2 && *b->device;
}

static bool is_told(const struct tcpdiag_bloat_sum *b)
{
	return b->samples >= LEAST && 2 * b->samples >= b->busy &&
	       (b->varies || is_own(b));
}

/* Clients have links of their own, which are theirs to mend. */
static enum tcpdiag_severity severity(const struct tcpdiag_bloat_sum *b)
{
	return b->samples >= MANY && b->srtt_us - b->base_us >= WARN_US &&
	       (b->connected || is_own(b)) ? TCPDIAG_WARNING : TCPDIAG_NOTE;
}

static void say_host(struct tcpdiag_finding *f,
		     const struct tcpdiag_bloat_sum *b, const char *device)
{
	if (is_own(b)) {
		tcpdiag_say(f->host,
			    "the queue is that of %s, or of the device below it (tc -s qdisc show dev %s): put fq_codel or cake there, at the rate of the link or of the shaper, in place of what queues now",
			    device, device);
		f->no_help = NO_HELP;
		return;
	}
	tcpdiag_say(f->host,
		    "the queue is on the way, before the slowest link, mostly at the own router or modem: manage it there (cake or fq_codel, a little below the link's rate)");
	if (strncmp(b->cc, "bbr", 3))
		tcpdiag_say_more(f->host,
				 "; net.ipv4.tcp_congestion_control=bbr fills it less than %s",
				 *b->cc ? b->cc : "the present one");
	f->no_help = NO_HELP_PATH;
}

static void bloated(const struct tcpdiag_bloat_sum *b,
		    struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], way[TCPDIAG_WAY_LEN];
	char device[TCPDIAG_COMM_LEN];
	char srtt[TCPDIAG_DURATION_LEN], base[TCPDIAG_DURATION_LEN];
	char span[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, severity(b));
	tcpdiag_format_owner(owner, &b->owner);
	tcpdiag_format_comm(device, b->device);
	f->about.owner = b->owner;
	/* the looks at a service are at all clients */
	if (b->connected) {
		tcpdiag_format_way(way, true, b->port, b->v6, &b->peer);
		f->about.v6 = b->v6;
		f->about.peer = b->peer;
		f->about.peer_port = b->port;
	} else {
		snprintf(way, sizeof(way), "on port %u", b->port);
		f->about.port = b->port;
	}
	tcpdiag_say(f->subject, "%s %s", owner, way);
	tcpdiag_say(f->what,
		    "transfers of %s %s stand in a queue%s%s: a round trip takes up to %s, and %s without the queue; of %u looks in the last %s that met one sending as fast as it may, %u met the queue",
		    owner, way, is_own(b) ? " of " : " on the way",
		    is_own(b) ? device : "",
		    tcpdiag_format_duration(srtt, b->srtt_us),
		    tcpdiag_format_duration(base, b->base_us), b->busy,
		    tcpdiag_format_duration(span, b->span_us), b->samples);
	tcpdiag_say(f->evidence,
		    "srtt_us=%u min_rtt_us=%u samples=%u busy=%u own=%u",
		    b->srtt_us, b->base_us, b->samples, b->busy, b->own);
	tcpdiag_say(f->application,
		    "who shares the link waits as well; a transfer that can wait may send more slowly (SO_MAX_PACING_RATE)");
	say_host(f, b, device);
}

/**
 * tcpdiag_find_bufferbloat() - transfers stand in a queue
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_bufferbloat(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < facts->bloat->n; i++)
		if (is_told(&facts->bloat->sum[i]))
			bloated(&facts->bloat->sum[i], out);
}
