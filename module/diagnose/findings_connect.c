// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on attempts to connect that fail: how many, why, which program makes
 * them, and to which address.
 */
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "diagnose/facts_connect.h"
#include "diagnose/findings.h"
#include "diagnose/not_sent.h"
#include "diagnose/service.h"
#include "model/format.h"
#include "model/limits.h"

/*
 * So many attempts to one destination that nobody answers, each with three SYNs, are no
 * accident. Three are enough if the last one has waited for long, as for the kernel to
 * give up: SYNs do not tell that, because kernels differ in how fast they send them.
 */
#define SILENT		5
#define SILENT_LEAST	3
#define PATIENT_S	15
/* Attempts are counted for so long. */
#define SILENT_US	(600 * (u64)USEC_PER_SEC)
/* If the last one was longer ago, it is over. */
#define SILENT_OVER_US	(300 * (u64)USEC_PER_SEC)

/**
 * struct text - what is said of a cause, and from when on
 * @what: the end of the sentence; NULL: no finding here, because the program
 *	gave up itself, or another finding reports it
 * @application: the change in the program, or NULL
 * @host: the change on the host, or NULL
 * @no_help: what is often advised but does not help, or NULL
 * @error: what connect() returns
 * @first: it is a finding from the first attempt in a minute on, because no
 *	peer and no network has a part in it: the program made a mistake
 */
struct text {
	const char *what;
	const char *application;
	const char *host;
	const char *no_help;
	int error;
	bool first;
};

static const struct text texts[TCPDIAG_CAUSES] = {
	[TCPDIAG_CAUSE_REFUSED] = {
		"the connection was refused (ECONNREFUSED)",
		"check that the service is running and that address and port are right: nothing listens there (a service on 127.0.0.1 is reached from its own host or container only), or a firewall answers with RST; wait longer before each new attempt",
		.error = ECONNREFUSED,
	},
	[TCPDIAG_CAUSE_TIMED_OUT] = {
		"no answer came (ETIMEDOUT)",
		"set a timeout for connect() that is shorter than the kernel's",
		"check the other host: it is down, a firewall drops the SYNs, or the queues of its listener overflow; and what is on the way: a NAT without free ports, an answer that comes back by another way (rp_filter)",
		.error = ETIMEDOUT,
	},
	[TCPDIAG_CAUSE_UNREACHABLE] = {
		"the host is unreachable (EHOSTUNREACH, ENETUNREACH)",
		NULL,
		"check ip route get and ip neigh for that address; a router or firewall on the path may also have reported this by ICMP",
		.error = EHOSTUNREACH,
	},
	[TCPDIAG_CAUSE_RESET] = {
		"the connection was reset during the handshake (ECONNRESET)",
		NULL,
		"look for a firewall that sends resets; then check the other host",
		.error = ECONNRESET,
	},
	[TCPDIAG_CAUSE_TUPLE_IN_USE] = {
		"another connection to that destination uses the source port that the program chose with bind() (EADDRNOTAVAIL)",
		"let the kernel choose the port: do not bind, or bind to port 0 with IP_BIND_ADDRESS_NO_PORT; if the port must be this one, close the other connection first",
		"look for the other connection with ss -tanp, by the two ports",
		"net.ipv4.ip_local_port_range and net.ipv4.tcp_tw_reuse: ports are not missing, but the program allows only this one",
		.error = EADDRNOTAVAIL,
		.first = true,
	},
	[TCPDIAG_CAUSE_OTHER] = {
		"connect() returned an unusual error",
		NULL,
		"trace the program's connect() calls with strace to see the error",
	},
};

/* Who fails at so many looks for ports. */
#define MANY_PORTS	8

#define SEVERAL "nothing, if ports are scanned from here; if not, look which programs make these attempts, and to where (strace -f -e trace=connect)"

#define NOT_SENT ", whose last SYN did not leave this host"

#define BY_ICMP ", by an ICMP message and not by a RST"
#define HOST_BY_ICMP \
	"a firewall rejects: on this host (nft list ruleset, iptables-save), on the way, or on the other host, as with REJECT of iptables; kube-proxy does so for a Service without endpoints; a host on which nobody listens answers with RST"

#define HERE "; that is an address of this host"
#define HOST_HERE \
	"this host drops the SYNs itself, or passes them on: look for a rule that drops what arrives (nft list ruleset, iptables-save: input, raw) or that sends the port elsewhere (DNAT, to a container that does not answer), and for a full queue of the listener (ss -ltn: Recv-Q above Send-Q)"

static bool is_not_sent(const struct tcpdiag_connect_fact *x)
{
	return x->last_known && x->not_sent;
}

/* Who the last one was refused by; "" if that is nothing special. */
static const char *by_whom(const struct tcpdiag_connect_fact *x)
{
	if (is_not_sent(x))
		return NOT_SENT;
	return x->last_known && x->by_icmp ? BY_ICMP : "";
}

