// SPDX-License-Identifier: GPL-2.0
/*
 * The view ports: local ports in use, one row for each destination
 * (Documentation/ports.md).
 */
#include <linux/kernel.h>
#include <linux/ktime.h>

#include "account/ports_read.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/peer_end.h"
#include "view/view.h"

/* A connect() that failed less than this ago may fail again now. */
#define JUST_NOW_NS	(10 * (u64)NSEC_PER_SEC)

static const struct tcpdiag_column columns[] = {
	{ "local", TCPDIAG_KIND_ADDR, TCPDIAG_A_PORTS_LOCAL },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_PORTS_REMOTE },
	{ "in_use", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_IN_USE },
	/* enum tcpdiag_peer_class */
	{ "connecting", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_CONNECTING },
	{ "established", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_ESTABLISHED },
	{ "closing", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_CLOSING },
	{ "time_wait", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_TIME_WAIT },
	{ "capacity", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_CAPACITY },
	{ "percent", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_PERCENT },
	{ "connects", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_CONNECTS },
	{ "connects_per_s", TCPDIAG_KIND_TENTHS,
	  TCPDIAG_A_PORTS_CONNECTS_PER_S },
	{ "exhausted_in_s", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_PORTS_EXHAUSTED_IN_S },
	{ "no_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_NO_PORT },
	{ "lived", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_LIVED },
	{ "lived_under_1s", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_PORTS_LIVED_UNDER_1S },
	{ "median_life_us", TCPDIAG_KIND_US, TCPDIAG_A_PORTS_MEDIAN_LIFE_US },
	{ "missing_at_most", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_PORTS_MISSING_AT_MOST },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_PORTS_COMM },
	{ "victim_pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_VICTIM_PID },
	{ "victim_comm", TCPDIAG_KIND_NAME, TCPDIAG_A_PORTS_VICTIM_COMM },
	{ "counted_ago_us", TCPDIAG_KIND_US, TCPDIAG_A_PORTS_COUNTED_AGO_US },
	{ "bound", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_BOUND },
	{ "bound_local", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_BOUND_LOCAL },
	{ "late", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_LATE },
	{ "tfo_used", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_TFO_USED },
	{ "tfo_refused", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_TFO_REFUSED },
	{ "tfo_dropped", TCPDIAG_KIND_COUNT, TCPDIAG_A_PORTS_TFO_DROPPED },
};

/**
 * struct frozen - data of the rows
 * @table: the destinations
 * @user: user of the row
 * @victim: victim of the row
 */
struct frozen {
	struct tcpdiag_ports_table *table;
	struct tcpdiag_owner user;
	struct tcpdiag_owner victim;
};

static int freeze_ports(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->table = tcpdiag_ports_read(reader->tn);
	return f->table ? 0 : -ENOMEM;
}

/*
 * A connect() that found no port just now contradicts what is counted: sockets
 * that are only bound have no event, and a socket may have a range of its own.
 */
static bool contradicts(const struct tcpdiag_peer_sum *s, unsigned int percent)
{
	return percent < 100 && s->no_port &&
	       ktime_get_ns() < s->no_port_ns + JUST_NOW_NS;
}

/* @one: the row is of one destination, not of the others. */
static void figures(struct tcpdiag_row *row,
		    const struct tcpdiag_ports_table *table,
		    const struct tcpdiag_peer_sum *s, bool one)
{
	const struct tcpdiag_port_rules *rules = &table->rules;
	u32 in_use = tcpdiag_peer_total(s->in_use);
	bool told = tcpdiag_phase_hears(TCPDIAG_SOURCE_TIME_WAITS);
	u64 forecast = TCPDIAG_NEVER;
	unsigned int i, percent;
	bool known;

	percent = tcpdiag_peer_percent(in_use + tcpdiag_peer_elsewhere(s),
				       rules->capacity);
	if (one && told)
		forecast = tcpdiag_peer_forecast(s, rules);
	tcpdiag_row_value(row, told, in_use);
	for (i = 0; i < TCPDIAG_PEER_CLASSES; i++)
		tcpdiag_row_value(row, told || i != TCPDIAG_PEER_TIME_WAIT,
				  s->in_use[i]);
	tcpdiag_row_value(row, one, rules->capacity);
	known = told && one && rules->capacity && !contradicts(s, percent);
	tcpdiag_row_value(row, known, percent);
	tcpdiag_row_value(row, true, s->connects);
	tcpdiag_row_value(row, true, tcpdiag_peer_rate(s, rules->window_ms));
	tcpdiag_row_value(row, forecast != TCPDIAG_NEVER, forecast);
	tcpdiag_row_value(row, tcpdiag_phase_hears(TCPDIAG_SOURCE_CONNECTS),
			  s->no_port);
	tcpdiag_row_value(row, true, s->lived);
	tcpdiag_row_value(row, true, s->lived_short);
	tcpdiag_row_value(row, one && s->lives,
			  s->lives ? tcpdiag_peer_median_us(s) : 0);
	tcpdiag_row_value(row, one, s->missed);
}

static void owners(const struct tcpdiag_reader *reader, struct frozen *f,
		   struct tcpdiag_row *row, const struct tcpdiag_peer_sum *s)
{
	if (!reader->owners) {
		tcpdiag_row_unknown(row, 4);
		return;
	}
	tcpdiag_owner_read(&f->user, s->user.pid, s->user.comm, NULL);
	tcpdiag_owner_read(&f->victim, s->victim.pid, s->victim.comm, NULL);
	tcpdiag_row_owner(row, &f->user);
	tcpdiag_row_owner(row, &f->victim);
}

static int port_row(const struct tcpdiag_reader *reader, void *frozen,
		    u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	const struct tcpdiag_ports_table *table = f->table;
	const struct tcpdiag_peer_sum *shown = &table->other;
	bool known = tcpdiag_phase_hears(TCPDIAG_SOURCE_FAST_OPEN);
	unsigned int i;

	if (*pos > table->n)
		return 0;
	if (*pos < table->n) {
		const struct tcpdiag_peer_sum *s = table->row[*pos];

		shown = s;
		tcpdiag_row_peer_local(row, &s->key);
		tcpdiag_row_peer_remote(row, &s->key);
		figures(row, table, s, true);
		owners(reader, f, row, s);
	} else {
		tcpdiag_row_word(row, "other");
		tcpdiag_row_word(row, "other");
		figures(row, table, &table->other, false);
		tcpdiag_row_unknown(row, 4);
	}
	tcpdiag_row_value(row, true, table->counted_us);
	tcpdiag_row_value(row, true, shown->bound);
	tcpdiag_row_value(row, *pos < table->n, shown->bound_local);
	tcpdiag_row_value(row, true, shown->late);
	for (i = TCPDIAG_FAST_OPEN_USED; i < TCPDIAG_FAST_OPENS; i++)
		tcpdiag_row_value(row, known, shown->fast_open[i]);
	return 1;
}

static void thaw_ports(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_ports_put(f->table);
}

const struct tcpdiag_view tcpdiag_view_ports = {
	.name = "ports",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_ports,
	.row = port_row,
	.thaw = thaw_ports,
};
