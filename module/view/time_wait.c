// SPDX-License-Identifier: GPL-2.0
/*
 * The view time_wait: how many, how fast, their owners and destinations
 * (Documentation/time_wait.md).
 */
#include <linux/kernel.h>

#include "account/time_wait_read.h"
#include "model/peer.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/peer_end.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "kind", TCPDIAG_KIND_WORD, TCPDIAG_A_TIME_WAIT_KIND },
	{ "pid", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_TIME_WAIT_PID, TCPDIAG_A_TIME_WAIT_PID_WORD },
	{ "comm", TCPDIAG_KIND_NAME,
	  TCPDIAG_A_TIME_WAIT_COMM, TCPDIAG_A_TIME_WAIT_COMM_WORD },
	{ "local", TCPDIAG_KIND_END, TCPDIAG_A_TIME_WAIT_LOCAL },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_TIME_WAIT_REMOTE },
	{ "now", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_NOW },
	{ "per_s_1", TCPDIAG_KIND_TENTHS, TCPDIAG_A_TIME_WAIT_PER_S_1 },
	{ "per_s_10", TCPDIAG_KIND_TENTHS, TCPDIAG_A_TIME_WAIT_PER_S_10 },
	{ "per_s_60", TCPDIAG_KIND_TENTHS, TCPDIAG_A_TIME_WAIT_PER_S_60 },
	{ "fin_wait2", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_FIN_WAIT2 },
	{ "limit", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_LIMIT },
	{ "overflows", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_OVERFLOWS },
	{ "recycled", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_RECYCLED },
	{ "tw_reuse", TCPDIAG_KIND_COUNT, TCPDIAG_A_TIME_WAIT_TW_REUSE },
	{ "counted_ago_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_TIME_WAIT_COUNTED_AGO_US },
};

/* Names the rows of those that have no row of their own. */
#define OTHER	"other"

/**
 * struct frozen - data of the rows
 * @table: the TIME_WAITs
 * @owner: owner of the row
 */
struct frozen {
	struct tcpdiag_time_wait_table *table;
	struct tcpdiag_owner owner;
};

static int freeze_time_wait(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->table = tcpdiag_time_wait_read(reader->tn);
	return f->table ? 0 : -ENOMEM;
}

static void total_row(struct tcpdiag_row *row,
		      const struct tcpdiag_time_wait_table *table)
{
	bool told = tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS);
	unsigned int i;

	tcpdiag_row_word(row, "total");
	tcpdiag_row_unknown(row, 4);
	tcpdiag_row_value(row, told, table->total);
	for (i = 0; i < ARRAY_SIZE(table->rate); i++)
		tcpdiag_row_value(row, told, table->rate[i]);
	tcpdiag_row_value(row, told, table->fin_wait2);
	tcpdiag_row_value(row, true, table->limit);
	tcpdiag_row_value(row, true, table->overflows);
	tcpdiag_row_value(row, true, table->recycled);
	tcpdiag_row_value(row, true, table->reuse);
	tcpdiag_row_unknown(row, 1);
}

/* Fill the count; the other columns are only for the total. */
static void count(struct tcpdiag_row *row,
		  const struct tcpdiag_time_wait_table *table, u64 n)
{
	tcpdiag_row_value(row, tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS),
			  n);
	tcpdiag_row_unknown(row, 8);
	tcpdiag_row_value(row, true, table->counted_us);
}

/* How many TIME_WAITs have no row of their own. */
static u64 others(const struct tcpdiag_time_wait_table *table,
		  const struct tcpdiag_time_wait_rows *rows)
{
	u64 n = table->total;
	unsigned int i;

	for (i = 0; i < rows->n; i++)
		n -= rows->row[i].n;
	return n;
}

/* @i: index of the owner; one after the last stands for the others. */
static void owner_row(const struct tcpdiag_reader *reader, struct frozen *f,
		      struct tcpdiag_row *row, unsigned int i)
{
	const struct tcpdiag_time_wait_rows *owners = &f->table->owners;
	bool other = i == owners->n;

	tcpdiag_row_word(row, "owner");
	if (other) {
		tcpdiag_row_word(row, OTHER);
		tcpdiag_row_word(row, OTHER);
	} else if (reader->owners) {
		const struct tcpdiag_time_wait_row *x = &owners->row[i];

		tcpdiag_owner_read(&f->owner, x->pid,
				   (const char *)(x->key.word + 1), NULL);
		tcpdiag_row_owner(row, &f->owner);
	} else {
		tcpdiag_row_unknown(row, 2);
	}
	tcpdiag_row_unknown(row, 2);
	count(row, f->table, other ? others(f->table, owners) :
				    owners->row[i].n);
}

/* @i: index of the destination; one after the last stands for the others. */
static void destination_row(const struct tcpdiag_time_wait_table *table,
			    struct tcpdiag_row *row, unsigned int i)
{
	const struct tcpdiag_time_wait_rows *dests = &table->dests;

	tcpdiag_row_word(row, "destination");
	tcpdiag_row_unknown(row, 2);
	if (i == dests->n) {
		tcpdiag_row_word(row, OTHER);
		tcpdiag_row_word(row, OTHER);
		count(row, table, others(table, dests));
		return;
	}
	if (dests->row[i].key.rest & TCPDIAG_PEER_OWN) {
		tcpdiag_row_peer_remote(row, &dests->row[i].key);
		tcpdiag_row_unknown(row, 1);
	} else {
		tcpdiag_row_unknown(row, 1);
		tcpdiag_row_peer_remote(row, &dests->row[i].key);
	}
	count(row, table, dests->row[i].n);
}

/* Order: total, owners, other owners, destinations, other destinations. */
static int time_wait_row(const struct tcpdiag_reader *reader, void *frozen,
			 u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	const struct tcpdiag_time_wait_table *table = f->table;
	u64 dests = 1 + table->owners.n + 1;

	if (*pos > dests + table->dests.n)
		return 0;
	if (!*pos)
		total_row(row, table);
	else if (*pos < dests)
		owner_row(reader, f, row, *pos - 1);
	else
		destination_row(table, row, *pos - dests);
	return 1;
}

static void thaw_time_wait(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_time_wait_put(f->table);
}

const struct tcpdiag_view tcpdiag_view_time_wait = {
	.name = "time_wait",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_time_wait,
	.row = time_wait_row,
	.thaw = thaw_time_wait,
};
