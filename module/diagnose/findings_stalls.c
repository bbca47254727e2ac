// SPDX-License-Identifier: GPL-2.0
/*
 * Findings on connections that cannot go on at this moment.
 */
#include <linux/minmax.h>
#include <linux/time64.h>

#include "diagnose/findings.h"
#include "diagnose/halted.h"
#include "diagnose/not_sent.h"
#include "diagnose/reset_words.h"
#include "model/format.h"
#include "model/limits.h"
#include "survey/stalls.h"

/* Firewalls, NAT and balancers forget a flow after a minute or later. */
#define FORGOTTEN_US	(60 * (u64)USEC_PER_SEC)

#define NO_HELP_SILENT \
	"a timeout of read() alone: the socket's data stays queued, and close() leaves the kernel trying"
#define NO_HELP_NOT_SENT \
	"anything at the peer or on the path: nothing has come that far"
#define NO_HELP_PEER_READS \
	"a larger SO_SNDBUF, or net.ipv4.tcp_wmem: more waits, and no sooner"

#define MAY_HANG \
	"the program hangs, or waits for something else, or all its workers are busy"

#define HOLDS_UP \
	"this end is not at fault, unless it serves others too: one peer holds up all of them (use sockets that do not block, or a thread for each)"

#define NO_HELP_WE_READ \
	"a larger SO_RCVBUF, or net.ipv4.tcp_rmem: it is full a little later"

#define NO_HELP_SNDBUF \
	"a larger net.ipv4.tcp_wmem: the kernel leaves a buffer alone that its program has set"
#define NO_HELP_WINDOW \
	"net.ipv4.tcp_wmem, or another congestion control: the peer's window is less than either"
#define NO_HELP_RCVBUF \
	"a larger net.ipv4.tcp_rmem: the kernel leaves a buffer alone that its program has set"
#define NO_HELP_UNREAD \
	"a longer backlog, or larger buffers: the connections were accepted, and have room"
#define NO_HELP_SIZE \
	"a higher net.ipv4.tcp_retries2: each retry is as large as the one before"
#define PROBING \
	"net.ipv4.tcp_mtu_probing is %u: with 1 the kernel tries smaller segments after some timeouts"

#define SCALE \
	"the handshake had no window scaling: look at net.ipv4.tcp_window_scaling on both hosts, and for what strips the option on the way (a capture of the SYN at both ends)"
#define LEAVE_RCVBUF \
	"at the peer: if its program sets SO_RCVBUF, it should not, or set it to rate times round trip; net.ipv4.tcp_rmem, its maximum, and net.ipv4.tcp_moderate_rcvbuf=1 let windows grow there; a route there may limit them (ip route show: window)"

/* A buffer that few need to be larger. */
#define FAST_ROOM	0x100000

/* Who does not read for so long does not only pause. */
#define PAUSE_US	(60 * (u64)USEC_PER_SEC)

/* So many requests must wait, and for so long, before they are told of. */
#define SOME_UNREAD	3
#define UNREAD_US	(30 * (u64)USEC_PER_SEC)
/* So many wait for more than one program that is busy. */
#define MANY_UNREAD	10

/*
 * A single reader may pause: a film, a pager, a tape that is changed. A client may
 * pause on all of its connections: a consumer that works on what it has, a proxy
 * whose own clients are slower than its server.
 */
static bool may_pause(const struct tcpdiag_stall_group *g)
{
	bool ours = g->longest.cause == TCPDIAG_STALL_ZERO_WINDOW_OWN;

	if (!ours && g->longest.cause != TCPDIAG_STALL_ZERO_WINDOW_PEER)
		return false;
	return g->longest.for_us < PAUSE_US &&
	       (g->sockets == 1 || (ours && g->connected && !g->mutual));
}

/* The kernel forgets the shortest round trip then (net.ipv4.tcp_min_rtt_wlen). */
#define FORGETS_US	(300 * (u64)USEC_PER_SEC)

/* A queue that stands while a connection sends may then be taken for the path. */
static bool may_be_queue(const struct tcpdiag_stall_group *g)
{
	unsigned int percent = g->longest.percent ?: 100;

	return g->longest.cause == TCPDIAG_STALL_WINDOW &&
	       100 * g->longest.for_us >= percent * FORGETS_US;
}

