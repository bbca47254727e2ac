// SPDX-License-Identifier: GPL-2.0
/*
 * The view transitions: transitions that happened, each with its verdict
 * (Documentation/transitions.md).
 */
#include <linux/kernel.h>

#include "account/account.h"
#include "model/snapshot.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "from", TCPDIAG_KIND_WORD, TCPDIAG_A_TRANSITIONS_FROM },
	{ "to", TCPDIAG_KIND_WORD, TCPDIAG_A_TRANSITIONS_TO },
	{ "count", TCPDIAG_KIND_COUNT, TCPDIAG_A_TRANSITIONS_COUNT },
	{ "kind", TCPDIAG_KIND_WORD, TCPDIAG_A_TRANSITIONS_KIND },
};

#define STATES	ARRAY_SIZE(tcpdiag_fsm_order)

static int freeze_transitions(const struct tcpdiag_reader *reader,
			      void *frozen)
{
	tcpdiag_account_read(reader->tn, frozen);
	return 0;
}

/* A minisocket may have taken the place of a socket that went to CLOSE. */
static bool is_told(unsigned int from, unsigned int to)
{
	return to != TCP_CLOSE ||
	       (from != TCP_FIN_WAIT2 && from != TCP_CLOSING) ||
	       tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS);
}

static int transition_row(const struct tcpdiag_reader *reader, void *frozen,
			  u64 *pos, struct tcpdiag_row *row)
{
	const struct tcpdiag_snapshot *snap = frozen;

	for (; *pos < STATES * STATES; (*pos)++) {
		unsigned int i = *pos;
		unsigned int from = tcpdiag_fsm_order[i / STATES];
		unsigned int to = tcpdiag_fsm_order[i % STATES];
		enum tcpdiag_fsm_kind kind = tcpdiag_fsm_judge(from, to);

		if (!snap->moves[from][to])
			continue;
		tcpdiag_row_word(row, tcpdiag_fsm_state_name(from));
		tcpdiag_row_word(row, tcpdiag_fsm_state_name(to));
		tcpdiag_row_value(row, is_told(from, to),
				  snap->moves[from][to]);
		tcpdiag_row_word(row, tcpdiag_fsm_kind_name(kind));
		return 1;
	}
	return 0;
}

const struct tcpdiag_view tcpdiag_view_transitions = {
	.name = "transitions",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.frozen_size = sizeof(struct tcpdiag_snapshot),
	.freeze = freeze_transitions,
	.row = transition_row,
};
