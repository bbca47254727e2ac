// SPDX-License-Identifier: GPL-2.0
/*
 * The view handshake: how connections begin, fail to begin, and end
 * (Documentation/handshake.md).
 */
#include <linux/kernel.h>

#include "account/account.h"
#include "account/attempts.h"
#include "account/binds.h"
#include "account/resets.h"
#include "account/service.h"
#include "compat.h"
#include "model/snapshot.h"
#include "store/mibs.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "event", TCPDIAG_KIND_WORD, TCPDIAG_A_HANDSHAKE_EVENT },
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_HANDSHAKE_STATE },
	{ "reason", TCPDIAG_KIND_WORD, TCPDIAG_A_HANDSHAKE_REASON },
	{ "p50_us", TCPDIAG_KIND_US, TCPDIAG_A_HANDSHAKE_P50_US },
	{ "p90_us", TCPDIAG_KIND_US, TCPDIAG_A_HANDSHAKE_P90_US },
	{ "p99_us", TCPDIAG_KIND_US, TCPDIAG_A_HANDSHAKE_P99_US },
	{ "max_us", TCPDIAG_KIND_US, TCPDIAG_A_HANDSHAKE_MAX_US },
	{ "count", TCPDIAG_KIND_COUNT, TCPDIAG_A_HANDSHAKE_COUNT },
};

/* The source of an event's figures. */
enum source {
	CLIENT_HANDSHAKE,
	SERVER_HANDSHAKE,
	SERVER_REPEATED,
	SERVER_UNTIMED,
	SYN_REPEATED,
	SYNACK_REPEATED,
	MOVE,		/* @a to @b */
	UNFINISHED,
	CAUSE,		/* @a: enum tcpdiag_cause */
	BIND,		/* @a: enum tcpdiag_bind_kind */
	UNSEEN,		/* no hook sees it */
	MIB,		/* @a: enum tcpdiag_mib */
	STAY,		/* @a: the state */
};

static const struct {
	const char *name;
	enum source source;
	unsigned int a;
	unsigned int b;
} events[] = {
	{ "client_handshake", CLIENT_HANDSHAKE },
	{ "server_handshake", SERVER_HANDSHAKE },
	{ "server_handshake_repeated", SERVER_REPEATED },
	{ "server_handshake_untimed", SERVER_UNTIMED },
	{ "server_handshake_cookie", MIB, TCPDIAG_MIB_COOKIES_VALID },
	{ "syn_repeated", SYN_REPEATED },
	{ "synack_repeated", SYNACK_REPEATED },
	{ "simultaneous_open", MOVE, TCP_SYN_SENT, TCP_SYN_RECV },
	{ "connect_unfinished", UNFINISHED },
	{ "connect_refused", CAUSE, TCPDIAG_CAUSE_REFUSED },
	{ "connect_timed_out", CAUSE, TCPDIAG_CAUSE_TIMED_OUT },
	{ "connect_unreachable", CAUSE, TCPDIAG_CAUSE_UNREACHABLE },
	{ "connect_reset", CAUSE, TCPDIAG_CAUSE_RESET },
	{ "connect_no_port", CAUSE, TCPDIAG_CAUSE_NO_PORT },
	{ "connect_tuple_in_use", CAUSE, TCPDIAG_CAUSE_TUPLE_IN_USE },
	{ "connect_abandoned", CAUSE, TCPDIAG_CAUSE_ABANDONED },
	{ "connect_killed", CAUSE, TCPDIAG_CAUSE_KILLED },
	{ "connect_other", CAUSE, TCPDIAG_CAUSE_OTHER },
	/* fails before SYN_SENT */
	{ "connect_no_route", UNSEEN },
	{ "bind_no_port", BIND, TCPDIAG_BIND_ANY },
	{ "bind_in_use", BIND, TCPDIAG_BIND_CHOSEN },
	{ "listen_in_use", BIND, TCPDIAG_BIND_LISTEN },
	{ "request_reset", MIB, TCPDIAG_MIB_EMBRYONIC_RSTS },
	{ "simultaneous_close", MOVE, TCP_FIN_WAIT1, TCP_CLOSING },
	{ "half_closed_by_us", STAY, TCP_FIN_WAIT2 },
	{ "half_closed_by_peer", STAY, TCP_CLOSE_WAIT },
	{ "tfo_client", MIB, TCPDIAG_MIB_TFO_ACTIVE },
	{ "tfo_client_failed", MIB, TCPDIAG_MIB_TFO_ACTIVE_FAIL },
	{ "tfo_client_blackhole", MIB, TCPDIAG_MIB_TFO_BLACKHOLE },
	{ "tfo_server", MIB, TCPDIAG_MIB_TFO_PASSIVE },
	{ "tfo_server_failed", MIB, TCPDIAG_MIB_TFO_PASSIVE_FAIL },
	{ "tfo_server_cookies", MIB, TCPDIAG_MIB_TFO_COOKIES },
	{ "tfo_server_overflows", MIB, TCPDIAG_MIB_TFO_OVERFLOWS },
	{ "resets_sent", MIB, TCPDIAG_MIB_OUT_RSTS },
};