/* Some requests may wait for a worker; when many do, nobody works on them. */
static bool is_hung(const struct tcpdiag_stall_group *g)
{
	return g->sockets >= MANY_UNREAD && g->longest.for_us >= PAUSE_US;
}

/*
 * Clients of a server come and go, and may be slow or small: nothing is wrong with
 * the server then.
 */
static enum tcpdiag_severity severity(const struct tcpdiag_stall_group *g)
{
	bool ours = g->longest.cause == TCPDIAG_STALL_ZERO_WINDOW_OWN ||
		    g->longest.cause == TCPDIAG_STALL_NOT_SENT ||
		    g->longest.cause == TCPDIAG_STALL_SEND_BUFFER ||
		    g->longest.cause == TCPDIAG_STALL_RECEIVE_BUFFER;
	bool fast = g->longest.cause >= TCPDIAG_STALL_SLOW &&
		    g->longest.room >= FAST_ROOM;

	if (g->longest.cause == TCPDIAG_STALL_UNREAD)
		return is_hung(g) ? TCPDIAG_WARNING : TCPDIAG_NOTE;
	return (g->connected || ours) && !fast && !may_pause(g) &&
	       !may_be_queue(g) ? TCPDIAG_WARNING : TCPDIAG_NOTE;
}

/* A finding with subject and evidence; @owner and @peer get words to use. */
static struct tcpdiag_finding *begin(const struct tcpdiag_stall_group *g,
				     struct tcpdiag_findings *out,
				     char *owner, char *peer)
{
	struct tcpdiag_finding *f;

	f = tcpdiag_findings_add(out, severity(g));
	tcpdiag_format_owner(owner, &g->owner);
	tcpdiag_format_way(peer, g->connected, g->port, g->v6,
			   g->one_peer ? &g->peer : NULL);
	if (g->connected)
		tcpdiag_say(f->subject, "%s %s", owner, peer);
	else
		tcpdiag_say(f->subject, "%s on port %u", owner, g->port);
	f->about.owner = g->owner;
	if (g->connected) {
		f->about.v6 = g->v6;
		f->about.peer = g->peer;
		f->about.peer_port = g->port;
	} else {
		f->about.port = g->port;
	}
	tcpdiag_say(f->evidence, "sockets=%u longest_us=%llu bytes=%llu",
		    g->sockets, g->longest.for_us, g->bytes);
	if (g->longest.next_known)
		tcpdiag_say_more(f->evidence, " tries=%u next_us=%llu",
				 g->longest.tries, g->longest.next_us);
	if (g->longest.end_known)
		tcpdiag_say_more(f->evidence, " gives_up_us=%llu",
				 g->longest.end_us);
	return f;
}

/* "3 connections", "at least 3 connections", "a connection" */
static void say_how_many(struct tcpdiag_finding *f,
			 const struct tcpdiag_facts *facts,
			 const struct tcpdiag_stall_group *g)
{
	tcpdiag_say(f->what, "%s%u connection%s",
		    facts->stalls->cut ? "at least " : "", g->sockets,
		    tcpdiag_plural(g->sockets));
}

/* Each ends in time, or the longest. */
static const char *longest(const struct tcpdiag_stall_group *g)
{
	return g->sockets == 1 ? "for" : "the longest for";
}

static void say_end(struct tcpdiag_finding *f,
		    const struct tcpdiag_stall_group *g)
{
	char next[TCPDIAG_DURATION_LEN], end[TCPDIAG_DURATION_LEN];

	tcpdiag_say_more(f->what, "; the next try is in %s",
			 tcpdiag_format_duration(next, g->longest.next_us));
	if (g->longest.end_known)
		tcpdiag_say_more(f->what,
				 ", and the program gets ETIMEDOUT in %s",
				 tcpdiag_format_duration(end,
							 g->longest.end_us));
}

