// SPDX-License-Identifier: GPL-2.0
/*
 * The view self: figures of tcpdiag itself, which show whether anything was
 * missed (Documentation/self.md).
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>

#include "account/account.h"
#include "account/shards.h"
#include "cc_algos/cc_algos.h"
#include "diagnose/watch.h"
#include "model/shares.h"
#include "model/snapshot.h"
#include "store/payer.h"
#include "store/phase.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/table.h"
#include "survey/listeners.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "name", TCPDIAG_KIND_WORD, TCPDIAG_A_SELF_NAME },
	{ "value", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_SELF_VALUE, TCPDIAG_A_SELF_VALUE_WORD },
};

/* The figures, in their order; some have more than one row. */
enum figure {
	VERSION,
	UPTIME,
	HOOKS_ATTACHED,
	HOOKS,
	TESTS = HOOKS + TCPDIAG_HOOKS_MAX,
	TEST_TIME = TESTS + TCPDIAG_ASSUMPTIONS,
	GAUGES,
	RECORDS,
	RECORD_BYTES,
	MINISOCK_RECORDS,
	CAP,
	CAP_HITS,
	TAKEN,
	SHARE,
	USER_RECORDS,
	USER_TAKEN,
	ALL_USERS,
	ALL_RECORDS,
	ALL_TAKEN,
	TOP_UID,
	TOP_RECORDS,
	ALLOCATION_FAILURES,
	LOOKS_CUT,
	LISTENERS_LEFT_OUT,
	FINDINGS_JUDGED,
	FINDINGS_STANDING,
	EVENTS_LOST,
	EVENTS_MISMATCHED,
	BYTES,
	TABLE_BYTES,
	WALK,
	BBR3_FALLBACKS,
	PREEXISTING,
	FIGURES = PREEXISTING + ARRAY_SIZE(tcpdiag_fsm_order),
};

static const char *const names[FIGURES] = {
	[UPTIME]		= "uptime_us",
	[TEST_TIME]		= "self_test_us",
	[HOOKS_ATTACHED]	= "hooks_attached",
	[RECORDS]		= "records",
	[RECORD_BYTES]		= "record_bytes",
	[MINISOCK_RECORDS]	= "minisock_records",
	[CAP]			= "cap",
	[CAP_HITS]		= "cap_hits",
	[TAKEN]			= "taken",
	[SHARE]			= "share",
	[USER_RECORDS]		= "user_records",
	[USER_TAKEN]		= "user_taken",
	[ALL_USERS]		= "all_users",
	[ALL_RECORDS]		= "all_records",
	[ALL_TAKEN]		= "all_taken",
	[TOP_UID]		= "top_uid",
	[TOP_RECORDS]		= "top_records",
	[ALLOCATION_FAILURES]	= "allocation_failures",
	[LOOKS_CUT]		= "looks_cut",
	[LISTENERS_LEFT_OUT]	= "listeners_left_out",
	[FINDINGS_JUDGED]	= "findings_judged_us",
	[FINDINGS_STANDING]	= "findings_standing",
	[EVENTS_LOST]		= "events_lost",
	[EVENTS_MISMATCHED]	= "events_mismatched",
	[BYTES]			= "bytes",
	[TABLE_BYTES]		= "table_bytes",
	[WALK]			= "walk_us",
	[BBR3_FALLBACKS]	= "bbr3_fallbacks",
};

/**
 * struct figures - what is shown of one moment
 * @snap: the account
 * @shares: how users share the cap
 */
struct figures {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_shares_seen shares;
};

static int freeze_self(const struct tcpdiag_reader *reader, void *frozen)
{
	struct figures *figures = frozen;

	tcpdiag_account_read(reader->tn, &figures->snap);
	tcpdiag_payers_read(reader, &figures->shares);
	return 0;
}

static const char *const assumptions[TCPDIAG_ASSUMPTIONS] = {
	[TCPDIAG_ASSUMED_REQUESTS]	= "requests",
	[TCPDIAG_ASSUMED_CHILDREN]	= "children",
	[TCPDIAG_ASSUMED_CONNECTS]	= "connects",
	[TCPDIAG_ASSUMED_TIME_WAITS]	= "time_waits",
};

static const char *const trusts[] = {
	[TCPDIAG_TRUST_UNVERIFIED]	= "unverified",
	[TCPDIAG_TRUST_VERIFIED]	= "verified",
	[TCPDIAG_TRUST_CONTRADICTED]	= "contradicted",
};

static u64 hooks_attached(void)
{
	const struct tcpdiag_phase_hook *hook;
	unsigned int i;
	u64 n = 0;

	for (i = 0; (hook = tcpdiag_phase_hook(i)); i++)
		n += READ_ONCE(hook->attached);
	return n;
}

static u64 listeners_left_out(struct tcpdiag_net *tn)
{
	struct tcpdiag_listeners_total total;
	struct tcpdiag_listeners_rates rates;

	tcpdiag_listeners_read_total(tn, &total, &rates);
	return total.n - total.kept;
}

/* Both are - until the worker has judged the namespace. */
static void judged_cell(struct tcpdiag_row *row, const struct tcpdiag_net *tn,
			unsigned int figure)
{
	unsigned int standing = 0;
	u64 judged_us = 0;
	bool known;

	known = tcpdiag_watch_read(tn, &judged_us, &standing);
	tcpdiag_row_value(row, known, figure == FINDINGS_JUDGED ? judged_us :
								  standing);
}