/* Nobody need look for a service where a firewall is in the way. */
static void say_remedy(struct tcpdiag_finding *f, const struct text *text,
		       const struct tcpdiag_connect_fact *x)
{
	bool refused = text->error == ECONNREFUSED;

	if (is_not_sent(x))
		tcpdiag_say(f->host, "%s", TCPDIAG_HOST_NOT_SENT);
	else if (x->here && text->error == ETIMEDOUT)
		tcpdiag_say(f->host, "%s", HOST_HERE);
	else if (x->last_known && x->by_icmp)
		tcpdiag_say(f->host, "%s", HOST_BY_ICMP);
	else
		tcpdiag_say(f->host, "%s", text->host ?: "");
	if (!refused || !*by_whom(x))
		tcpdiag_say(f->application, "%s", text->application ?: "");
}

/*
 * No port is known to have most of them: whoever was last is no cause. A mistake
 * of a program is told of who made the last one.
 */
static bool is_several(const struct tcpdiag_connect_fact *x,
		       const struct text *text)
{
	return x->last_known && !text->first && 2 * x->most <= x->minute;
}

/* How many attempts failed in the last minute, as @which says, and why. */
static void say_failed(struct tcpdiag_finding *f,
		       const struct tcpdiag_facts *facts,
		       const struct tcpdiag_connect_fact *x,
		       const struct text *text, const char *which)
{
	tcpdiag_say(f->subject, "%s", text->what);
	tcpdiag_say(f->what,
		    "%llu attempt%s to connect failed in the last minute%s: %s",
		    x->minute, tcpdiag_plural(x->minute), which, text->what);
	tcpdiag_say(f->evidence, "failed_minute=%llu failed=%llu",
		    x->minute, x->total);
	if (x->last_known && x->most < x->minute)
		tcpdiag_say_more(f->evidence, " same_port=%llu ports=%u",
				 x->most, x->ports);
	tcpdiag_say_more(f->evidence, " failed_connects=%u syn_retries=%u",
			 facts->limits->failed_connects,
			 facts->connect->syn_retries);
}

/*
 * Many ports refuse whoever scans; a few are services that are down. That nobody
 * answers, or no route is there, has a cause on the way, whoever asks. What is known
 * of a single attempt says nothing of the others.
 */
static void several_fail(const struct tcpdiag_facts *facts,
			 enum tcpdiag_cause cause,
			 struct tcpdiag_findings *out)
{
	const struct tcpdiag_connect_fact *x = &facts->connect->cause[cause];
	bool scans = cause == TCPDIAG_CAUSE_REFUSED && x->ports >= MANY_PORTS;
	const struct text *text = &texts[cause];
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, scans ? TCPDIAG_NOTE : TCPDIAG_WARNING);
	say_failed(f, facts, x, text, ", to several ports");
	f->about.error = text->error;
	tcpdiag_say(f->application, "%s",
		    scans ? SEVERAL : text->application ?: "");
	tcpdiag_say(f->host, "%s", scans ? "" : text->host ?: "");
	f->no_help = scans ? NULL : text->no_help;
}

static void connects_fail(const struct tcpdiag_facts *facts,
			  enum tcpdiag_cause cause,
			  struct tcpdiag_findings *out)
{
	const struct tcpdiag_connect_fact *x = &facts->connect->cause[cause];
	char owner[TCPDIAG_OWNER_LEN], to[TCPDIAG_ADDR_LEN];
	char ago[TCPDIAG_DURATION_LEN], last[288] = "";
	const struct text *text = &texts[cause];
	char from[24] = "", part[64] = "";
	struct tcpdiag_finding *f;

	if (cause == TCPDIAG_CAUSE_TUPLE_IN_USE)
		tcpdiag_say(from, " from source port %u", x->local_port);
	if (!text->first && x->most < x->minute)
		tcpdiag_say(part, ", at least %llu of them to one port",
			    x->most);
	if (x->last_known)
		tcpdiag_say(last, "%s, the last one %s ago by %s%s to %s", part,
			    tcpdiag_format_duration(ago, x->ago_us),
			    tcpdiag_format_owner(owner, &x->owner), from,
			    tcpdiag_format_addr(to, x->v6, &x->to, x->port));
	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	say_failed(f, facts, x, text, last);
	tcpdiag_say_more(f->what, "%s", by_whom(x));
	f->about.error = text->error;
	f->about.not_sent = is_not_sent(x);
	if (x->last_known) {
		f->about.owner = x->owner;
		f->about.v6 = x->v6;
		f->about.peer = x->to;
		f->about.peer_port = x->port;
	}
	say_remedy(f, text, x);
	if (cause == TCPDIAG_CAUSE_TIMED_OUT && x->here)
		tcpdiag_say_more(f->what, HERE);
	if (cause == TCPDIAG_CAUSE_REFUSED && facts->connect->holder_known)
		tcpdiag_say_service(f, &facts->connect->holder, x->v6, &x->to);
	f->no_help = text->no_help;
}