/* What waits, and that the kernel goes on trying: the end of the sentence. */
static void say_tries(struct tcpdiag_finding *f,
		      const struct tcpdiag_stall_group *g)
{
	tcpdiag_say_more(f->what,
			 "; %llu byte%s wait%s, and the kernel tries again and again",
			 g->bytes, tcpdiag_plural(g->bytes),
			 g->bytes == 1 ? "s" : "");
	say_end(f, g);
}

static bool is_forgotten(const struct tcpdiag_stall_group *g)
{
	return g->idle_us >= FORGOTTEN_US;
}

/* All of them have an address that this host does not have any more. */
static bool is_gone(const struct tcpdiag_stall_group *g)
{
	return g->gone && g->gone == g->sockets;
}

static void say_gone(struct tcpdiag_finding *f,
		     const struct tcpdiag_stall_group *g)
{
	char local[TCPDIAG_ADDR_LEN];

	tcpdiag_reset_address(local, g->v6, &g->local);
	tcpdiag_say_more(f->what,
			 "; %s address here, %s, is gone from this host: nothing that is sent to it comes here",
			 g->sockets == 1 ? "its" : "their", local);
	tcpdiag_say(f->application,
		    "close these connections, and connect anew: only the address would bring them back; set TCP_USER_TIMEOUT, so that a program notices in seconds");
	tcpdiag_say(f->host,
		    "find out what took the address away: DHCP, a VPN, a virtual IP that another host has now, a device that is down, a temporary address of IPv6 (ip monitor address); ss -K src %s ends its connections",
		    local);
}

/*
 * A program whose threads all wait in send() serves nobody else meanwhile. One that
 * is kept from running would serve nobody anyway.
 */
static void say_writers(struct tcpdiag_finding *f,
			const struct tcpdiag_stall_group *g)
{
	f->about.all_write = g->threads && g->writers >= g->threads &&
			     !g->owner.halted;
	if (!f->about.all_write)
		return;
	if (g->threads == 1)
		tcpdiag_say_more(f->what,
				 "; the only thread of the program waits in send() for that");
	else
		tcpdiag_say_more(f->what,
				 "; all %u threads of the program wait in send() for that",
				 g->threads);
}

static void peer_silent(const struct tcpdiag_facts *facts,
			const struct tcpdiag_stall_group *g,
			struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s: the peer answers nothing, %s %s",
			 owner, peer, longest(g),
			 tcpdiag_format_duration(time, g->longest.for_us));
	say_tries(f, g);
	say_writers(f, g);
	if (is_forgotten(g) && !is_gone(g))
		tcpdiag_say_more(f->what,
				 "; nothing had come from it for %s before: a firewall, NAT or balancer on the way may have forgotten idle connections",
				 tcpdiag_format_duration(time, g->idle_us));
	tcpdiag_say_more(f->evidence, " idle_before_us=%llu", g->idle_us);
	if (is_forgotten(g))
		tcpdiag_say(f->application,
			    "set SO_KEEPALIVE with TCP_KEEPIDLE below the idle limit of what is on the way, or close connections well before they have been idle for %s; set TCP_USER_TIMEOUT, so that a dead one fails in seconds",
			    time);
	else
		tcpdiag_say(f->application,
			    "set TCP_USER_TIMEOUT, or close() after a timeout of the request, so that a dead peer is noticed in seconds; see whether the peer's host is up and the path to it");
	tcpdiag_say(f->host,
		    "net.ipv4.tcp_retries2 is %u: it sets after how many retries the kernel gives up, for every connection of the namespace; net.ipv4.tcp_keepalive_time is %llu s and serves only sockets with SO_KEEPALIVE",
		    facts->stalls->retries, facts->stalls->keepalive_s);
	if (is_gone(g))
		say_gone(f, g);
	f->no_help = NO_HELP_SILENT;
}

static void not_sent(const struct tcpdiag_facts *facts,
		     const struct tcpdiag_stall_group *g,
		     struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s cannot send: what %s send%s does not leave this host, %s %s",
			 owner, peer, g->sockets == 1 ? "it" : "they",
			 g->sockets == 1 ? "s" : "", longest(g),
			 tcpdiag_format_duration(time, g->longest.for_us));
	say_tries(f, g);
	say_writers(f, g);
	f->about.not_sent = !is_gone(g);
	tcpdiag_say(f->host, "%s", TCPDIAG_HOST_NOT_SENT);
	if (is_gone(g))
		say_gone(f, g);
	f->no_help = NO_HELP_NOT_SENT;
}

