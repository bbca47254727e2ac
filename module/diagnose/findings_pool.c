// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on a pool that keeps connections for longer than their server.
 */
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/pool.h"

/* So many make a pool. */
#define LEAST		3
/* A server that closes sooner than this ends work, not idle connections. */
#define IDLE_US		USEC_PER_SEC
/* Times of one limit differ by this, and by a part of the least. */
#define SPREAD_US	USEC_PER_SEC
#define SPREAD_PART	10

/**
 * tcpdiag_find_pool_outlives_server() - a pool keeps what its server has closed
 * @facts: what is judged
 * @out: where to
 *
 * Only if the server closed all of them after about the same time without data:
 * else it is no idle limit.
 */
void tcpdiag_find_pool_outlives_server(const struct tcpdiag_facts *facts,
				       struct tcpdiag_findings *out)
{
	const struct tcpdiag_pool_facts *p = facts->pool;
	char least[TCPDIAG_DURATION_LEN], owner[TCPDIAG_OWNER_LEN];
	struct tcpdiag_finding *f;

	if (p->sockets < LEAST || p->least_us < IDLE_US ||
	    p->most_us - p->least_us > SPREAD_US + p->least_us / SPREAD_PART)
		return;
	f = tcpdiag_findings_add(out, TCPDIAG_NOTE);
	tcpdiag_format_owner(owner, &p->owner);
	tcpdiag_format_duration(least, p->least_us);
	tcpdiag_say(f->subject, "%s", p->peer);
	f->about.owner = p->owner;
	f->about.peer_port = p->port;
	tcpdiag_say(f->what,
		    "%s%u connections of %s%s%s were closed by that server after %s without data, and the program still keeps them: the next request on one of them fails",
		    p->cut ? "at least " : "", p->sockets, owner,
		    *p->peer ? " to " : "", p->peer, least);
	tcpdiag_say(f->evidence, "sockets=%u least_idle_us=%llu most_idle_us=%llu",
		    p->sockets, p->least_us, p->most_us);
	tcpdiag_say(f->application,
		    "set the pool's idle limit below %s, or the server's above the pool's; close() a connection when it becomes readable and read() returns 0",
		    least);
}