/* Who would answer, if the attempts were for an address of this host. */
static void say_here(struct tcpdiag_finding *f,
		     const struct tcpdiag_connect_facts *c)
{
	const struct tcpdiag_port_holder *h = &c->silent_holder;
	char owner[TCPDIAG_OWNER_LEN];

	tcpdiag_say_more(f->what, HERE);
	if (tcpdiag_service_there(h, c->silent.v6, &c->silent.to))
		tcpdiag_say_more(f->what, ", where %s listens",
				 tcpdiag_format_owner(owner, &h->owner));
	tcpdiag_say(f->host, "%s", HOST_HERE);
}

/* Nobody answers, whether the program gives up or the kernel does. */
static void unanswered(const struct tcpdiag_facts *facts,
		       struct tcpdiag_findings *out)
{
	const struct tcpdiag_connect_fact *x = &facts->connect->silent;
	const struct text *text = &texts[TCPDIAG_CAUSE_TIMED_OUT];
	char owner[TCPDIAG_OWNER_LEN], to[TCPDIAG_ADDR_LEN];
	char ago[TCPDIAG_DURATION_LEN], since[TCPDIAG_DURATION_LEN];
	u64 since_us = facts->connect->silent_since_us;
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
	tcpdiag_format_addr(to, x->v6, &x->to, x->port);
	tcpdiag_say(f->subject, "no answer from %s", to);
	f->about.error = text->error;
	f->about.not_sent = is_not_sent(x);
	f->about.owner = x->owner;
	f->about.v6 = x->v6;
	f->about.peer = x->to;
	f->about.peer_port = x->port;
	tcpdiag_say(f->what,
		    "no answer came to at least %llu attempts to connect to %s, which ended in the last 10 min, each after its SYN had been sent three times or more: ",
		    x->minute, to);
	/* if there were some before, which of these was the first is not known */
	if (since_us < SILENT_US)
		tcpdiag_say_more(f->what, "the first one %s ago, ",
				 tcpdiag_format_duration(since, since_us));
	tcpdiag_say_more(f->what, "the last one %s ago by %s%s",
			 tcpdiag_format_duration(ago, x->ago_us),
			 tcpdiag_format_owner(owner, &x->owner),
			 is_not_sent(x) ? NOT_SENT : "");
	tcpdiag_say(f->evidence,
		    "unanswered_10min=%llu syns=%u waited_s=%u syn_retries=%u",
		    x->minute, x->syns, x->waited_s,
		    facts->connect->syn_retries);
	tcpdiag_say(f->host, "%s",
		    is_not_sent(x) ? TCPDIAG_HOST_NOT_SENT : text->host);
	if (x->here && !is_not_sent(x))
		say_here(f, facts->connect);
}

static bool is_same_place(const struct tcpdiag_connect_fact *a,
			  const struct tcpdiag_connect_fact *b)
{
	return a->v6 == b->v6 && a->port == b->port &&
	       !memcmp(&a->to, &b->to, sizeof(a->to));
}

static bool is_finding(const struct tcpdiag_facts *facts,
		       enum tcpdiag_cause cause)
{
	u64 least = texts[cause].first ? 1 : facts->limits->failed_connects;

	return texts[cause].what &&
	       facts->connect->cause[cause].minute >= least;
}

static bool is_unanswered(const struct tcpdiag_facts *facts)
{
	const struct tcpdiag_connect_fact *x = &facts->connect->silent;
	const struct tcpdiag_connect_fact *told =
		&facts->connect->cause[TCPDIAG_CAUSE_TIMED_OUT];

	if (x->minute < (x->waited_s < PATIENT_S ? SILENT : SILENT_LEAST) ||
	    x->ago_us >= SILENT_OVER_US)
		return false;
	return !is_finding(facts, TCPDIAG_CAUSE_TIMED_OUT) ||
	       is_several(told, &texts[TCPDIAG_CAUSE_TIMED_OUT]) ||
	       !is_same_place(x, told);
}

/**
 * tcpdiag_find_connects_fail() - many attempts to connect fail for one cause
 * @facts: what is judged
 * @out: where to
 *
 * Two causes are no finding here: no free local port, which is a finding of its
 * own, and attempts that the program gave up itself, unless it had waited for an
 * answer in vain. If no port has most of the attempts of a cause, no program is
 * named: who was last need not be who makes them.
 */
void tcpdiag_find_connects_fail(const struct tcpdiag_facts *facts,
				struct tcpdiag_findings *out)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_CAUSES; i++) {
		if (!is_finding(facts, i))
			continue;
		if (is_several(&facts->connect->cause[i], &texts[i]))
			several_fail(facts, i, out);
		else
			connects_fail(facts, i, out);
	}
	if (is_unanswered(facts))
		unanswered(facts, out);
}