static void mtu_black_hole(const struct tcpdiag_facts *facts,
			   const struct tcpdiag_stall_group *g,
			   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s lose%s every large segment (%u bytes), %s %s, while handshakes, and nothing of that size, went through: a link on the path probably has a smaller MTU, and the ICMP that says so does not arrive",
			 owner, peer, g->sockets == 1 ? "s" : "",
			 g->longest.segment, longest(g),
			 tcpdiag_format_duration(time, g->longest.for_us));
	tcpdiag_say_more(f->evidence, " segment=%u mtu_probing=%u",
			 g->longest.segment, facts->stalls->mtu_probing);
	tcpdiag_say(f->host, PROBING, facts->stalls->mtu_probing);
	tcpdiag_say_more(f->host,
			 "; on routers let ICMP pass (type 3 code 4, ICMPv6 type 2), or clamp the MSS: nft add rule ... tcp flags syn tcp option maxseg size set rt mtu; where neither can be had, TCP_MAXSEG before connect() makes segments smaller");
	f->no_help = NO_HELP_SIZE;
}

static void zero_window_peer(const struct tcpdiag_facts *facts,
			     const struct tcpdiag_stall_group *g,
			     struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s cannot send: the peer has closed its window, because the program there does not read, %s %s; %llu byte%s wait%s here",
			 owner, peer, longest(g),
			 tcpdiag_format_duration(time, g->longest.for_us),
			 g->bytes, tcpdiag_plural(g->bytes),
			 g->bytes == 1 ? "s" : "");
	if (!g->longest.end_known)
		tcpdiag_say_more(f->what,
				 "; as long as the peer's host answers, the kernel waits without end");
	say_writers(f, g);
	f->about.sockets = g->sockets;
	tcpdiag_say(f->application,
		    "find out why the program at the peer does not read: %s; set TCP_USER_TIMEOUT, or a timeout of write(), to let go of a peer that reads no more",
		    f->about.all_write ? HOLDS_UP :
					 "this end is not at fault");
	tcpdiag_say(f->host,
		    "nothing here: on the peer's host, ss -tnp shows a Recv-Q that does not shrink, and which program it belongs to");
	f->no_help = NO_HELP_PEER_READS;
}

/* Each end waits for the other to read; which one began is not known. */
static void say_mutual(struct tcpdiag_finding *f,
		       const struct tcpdiag_stall_group *g)
{
	if (g->mutual == g->sockets)
		tcpdiag_say_more(f->what, "; so does this end");
	else
		tcpdiag_say_more(f->what, "; on %u of them so does this end",
				 g->mutual);
	tcpdiag_say_more(f->what,
			 ", because the peer does not read either: each waits for the other");
	if (g->mutual * 2ULL < g->sockets)
		return;
	tcpdiag_say(f->application,
		    "let one of the two ends read while it has something to send: the one that sends requests without reading the answers (poll for both, or read in a thread of its own; limit the requests that are on their way)");
}

static void zero_window_own(const struct tcpdiag_facts *facts,
			    const struct tcpdiag_stall_group *g,
			    struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	tcpdiag_say(f->what,
		    "%s does not read: %s%u connection%s %s %s full, %s %s, with %llu byte%s unread, and the peer waits to send more",
		    owner, facts->stalls->cut ? "at least " : "", g->sockets,
		    tcpdiag_plural(g->sockets), peer,
		    g->sockets == 1 ? "is" : "are", longest(g),
		    tcpdiag_format_duration(time, g->longest.for_us), g->bytes,
		    tcpdiag_plural(g->bytes));
	tcpdiag_say(f->application,
		    "read from these connections, or close them: find out what the program waits for instead (gdb -p PID, /proc/PID/stack: a worker that hangs); if it is slow, leave the work on what it has read to another thread");
	/* who may not run waits for nobody */
	if (g->mutual && !g->owner.halted)
		say_mutual(f, g);
	tcpdiag_say_halted(f, &g->owner);
	f->about.sockets = g->sockets;
	tcpdiag_say(f->host,
		    "nothing: the receive buffers are full because nobody empties them; if the program pauses by design, raise net.tcpdiag.stall_ms (%u)",
		    facts->limits->stall_ms);
	f->no_help = NO_HELP_WE_READ;
}

