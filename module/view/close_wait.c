// SPDX-License-Identifier: GPL-2.0
/*
 * The view close_wait: sockets that stay in CLOSE_WAIT, by owner and port, the
 * worst first (Documentation/close_wait.md).
 */
#include <linux/kernel.h>
#include <linux/resource.h>

#include "account/account.h"
#include "diagnose/facts_close_wait.h"
#include "model/snapshot.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "n", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CLOSE_WAIT_N, TCPDIAG_A_CLOSE_WAIT_N_WORD },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_CLOSE_WAIT_COMM },
	{ "cgroup", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_CGROUP },
	{ "local_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_LOCAL_PORT },
	{ "remote_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_REMOTE_PORT },
	{ "sockets", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_SOCKETS },
	{ "suspects", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_SUSPECTS },
	{ "oldest_us", TCPDIAG_KIND_US, TCPDIAG_A_CLOSE_WAIT_OLDEST_US },
	{ "estimated", TCPDIAG_KIND_FLAG, TCPDIAG_A_CLOSE_WAIT_ESTIMATED },
	{ "growth_per_min", TCPDIAG_KIND_SIGNED,
	  TCPDIAG_A_CLOSE_WAIT_GROWTH_PER_MIN },
	{ "unread_bytes", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CLOSE_WAIT_UNREAD_BYTES },
	{ "cause", TCPDIAG_KIND_WORD, TCPDIAG_A_CLOSE_WAIT_CAUSE },
	/* enum tcpdiag_cw_cause */
	{ "not_accepted", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_CLOSE_WAIT_NOT_ACCEPTED },
	{ "writing", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_WRITING },
	{ "shared", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_SHARED },
	{ "data_unread", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_DATA_UNREAD },
	{ "eof_unread", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_EOF_UNREAD },
	{ "eof_read", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_EOF_READ },
	{ "fds", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_FDS },
	{ "fd_limit", TCPDIAG_KIND_COUNT, TCPDIAG_A_CLOSE_WAIT_FD_LIMIT },
	{ "fds_full_us", TCPDIAG_KIND_US, TCPDIAG_A_CLOSE_WAIT_FDS_FULL_US },
};

/**
 * struct frozen - data of the rows
 * @snap: the account
 * @cw: the groups
 */
struct frozen {
	struct tcpdiag_snapshot snap;
	struct tcpdiag_close_wait cw;
};

static int freeze_close_wait(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_account_read(reader->tn, &f->snap);
	if (!tcpdiag_facts_close_wait(reader, f->snap.oldest_us[TCP_CLOSE_WAIT],
				      f->snap.now[TCP_CLOSE_WAIT], &f->cw))
		return -ENOMEM;
	return 0;
}

static void group_row(struct tcpdiag_row *row, unsigned int n,
		      const struct tcpdiag_cw_group *g, bool owners)
{
	enum tcpdiag_cw_cause cause = tcpdiag_cw_main_cause(g);
	u64 full_us = tcpdiag_cw_full_us(g);
	unsigned int i;

	tcpdiag_row_value(row, true, n);
	tcpdiag_row_owner(row, &g->owner);
	tcpdiag_row_value(row, owners, g->cgroup);
	tcpdiag_row_value(row, !g->connected, g->port);
	tcpdiag_row_value(row, g->connected, g->port);
	tcpdiag_row_value(row, true, g->sockets);
	tcpdiag_row_value(row, true, g->suspects);
	tcpdiag_row_value(row, true, g->oldest_us);
	tcpdiag_row_flag(row, g->estimated);
	tcpdiag_row_signed(row, g->growth_known, g->growth);
	tcpdiag_row_value(row, true, g->unread);
	if (cause == TCPDIAG_CW_CAUSES)
		tcpdiag_row_unknown(row, 1);
	else
		tcpdiag_row_word(row, tcpdiag_cw_cause_name(cause));
	for (i = 0; i < TCPDIAG_CW_CAUSES; i++)
		tcpdiag_row_value(row, true, g->causes[i]);
	tcpdiag_row_value(row, g->fds_known, g->fds);
	tcpdiag_row_value(row, g->fds_known && g->fd_limit != RLIM_INFINITY,
			  g->fd_limit);
	tcpdiag_row_value(row, full_us != U64_MAX, full_us);
}

static int close_wait_row(const struct tcpdiag_reader *reader, void *frozen,
			  u64 *pos, struct tcpdiag_row *row)
{
	const struct frozen *f = frozen;
	const struct tcpdiag_close_wait *cw = &f->cw;

	if (*pos > cw->n)
		return 0;
	if (*pos < cw->n) {
		group_row(row, *pos + 1, &cw->groups[*pos], reader->owners);
		return 1;
	}
	tcpdiag_row_word(row, "other");
	tcpdiag_row_unknown(row, 5);
	tcpdiag_row_value(row, true, cw->other);
	tcpdiag_row_unknown(row, 9 + TCPDIAG_CW_CAUSES);
	return 1;
}

const struct tcpdiag_view tcpdiag_view_close_wait = {
	.name = "close_wait",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_close_wait,
	.row = close_wait_row,
};
