// SPDX-License-Identifier: GPL-2.0
/*
 * The finding on memory of TCP that is short.
 */
#include <linux/minmax.h>

#include "diagnose/findings.h"
#include "model/format.h"
#include "survey/memory.h"

/* Looks that find it so: one may be a moment. */
#define LEAST	3
/* Who has less than this part of it does not make it short. */
#define PART	16

#define READ_THEM \
	"read from these connections, or close them: unread data is memory that nobody else gets"
#define CLOSE_THEM \
	"close connections whose peer has closed: a FIN that was not read takes a page of memory"
#define NO_HELP_MEMORY \
	"larger net.ipv4.tcp_rmem or tcp_wmem: each connection may then take more of what is short"

/*
 * So many bytes, with those of the connections that were not looked at, are a good
 * part of what is short.
 */
static bool is_much(const struct tcpdiag_memory_facts *m, u64 bytes)
{
	u32 looked = max(m->looked, 1U);

	return bytes && bytes * PART / looked * max(m->open, looked) >=
			m->whole;
}

/* "app (pid 9) has 4.1M bytes unread and 0 to send in 20 connections" */
static void say_holder(struct tcpdiag_finding *f,
		       const struct tcpdiag_memory_holder *h)
{
	char owner[TCPDIAG_OWNER_LEN], held[TCPDIAG_NUMBER_LEN];
	char unread[TCPDIAG_NUMBER_LEN], queued[TCPDIAG_NUMBER_LEN];
	char listens[40] = "";

	if (h->port)
		tcpdiag_say(listens, ", which listens on port %u,", h->port);
	tcpdiag_say_more(f->what,
			 "%s%s has %s bytes unread and %s to send in %u connection%s, which take%s %s bytes of memory",
			 tcpdiag_format_owner(owner, &h->owner), listens,
			 tcpdiag_format_number(unread, h->unread),
			 tcpdiag_format_number(queued, h->queued), h->sockets,
			 tcpdiag_plural(h->sockets),
			 h->sockets == 1 ? "s" : "",
			 tcpdiag_format_number(held, h->held));
}

static void say_holders(struct tcpdiag_finding *f,
			const struct tcpdiag_memory_facts *m)
{
	const struct tcpdiag_memory_holder *h;
	bool much = false;

	for (h = m->holder; h < m->holder + m->n && h->held; h++) {
		tcpdiag_say_more(f->what, "%s", h > m->holder ? "; " : ": ");
		say_holder(f, h);
		much |= is_much(m, h->held);
	}
	if (m->looked < m->open)
		tcpdiag_say_more(f->what,
				 "; %u of %u connections were looked at",
				 m->looked, m->open);
	if (!much)
		tcpdiag_say_more(f->what,
				 "; no program that was looked at here has a sixteenth of it");
}

static void say_evidence(struct tcpdiag_finding *f,
			 const struct tcpdiag_memory_facts *m)
{
	tcpdiag_say(f->evidence,
		    "samples=%u span_us=%llu dropped=%u unread=%llu queued=%llu held=%llu looked=%u open=%u",
		    m->samples, m->span_us, m->dropped,
		    m->n ? m->holder[0].unread : 0,
		    m->n ? m->holder[0].queued : 0,
		    m->n ? m->holder[0].held : 0, m->looked, m->open);
	if (m->pages_known)
		tcpdiag_say_more(f->evidence,
				 " pages=%llu tcp_mem=%llu,%llu,%llu", m->pages,
				 m->limit[0], m->limit[1], m->limit[2]);
	else
		tcpdiag_say_more(f->evidence, " pages=- tcp_mem=-");
}

static void say_host(struct tcpdiag_finding *f,
		     const struct tcpdiag_memory_facts *m)
{
	if (!m->machine)
		tcpdiag_say(f->host,
			    "memory.max of the cgroup, or less memory for what else is in it: its pages of files and of programs count as well");
	else if (m->pages_known)
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_mem is %llu %llu %llu pages, and TCP has %llu: from the second value on it is short until less than the first is left, at the third connections fail",
			    m->limit[0], m->limit[1], m->limit[2], m->pages);
	else
		tcpdiag_say(f->host,
			    "net.ipv4.tcp_mem is a setting of the machine, not of this namespace");
}

/* What the program can do; "" if that is not known. */
static const char *remedy(const struct tcpdiag_memory_holder *h)
{
	if (2 * h->queued >= h->held)
		return "";
	if (2 * h->closed > h->held)
		return CLOSE_THEM;
	return h->unread ? READ_THEM : "";
}

/**
 * tcpdiag_find_tcp_memory() - the memory of TCP is short
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_tcp_memory(const struct tcpdiag_facts *facts,
			     struct tcpdiag_findings *out)
{
	const struct tcpdiag_memory_facts *m = facts->memory;
	bool lost = m->dropped && (m->machine || m->mostly);
	char span[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (m->samples < LEAST)
		return;
	/* a cgroup may be short of memory because of files */
	f = tcpdiag_findings_add(out, m->machine || lost ? TCPDIAG_WARNING :
							   TCPDIAG_NOTE);
	if (m->n && is_much(m, m->holder[0].held))
		f->about.owner = m->holder[0].owner;
	tcpdiag_say(f->subject, "%s", m->machine ? "machine" : "cgroup");
	tcpdiag_say(f->what,
		    "the memory that TCP may have %s is short, so windows are kept small: %u looks of the last %s, one a second, found it so",
		    m->machine ? "on this machine" :
				 "in the memory cgroup of some connections",
		    m->samples, tcpdiag_format_duration(span, m->span_us));
	if (lost)
		tcpdiag_say_more(f->what,
				 ", and %u segment%s that had come %s thrown away in this namespace",
				 m->dropped, tcpdiag_plural(m->dropped),
				 m->dropped == 1 ? "was" : "were");
	say_holders(f, m);
	say_evidence(f, m);
	if (m->n && is_much(m, m->holder[0].held))
		tcpdiag_say(f->application, "%s", remedy(&m->holder[0]));
	say_host(f, m);
	f->no_help = NO_HELP_MEMORY;
}