/* Whose buffer it is that is too small. */
static struct tcpdiag_finding *slow(const struct tcpdiag_facts *facts,
				    const struct tcpdiag_stall_group *g,
				    struct tcpdiag_findings *out,
				    const char *buffer)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char rtt[TCPDIAG_DURATION_LEN], bps[TCPDIAG_NUMBER_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s reach%s no more than %s bit/s, because %s has %u bytes and a round trip takes %s: %u bytes went out in each round trip",
			 owner, peer, g->sockets == 1 ? "es" : "",
			 tcpdiag_format_number(bps, g->longest.bps), buffer,
			 g->longest.room,
			 tcpdiag_format_duration(rtt, g->longest.rtt_us),
			 g->longest.per_rtt);
	tcpdiag_say_more(f->evidence,
			 " room=%u bytes_per_rtt=%u bps=%llu min_rtt_us=%u percent=%u",
			 g->longest.room, g->longest.per_rtt, g->longest.bps,
			 g->longest.rtt_us, g->longest.percent);
	return f;
}

static void send_buffer_limited(const struct tcpdiag_facts *facts,
				const struct tcpdiag_stall_group *g,
				struct tcpdiag_findings *out)
{
	struct tcpdiag_finding *f;

	f = slow(facts, g, out, "the send buffer that the program has set (SO_SNDBUF)");
	tcpdiag_say(f->application,
		    "do not set SO_SNDBUF: the kernel then gives the connection what its path needs");
	tcpdiag_say(f->host,
		    "without SO_SNDBUF the buffer may grow to net.ipv4.tcp_wmem's maximum, %d",
		    facts->stalls->wmem_max);
	f->no_help = NO_HELP_SNDBUF;
}

static void window_limited(const struct tcpdiag_facts *facts,
			   const struct tcpdiag_stall_group *g,
			   struct tcpdiag_findings *out)
{
	struct tcpdiag_finding *f;

	f = slow(facts, g, out, g->longest.unscaled ?
		 "the peer's receive window, without window scaling," :
		 "the peer's receive window");
	tcpdiag_say(f->host, "%s", g->longest.unscaled ? SCALE : LEAVE_RCVBUF);
	f->no_help = NO_HELP_WINDOW;
}

static void receive_buffer_limited(const struct tcpdiag_facts *facts,
				   const struct tcpdiag_stall_group *g,
				   struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char rtt[TCPDIAG_DURATION_LEN], bps[TCPDIAG_NUMBER_LEN];
	struct tcpdiag_finding *f = begin(g, out, owner, peer);

	say_how_many(f, facts, g);
	tcpdiag_say_more(f->what,
			 " of %s %s get%s no more than %s bit/s, because the receive buffer%s gives a window of %u bytes and a round trip takes %s: %u bytes came in each round trip",
			 owner, peer, g->sockets == 1 ? "s" : "",
			 tcpdiag_format_number(bps, g->longest.bps),
			 g->longest.set ?
			 " that the program has set (SO_RCVBUF)" : "",
			 g->longest.room,
			 tcpdiag_format_duration(rtt, g->longest.rtt_us),
			 g->longest.per_rtt);
	tcpdiag_say_more(f->evidence,
			 " window=%u bytes_per_rtt=%u bps=%llu min_rtt_us=%u",
			 g->longest.room, g->longest.per_rtt, g->longest.bps,
			 g->longest.rtt_us);
	if (g->longest.set) {
		tcpdiag_say(f->application,
			    "do not set SO_RCVBUF: the kernel then gives the connection what its path needs");
		tcpdiag_say(f->host,
			    "without SO_RCVBUF the buffer may grow to net.ipv4.tcp_rmem's maximum, %d",
			    facts->stalls->rmem_max);
		f->no_help = NO_HELP_RCVBUF;
	} else {
		tcpdiag_say(f->host,
			    "raise net.ipv4.tcp_rmem's maximum, %d: no receive buffer grows beyond it",
			    facts->stalls->rmem_max);
	}
}

