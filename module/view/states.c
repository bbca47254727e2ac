// SPDX-License-Identifier: GPL-2.0
/*
 * The view states: one row for each state (Documentation/states.md).
 */
#include <linux/kernel.h>

#include "account/account.h"
#include "model/hist.h"
#include "model/snapshot.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_STATES_STATE },
	{ "now", TCPDIAG_KIND_COUNT, TCPDIAG_A_STATES_NOW },
	{ "entered", TCPDIAG_KIND_COUNT, TCPDIAG_A_STATES_ENTERED },
	{ "left", TCPDIAG_KIND_COUNT, TCPDIAG_A_STATES_LEFT },
	{ "p50_us", TCPDIAG_KIND_US, TCPDIAG_A_STATES_P50_US },
	{ "p90_us", TCPDIAG_KIND_US, TCPDIAG_A_STATES_P90_US },
	{ "p99_us", TCPDIAG_KIND_US, TCPDIAG_A_STATES_P99_US },
	{ "max_us", TCPDIAG_KIND_US, TCPDIAG_A_STATES_MAX_US },
	{ "oldest_us", TCPDIAG_KIND_US, TCPDIAG_A_STATES_OLDEST_US },
};

/**
 * struct frozen - data of the rows
 * @snap: the account
 * @hist: stays of the row's state
 */
struct frozen {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_hist hist;
};

static int freeze_states(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_account_read(reader->tn, &f->snap);
	return 0;
}

/* A minisocket may be in it, and nobody tells of minisockets. */
static bool is_untold(unsigned int state)
{
	return (state == TCP_FIN_WAIT2 || state == TCP_TIME_WAIT) &&
	       !tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS);
}

static int state_row(const struct tcpdiag_reader *reader, void *frozen,
		     u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	const struct tcpdiag_snapshot *snap = &f->snap;
	unsigned int state;
	bool counted;

	if (*pos >= ARRAY_SIZE(tcpdiag_fsm_order))
		return 0;
	state = tcpdiag_fsm_order[*pos];
	counted = state != TCP_NEW_SYN_RECV || snap->have_requests;
	tcpdiag_row_word(row, tcpdiag_fsm_state_name(state));
	if (is_untold(state)) {
		tcpdiag_row_unknown(row, 8);
		return 1;
	}
	tcpdiag_account_read_hist(reader->tn, state, &f->hist);
	tcpdiag_row_value(row, state != TCP_CLOSE, snap->now[state]);
	tcpdiag_row_value(row, counted, snap->entered[state]);
	tcpdiag_row_value(row, counted, snap->left[state]);
	tcpdiag_row_hist(row, &f->hist);
	tcpdiag_row_value(row, snap->oldest_us[state], snap->oldest_us[state]);
	return 1;
}

const struct tcpdiag_view tcpdiag_view_states = {
	.name = "states",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_states,
	.row = state_row,
};