/* Whether the reader may know a figure. */
static bool may_know(const struct tcpdiag_shares_seen *shares,
		     unsigned int figure)
{
	switch (figure) {
	case ALL_USERS:
	case ALL_RECORDS:
	case ALL_TAKEN:
		return shares->machine;
	case TOP_UID:
	case TOP_RECORDS:
		return shares->top;
	default:
		return true;
	}
}

static u64 share_number(const struct tcpdiag_shares_seen *shares,
			unsigned int figure)
{
	switch (figure) {
	case SHARE:
		return shares->share;
	case USER_RECORDS:
		return shares->user_records;
	case USER_TAKEN:
		return shares->user_taken;
	case ALL_USERS:
		return shares->users;
	case ALL_RECORDS:
		return shares->records;
	case ALL_TAKEN:
		return shares->taken;
	case TOP_UID:
		return shares->top_uid;
	default:
		return shares->top_records;
	}
}

static u64 number(struct tcpdiag_net *tn, const struct figures *figures,
		  unsigned int figure)
{
	const struct tcpdiag_snapshot *snap = &figures->snap;

	if (figure >= SHARE && figure <= TOP_RECORDS)
		return share_number(&figures->shares, figure);
	switch (figure) {
	case UPTIME:
		return div_u64(ktime_get_ns() - tcpdiag_phase_loaded_ns(),
			       NSEC_PER_USEC);
	case HOOKS_ATTACHED:
		return hooks_attached();
	case TEST_TIME:
		return div_u64(tcpdiag_phase_test_ns(), NSEC_PER_USEC);
	case RECORDS:
		return snap->records;
	case RECORD_BYTES:
		return sizeof(struct tcpdiag_record);
	case MINISOCK_RECORDS:
		return snap->minis;
	case CAP:
		return tcpdiag_table_cap();
	case CAP_HITS:
		return snap->refused;
	case TAKEN:
		return snap->taken;
	case ALLOCATION_FAILURES:
		return snap->alloc_failed;
	case LOOKS_CUT:
		return atomic64_read(&tn->looks_cut);
	case LISTENERS_LEFT_OUT:
		return listeners_left_out(tn);
	case EVENTS_LOST:
		return snap->lost;
	case EVENTS_MISMATCHED:
		return snap->mismatched;
	case BYTES:
		return tcpdiag_shards_bytes(tn);
	case TABLE_BYTES:
		return tcpdiag_table_bytes();
	case WALK:
		return div_u64(tcpdiag_phase_walk_ns(), NSEC_PER_USEC);
	default:
		return tcpdiag_bbr3_fallbacks();
	}
}

/* False after the last hook. */
static bool hook_row(struct tcpdiag_row *row, unsigned int index)
{
	const struct tcpdiag_phase_hook *hook = tcpdiag_phase_hook(index);

	if (!hook)
		return false;
	tcpdiag_row_made_word(row, "hook_%s", hook->name);
	tcpdiag_row_word(row, READ_ONCE(hook->attached) ? "yes" : "no");
	return true;
}

static void test_row(struct tcpdiag_row *row, enum tcpdiag_assumption assumption)
{
	tcpdiag_row_made_word(row, "self_test_%s", assumptions[assumption]);
	tcpdiag_row_word(row, trusts[tcpdiag_phase_trust(assumption)]);
}

static void preexisting_row(struct tcpdiag_row *row,
			    const struct tcpdiag_snapshot *snap,
			    unsigned int state)
{
	tcpdiag_row_made_word(row, "preexisting_%s",
			      tcpdiag_fsm_state_name(state));
	tcpdiag_row_value(row, true, snap->preexisting[state]);
}

static int self_row(const struct tcpdiag_reader *reader, void *frozen,
		    u64 *pos, struct tcpdiag_row *row)
{
	const struct figures *figures = frozen;
	const struct tcpdiag_snapshot *snap = &figures->snap;

	if (*pos >= HOOKS && *pos < TESTS) {
		if (hook_row(row, *pos - HOOKS))
			return 1;
		*pos = TESTS;
	}
	if (*pos >= FIGURES)
		return 0;
	if (*pos >= TESTS && *pos < TEST_TIME) {
		test_row(row, *pos - TESTS);
	} else if (*pos >= PREEXISTING) {
		preexisting_row(row, snap,
				tcpdiag_fsm_order[*pos - PREEXISTING]);
	} else if (*pos == VERSION) {
		tcpdiag_row_word(row, "version");
		tcpdiag_row_word(row, THIS_MODULE->version);
	} else if (*pos == GAUGES) {
		tcpdiag_row_word(row, "gauges");
		tcpdiag_row_word(row, snap->approximate || snap->lost ?
				      "approximate" : "exact");
	} else if (*pos == FINDINGS_JUDGED || *pos == FINDINGS_STANDING) {
		tcpdiag_row_word(row, names[*pos]);
		judged_cell(row, reader->tn, *pos);
	} else {
		tcpdiag_row_word(row, names[*pos]);
		tcpdiag_row_value(row, may_know(&figures->shares, *pos),
				  number(reader->tn, figures, *pos));
	}
	return 1;
}

const struct tcpdiag_view tcpdiag_view_self = {
	.name = "self",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct figures),
	.freeze = freeze_self,
	.row = self_row,
};
