// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/handshake: how connections begin, fail to, and end
 * (Documentation/handshake.md).
 */
#include <linux/mm.h>

#include "account/account.h"
#include "account/attempts.h"
#include "account/resets.h"
#include "account/service.h"
#include "model/snapshot.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/phase.h"

static const char *const connect_events[TCPDIAG_CAUSES] = {
	[TCPDIAG_CAUSE_REFUSED]		= "connect_refused",
	[TCPDIAG_CAUSE_TIMED_OUT]	= "connect_timed_out",
	[TCPDIAG_CAUSE_UNREACHABLE]	= "connect_unreachable",
	[TCPDIAG_CAUSE_RESET]		= "connect_reset",
	[TCPDIAG_CAUSE_NO_PORT]		= "connect_no_port",
	[TCPDIAG_CAUSE_ABANDONED]	= "connect_abandoned",
	[TCPDIAG_CAUSE_KILLED]		= "connect_killed",
	[TCPDIAG_CAUSE_OTHER]		= "connect_other",
};

/**
 * struct view - what rows are made of
 * @seq: where to
 * @tn: the namespace
 * @snap: the account
 * @hist: a row's distribution
 * @sum: handshakes of all listeners
 * @failed: attempts that failed, by cause
 */
struct view {
	struct seq_file *seq;
	struct tcpdiag_net *tn;
	struct tcpdiag_snapshot snap;
	struct tcpdiag_hist hist;
	struct tcpdiag_service_sum sum;
	u64 failed[TCPDIAG_CAUSES];
};

static void row(struct view *v, const char *event, const char *state,
		const char *reason, bool known, u64 n)
{
	seq_printf(v->seq, "%s %s %s - - - -", event, state, reason);
	tcpdiag_show_value(v->seq, known, n);
	seq_putc(v->seq, '\n');
}

static void count(struct view *v, const char *event, bool known, u64 n)
{
	row(v, event, "-", "-", known, n);
}

static void mib(struct view *v, const char *event, enum tcpdiag_mib mib)
{
	count(v, event, true, tcpdiag_mib(v->tn, mib));
}

static void timed(struct view *v, const char *event,
		  const struct tcpdiag_hist *hist, u64 n)
{
	seq_printf(v->seq, "%s - -", event);
	tcpdiag_show_hist(v->seq, hist);
	seq_printf(v->seq, " %llu\n", n);
}

static void stays(struct view *v, const char *event, unsigned int state)
{
	tcpdiag_account_read_hist(v->tn, state, &v->hist);
	timed(v, event, &v->hist, v->hist.count);
}

static void handshakes(struct view *v)
{
	bool known = tcpdiag_phase_hears(TCPDIAG_SOURCE_SYNACKS);
	u64 again = tcpdiag_mib(v->tn, TCPDIAG_MIB_SYN_RETRANS);

	tcpdiag_account_read_attempts(v->tn, true, &v->hist);
	timed(v, "client_handshake", &v->hist,
	      v->snap.moves[TCP_SYN_SENT][TCP_ESTABLISHED]);
	tcpdiag_service_read_all(v->tn, &v->sum);
	timed(v, "server_handshake", &v->sum.rtt, v->sum.done);
	count(v, "server_handshake_repeated", true, v->sum.repeated);
	count(v, "server_handshake_untimed", true, v->sum.untimed);
	mib(v, "server_handshake_cookie", TCPDIAG_MIB_COOKIES_VALID);
	/* the kernel counts both together */
	count(v, "syn_repeated", known, again - min(again, v->sum.synacks));
	count(v, "synack_repeated", known, v->sum.synacks);
	count(v, "simultaneous_open", true,
	      v->snap.moves[TCP_SYN_SENT][TCP_SYN_RECV]);
}

static void failures(struct view *v)
{
	unsigned int i;

	tcpdiag_attempts_read(v->tn, v->failed);
	tcpdiag_account_read_attempts(v->tn, false, &v->hist);
	timed(v, "connect_unfinished", &v->hist, v->hist.count);
	for (i = 0; i < TCPDIAG_CAUSES; i++)
		count(v, connect_events[i], true, v->failed[i]);
	/* fails before there is a SYN_SENT */
	count(v, "connect_no_route", false, 0);
	mib(v, "request_reset", TCPDIAG_MIB_EMBRYONIC_RSTS);
}

static const char *state_name(unsigned int state)
{
	return state ? tcpdiag_fsm_state_name(state) : "none";
}

/* Longer than any of the kernel's words. */
#define REASON_LEN	48

/* The word number @reason of the kernel's. */
static const char *reason_name(char *buf, unsigned int reason)
{
	const char *word = TCPDIAG_RESET_REASON_NAMES;

	while (reason--)
		word = strchrnul(word, ' ') + 1;
	snprintf(buf, REASON_LEN, "%.*s", (int)(strchrnul(word, ' ') - word),
		 word);
	return buf;
}

static void resets_sent(struct view *v, unsigned int state)
{
	char reason[REASON_LEN];
	unsigned int i;
	u64 n;

	for (i = 0; i < TCPDIAG_RESET_REASONS; i++) {
		n = tcpdiag_resets_read_sent(v->tn, state, i);
		if (n)
			row(v, "reset_sent", state_name(state),
			    reason_name(reason, i), true, n);
	}
}

static void resets_received(struct view *v, unsigned int state)
{
	u64 n = tcpdiag_resets_read_received(v->tn, state);

	if (n)
		row(v, "reset_received", state_name(state), "-", true, n);
}

static void resets(struct view *v)
{
	unsigned int i;

	mib(v, "resets_sent", TCPDIAG_MIB_OUT_RSTS);
	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS)) {
		count(v, "reset_sent", false, 0);
		count(v, "reset_received", false, 0);
		return;
	}
	resets_sent(v, 0);
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++)
		resets_sent(v, tcpdiag_fsm_order[i]);
	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++)
		resets_received(v, tcpdiag_fsm_order[i]);
}

static void teardown(struct view *v)
{
	count(v, "simultaneous_close", true,
	      v->snap.moves[TCP_FIN_WAIT1][TCP_CLOSING]);
	stays(v, "half_closed_by_us", TCP_FIN_WAIT2);
	stays(v, "half_closed_by_peer", TCP_CLOSE_WAIT);
}

static void fast_open(struct view *v)
{
	mib(v, "tfo_client", TCPDIAG_MIB_TFO_ACTIVE);
	mib(v, "tfo_client_failed", TCPDIAG_MIB_TFO_ACTIVE_FAIL);
	mib(v, "tfo_client_blackhole", TCPDIAG_MIB_TFO_BLACKHOLE);
	mib(v, "tfo_server", TCPDIAG_MIB_TFO_PASSIVE);
	mib(v, "tfo_server_failed", TCPDIAG_MIB_TFO_PASSIVE_FAIL);
	mib(v, "tfo_server_cookies", TCPDIAG_MIB_TFO_COOKIES);
	mib(v, "tfo_server_overflows", TCPDIAG_MIB_TFO_OVERFLOWS);
}

/**
 * tcpdiag_handshake_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_handshake_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct view *v;

	v = kvzalloc(sizeof(*v), TCPDIAG_GFP);
	if (!v)
		return -ENOMEM;
	v->seq = seq;
	v->tn = tn;
	tcpdiag_account_read(tn, &v->snap);
	seq_puts(seq, "# event state reason p50_us p90_us p99_us max_us count\n");
	handshakes(v);
	failures(v);
	teardown(v);
	fast_open(v);
	resets(v);
	kvfree(v);
	return 0;
}
