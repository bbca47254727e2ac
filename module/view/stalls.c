// SPDX-License-Identifier: GPL-2.0
/*
 * The view stalls: connections that cannot go on at this moment, and why
 * (Documentation/stalls.md).
 */
#include <linux/kernel.h>
#include <linux/pid.h>

#include "model/fsm.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/stalls.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "local", TCPDIAG_KIND_END, TCPDIAG_A_STALLS_LOCAL },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_STALLS_REMOTE },
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_STALLS_STATE },
	{ "cause", TCPDIAG_KIND_WORD, TCPDIAG_A_STALLS_CAUSE },
	{ "for_us", TCPDIAG_KIND_US, TCPDIAG_A_STALLS_FOR_US },
	{ "bytes", TCPDIAG_KIND_COUNT, TCPDIAG_A_STALLS_BYTES },
	{ "tries", TCPDIAG_KIND_COUNT, TCPDIAG_A_STALLS_TRIES },
	{ "next_us", TCPDIAG_KIND_US, TCPDIAG_A_STALLS_NEXT_US },
	{ "gives_up_us", TCPDIAG_KIND_US, TCPDIAG_A_STALLS_GIVES_UP_US },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_STALLS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_STALLS_COMM },
};

/**
 * struct frozen - data of the rows
 * @list: the connections; NULL if there is none
 * @holders: which process has which socket open; NULL until needed
 * @row: the connection of the row
 * @owner: its owner
 */
struct frozen {
	struct tcpdiag_stall_list *list;
	struct tcpdiag_holders *holders;
	struct tcpdiag_stalled row;
	struct tcpdiag_owner owner;
};

static int freeze_stalls(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->list = tcpdiag_stalls_get(reader->tn);
	return 0;
}

static void ends(struct tcpdiag_row *row, const struct tcpdiag_stalled *s)
{
	struct tcpdiag_end end = {
		.v6 = s->v6,
		.v6only = true,
		.addr = s->addr.local,
		.port = s->addr.lport,
	};

	tcpdiag_row_end(row, &end);
	end.addr = s->addr.remote;
	end.port = s->addr.rport;
	tcpdiag_row_end(row, &end);
}

static void fill(const struct tcpdiag_reader *reader, struct frozen *f,
		 struct tcpdiag_row *row)
{
	const struct tcpdiag_stall *stall = &f->row.stall;

	ends(row, &f->row);
	tcpdiag_row_word(row, tcpdiag_fsm_state_name(f->row.state));
	tcpdiag_row_word(row, tcpdiag_stall_name(stall->cause));
	tcpdiag_row_value(row, true, stall->for_us);
	tcpdiag_row_value(row, true, stall->bytes);
	tcpdiag_row_value(row, stall->next_known, stall->tries);
	tcpdiag_row_value(row, stall->next_known, stall->next_us);
	tcpdiag_row_value(row, stall->end_known, stall->end_us);
	if (reader->owners)
		tcpdiag_row_owner(row, &f->owner);
	else
		tcpdiag_row_unknown(row, 2);
}

static int stall_row(const struct tcpdiag_reader *reader, void *frozen,
		     u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	struct tcpdiag_stalled *s = &f->row;
	bool named = true;

	if (!tcpdiag_stalls_next(reader->tn, f->list, pos, s))
		return 0;
	if (reader->owners)
		named = tcpdiag_holders_name(&f->holders, reader, &f->owner,
					     s->sk, s->born_ns, s->pid,
					     s->comm);
	put_pid(s->pid);
	if (!named)
		return -ENOMEM;
	fill(reader, f, row);
	return 1;
}

static void thaw_stalls(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_holders_put(f->holders);
	tcpdiag_stalls_put(f->list);
}

const struct tcpdiag_view tcpdiag_view_stalls = {
	.name = "stalls",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_stalls,
	.row = stall_row,
	.thaw = thaw_stalls,
};