static void requests_unread(const struct tcpdiag_facts *facts,
			    const struct tcpdiag_stall_group *g,
			    struct tcpdiag_findings *out)
{
	char owner[TCPDIAG_OWNER_LEN], peer[TCPDIAG_WAY_LEN];
	char time[TCPDIAG_DURATION_LEN];
	struct tcpdiag_finding *f;

	if (g->sockets < SOME_UNREAD || g->longest.for_us < UNREAD_US)
		return;
	f = begin(g, out, owner, peer);
	tcpdiag_say(f->what,
		    "%s does not read what clients have sent: on %s%u connections %s, %s %s, %llu bytes wait unread, and nothing was sent back since; %s",
		    owner, facts->stalls->cut ? "at least " : "", g->sockets,
		    peer, longest(g),
		    tcpdiag_format_duration(time, g->longest.for_us), g->bytes,
		    g->owner.halted ? "the program is kept from running" :
				      MAY_HANG);
	tcpdiag_say(f->application,
		    "find out what the program waits for (gdb -p PID, /proc/PID/stack, its log): a lock, a database, another service; if its workers are all busy, answer \"busy\" to the rest or have more of them");
	tcpdiag_say_halted(f, &g->owner);
	f->no_help = NO_HELP_UNREAD;
}

static void each(const struct tcpdiag_facts *facts,
		 struct tcpdiag_findings *out, enum tcpdiag_stall_cause cause,
		 void (*tell)(const struct tcpdiag_facts *facts,
			      const struct tcpdiag_stall_group *g,
			      struct tcpdiag_findings *out))
{
	unsigned int i;

	for (i = 0; i < facts->stalls->n; i++)
		if (facts->stalls->group[i].longest.cause == cause)
			tell(facts, &facts->stalls->group[i], out);
}

/**
 * tcpdiag_find_peer_silent() - peers that answer nothing
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_peer_silent(const struct tcpdiag_facts *facts,
			      struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_PEER_SILENT, peer_silent);
}

/**
 * tcpdiag_find_not_sent() - connections whose segments do not leave this host
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_not_sent(const struct tcpdiag_facts *facts,
			   struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_NOT_SENT, not_sent);
}

/**
 * tcpdiag_find_mtu_black_hole() - paths that lose large segments only
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_mtu_black_hole(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_LARGE_LOST, mtu_black_hole);
}

/**
 * tcpdiag_find_zero_window_peer() - peers that do not read
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_zero_window_peer(const struct tcpdiag_facts *facts,
				   struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_ZERO_WINDOW_PEER, zero_window_peer);
}

/**
 * tcpdiag_find_zero_window_own() - programs that do not read
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_zero_window_own(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_ZERO_WINDOW_OWN, zero_window_own);
}

/**
 * tcpdiag_find_send_buffer_limited() - programs that have set a send buffer too small
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_send_buffer_limited(const struct tcpdiag_facts *facts,
				      struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_SEND_BUFFER, send_buffer_limited);
}

/**
 * tcpdiag_find_window_limited() - peers whose windows are small for the path
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_window_limited(const struct tcpdiag_facts *facts,
				 struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_WINDOW, window_limited);
}

/**
 * tcpdiag_find_receive_buffer_limited() - receive buffers too small for the path
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_receive_buffer_limited(const struct tcpdiag_facts *facts,
					 struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_RECEIVE_BUFFER, receive_buffer_limited);
}

/**
 * tcpdiag_find_requests_unread() - programs that let requests wait unread
 * @facts: what is judged
 * @out: where to
 */
void tcpdiag_find_requests_unread(const struct tcpdiag_facts *facts,
				  struct tcpdiag_findings *out)
{
	each(facts, out, TCPDIAG_STALL_UNREAD, requests_unread);
}