/* After the events: RSTs sent by state and reason, then received by state. */
#define STATES		(1 + ARRAY_SIZE(tcpdiag_fsm_order))
#define SENT		ARRAY_SIZE(events)
#define RECEIVED	(SENT + STATES * TCPDIAG_RESET_REASONS)
#define ROWS		(RECEIVED + STATES)

/**
 * struct frozen - data of the rows
 * @snap: the account
 * @sum: handshakes of all listeners
 * @failed: attempts that failed, by cause
 * @bind: bind() and listen() that failed, by kind
 * @hist: distribution of the row
 */
struct frozen {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_service_sum sum;
	u64 failed[TCPDIAG_CAUSES];
	u64 bind[TCPDIAG_BIND_KINDS];
	struct tcpdiag_hist hist;
};

static int freeze_handshake(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_account_read(reader->tn, &f->snap);
	tcpdiag_service_read_all(reader->tn, &f->sum);
	tcpdiag_attempts_read(reader->tn, f->failed);
	tcpdiag_binds_read(reader->tn, f->bind);
	return 0;
}

static void count(struct tcpdiag_row *row, bool known, u64 n)
{
	tcpdiag_row_unknown(row, 4);
	tcpdiag_row_value(row, known, n);
}

static void timed(struct tcpdiag_row *row, const struct tcpdiag_hist *hist,
		  u64 n)
{
	tcpdiag_row_hist(row, hist);
	tcpdiag_row_value(row, true, n);
}

/* Without an error, the cause is told by whether the socket had a port. */
static bool is_told(enum tcpdiag_cause cause)
{
	switch (cause) {
	case TCPDIAG_CAUSE_NO_PORT:
	case TCPDIAG_CAUSE_TUPLE_IN_USE:
	case TCPDIAG_CAUSE_ABANDONED:
		return tcpdiag_phase_hears(TCPDIAG_SOURCE_CONNECTS);
	default:
		return true;
	}
}

/* Handshakes of children; their distribution is for the first row only. */
static void children(struct tcpdiag_row *row, const struct tcpdiag_hist *hist,
		     u64 n)
{
	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_CHILDREN))
		tcpdiag_row_unknown(row, 5);
	else if (hist)
		timed(row, hist, n);
	else
		count(row, true, n);
}

static void event_row(const struct tcpdiag_reader *reader, struct frozen *f,
		      struct tcpdiag_row *row, unsigned int i)
{
	bool synacks = tcpdiag_phase_hears(TCPDIAG_SOURCE_SYNACKS);
	struct tcpdiag_net *tn = reader->tn;
	unsigned int a = events[i].a;
	u64 again;

	tcpdiag_row_word(row, events[i].name);
	tcpdiag_row_unknown(row, 2);
	switch (events[i].source) {
	case CLIENT_HANDSHAKE:
		tcpdiag_account_read_attempts(tn, true, &f->hist);
		timed(row, &f->hist,
		      f->snap.moves[TCP_SYN_SENT][TCP_ESTABLISHED]);
		break;
	case SERVER_HANDSHAKE:
		children(row, &f->sum.rtt, f->sum.done);
		break;
	case SERVER_REPEATED:
		children(row, NULL, f->sum.repeated);
		break;
	case SERVER_UNTIMED:
		children(row, NULL, f->sum.untimed);
		break;
	case SYN_REPEATED:
		/* the kernel counts SYNs and SYN-ACKs together */
		again = tcpdiag_mib(tn, TCPDIAG_MIB_SYN_RETRANS);
		count(row, synacks, again - min(again, f->sum.synacks));
		break;
	case SYNACK_REPEATED:
		count(row, synacks, f->sum.synacks);
		break;
	case MOVE:
		count(row, true, f->snap.moves[a][events[i].b]);
		break;
	case UNFINISHED:
		tcpdiag_account_read_attempts(tn, false, &f->hist);
		timed(row, &f->hist, f->hist.count);
		break;
	case CAUSE:
		count(row, is_told(a), f->failed[a]);
		break;
	case BIND:
		count(row, tcpdiag_phase_hears(TCPDIAG_SOURCE_BINDS),
		      f->bind[a]);
		break;
	case UNSEEN:
		count(row, false, 0);
		break;
	case MIB:
		count(row, true, tcpdiag_mib(tn, a));
		break;
	case STAY:
		tcpdiag_account_read_hist(tn, a, &f->hist);
		timed(row, &f->hist, f->hist.count);
		break;
	}
}

static void reason_cell(struct tcpdiag_row *row, unsigned int reason)
{
	char word[TCPDIAG_RESETS_REASON_LEN];

	tcpdiag_resets_reason(word, reason);
	tcpdiag_row_made_word(row, "%s", word);
}

/* 0 is no socket; then the states in their order. */
static unsigned int state_at(unsigned int index)
{
	return index ? tcpdiag_fsm_order[index - 1] : 0;
}

/* False if no RST was counted. */
static bool sent_row(struct tcpdiag_net *tn, struct tcpdiag_row *row,
		     unsigned int i)
{
	unsigned int state = state_at(i / TCPDIAG_RESET_REASONS);
	unsigned int reason = i % TCPDIAG_RESET_REASONS;
	u64 n = tcpdiag_resets_read_sent(tn, state, reason);

	if (!n)
		return false;
	tcpdiag_row_word(row, "reset_sent");
	tcpdiag_row_word(row, state ? tcpdiag_fsm_state_name(state) : "none");
	reason_cell(row, reason);
	count(row, true, n);
	return true;
}

static bool received_row(struct tcpdiag_net *tn, struct tcpdiag_row *row,
			 unsigned int i)
{
	unsigned int state = state_at(i);
	u64 n = tcpdiag_resets_read_received(tn, state);

	if (!n)
		return false;
	tcpdiag_row_word(row, "reset_received");
	tcpdiag_row_word(row, tcpdiag_fsm_state_name(state));
	tcpdiag_row_unknown(row, 1);
	count(row, true, n);
	return true;
}

/* A direction that the hooks do not tell of has one row. */
static bool unheard_row(struct tcpdiag_row *row, bool first, const char *event)
{
	if (!first)
		return false;
	tcpdiag_row_word(row, event);
	tcpdiag_row_unknown(row, 7);
	return true;
}

static int handshake_row(const struct tcpdiag_reader *reader, void *frozen,
			 u64 *pos, struct tcpdiag_row *row)
{
	bool received = tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_RECEIVED);
	bool sent = tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_SENT);
	struct tcpdiag_net *tn = reader->tn;

	if (*pos < SENT) {
		event_row(reader, frozen, row, *pos);
		return 1;
	}
	for (; *pos < RECEIVED; (*pos)++)
		if (sent ? sent_row(tn, row, *pos - SENT) :
			   unheard_row(row, *pos == SENT, "reset_sent"))
			return 1;
	for (; *pos < ROWS; (*pos)++)
		if (received ? received_row(tn, row, *pos - RECEIVED) :
			       unheard_row(row, *pos == RECEIVED,
					   "reset_received"))
			return 1;
	return 0;
}

const struct tcpdiag_view tcpdiag_view_handshake = {
	.name = "handshake",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_handshake,
	.row = handshake_row,
};
