// SPDX-License-Identifier: GPL-2.0
/*
 * The view resets: RST segments sent and received, by reason, program and
 * service, the most frequent first (Documentation/resets.md).
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>

#include "account/reset_table.h"
#include "account/resets.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "direction", TCPDIAG_KIND_WORD, TCPDIAG_A_RESETS_DIRECTION },
	{ "reason", TCPDIAG_KIND_WORD, TCPDIAG_A_RESETS_REASON },
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_RESETS_STATE },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_RESETS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_RESETS_COMM },
	{ "local_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_RESETS_LOCAL_PORT },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_RESETS_REMOTE },
	{ "peer", TCPDIAG_KIND_ADDR, TCPDIAG_A_RESETS_PEER },
	{ "count", TCPDIAG_KIND_COUNT, TCPDIAG_A_RESETS_COUNT },
	{ "last_10min", TCPDIAG_KIND_COUNT, TCPDIAG_A_RESETS_LAST_10MIN },
	{ "per_s", TCPDIAG_KIND_TENTHS, TCPDIAG_A_RESETS_PER_S },
	{ "lost", TCPDIAG_KIND_COUNT, TCPDIAG_A_RESETS_LOST },
	{ "idle_min_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_IDLE_MIN_US },
	{ "idle_max_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_IDLE_MAX_US },
	{ "after_min_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_AFTER_MIN_US },
	{ "after_max_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_AFTER_MAX_US },
	{ "first_ago_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_FIRST_AGO_US },
	{ "last_ago_us", TCPDIAG_KIND_US, TCPDIAG_A_RESETS_LAST_AGO_US },
};

/**
 * struct frozen - data of the rows
 * @seen: RSTs of connections
 * @strays: RSTs sent for no socket
 * @owner: program of the row
 */
struct frozen {
	struct tcpdiag_resets_seen *seen;
	struct tcpdiag_strays strays;
	struct tcpdiag_owner owner;
};

static int freeze_resets(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->seen = tcpdiag_reset_table_read(reader->tn);
	if (!f->seen)
		return -ENOMEM;
	tcpdiag_resets_read_strays(reader->tn, &f->strays);
	return 0;
}

static void address(struct tcpdiag_row *row, bool v6,
		    const struct in6_addr *addr, u16 port)
{
	struct tcpdiag_end end = {
		.v6 = v6,
		.v6only = true,
		.addr = *addr,
		.port = port,
	};

	tcpdiag_row_end(row, &end);
}

static void times(struct tcpdiag_row *row, const struct tcpdiag_range *range)
{
	tcpdiag_row_value(row, range->n, range->min_ms * (u64)USEC_PER_MSEC);
	tcpdiag_row_value(row, range->n, range->max_ms * (u64)USEC_PER_MSEC);
}

static void ago(struct tcpdiag_row *row, const struct tcpdiag_recent *r,
		u64 now, u64 at)
{
	tcpdiag_row_value(row, r->last_ns,
			  div_u64(now - min(now, at), NSEC_PER_USEC));
}

static void recent(struct tcpdiag_row *row, const struct tcpdiag_recent *r,
		   u64 now)
{
	tcpdiag_row_value(row, true, tcpdiag_recent_sum(r, now));
	tcpdiag_row_value(row, true, tcpdiag_recent_rate(r, now));
}

static void connection_row(const struct tcpdiag_reader *reader,
			   struct frozen *f, struct tcpdiag_row *row,
			   const struct tcpdiag_reset_seen *s)
{
	const struct tcpdiag_reset_row *r = &s->row;
	u64 now = f->seen->now;

	tcpdiag_row_word(row, s->sent ? "sent" : "received");
	tcpdiag_row_word(row, tcpdiag_reset_name(s->reason));
	tcpdiag_row_word(row, tcpdiag_fsm_state_name(s->state));
	if (reader->owners) {
		tcpdiag_owner_read(&f->owner, r->pid, s->comm, NULL);
		tcpdiag_row_owner(row, &f->owner);
	} else {
		tcpdiag_row_unknown(row, 2);
	}
	tcpdiag_row_value(row, !s->active, s->port);
	if (s->active)
		address(row, s->v6, &s->addr, s->port);
	else
		tcpdiag_row_unknown(row, 1);
	address(row, s->v6, &r->peer, 0);
	tcpdiag_row_value(row, true, r->count);
	recent(row, &r->recent, now);
	tcpdiag_row_value(row, true, r->lost);
	times(row, &r->idle);
	times(row, &r->gap);
	ago(row, &r->recent, now, r->recent.since_ns);
	ago(row, &r->recent, now, r->recent.last_ns);
}

/*
 * @port is 0, and @peer NULL, if most have none in common. If it is not heard what
 * is sent, nothing of it is known.
 */
static void stray_row(struct frozen *f, struct tcpdiag_row *row,
		      enum tcpdiag_reset reason, u64 count,
		      const struct tcpdiag_recent *r, u16 port,
		      const struct in6_addr *peer)
{
	tcpdiag_row_word(row, "sent");
	tcpdiag_row_word(row, tcpdiag_reset_name(reason));
	tcpdiag_row_word(row, "none");
	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_SENT)) {
		tcpdiag_row_unknown(row, ARRAY_SIZE(columns) - 3);
		return;
	}
	tcpdiag_row_unknown(row, 2);
	tcpdiag_row_value(row, port, port);
	tcpdiag_row_unknown(row, 1);
	if (peer)
		address(row, f->strays.v6, peer, 0);
	else
		tcpdiag_row_unknown(row, 1);
	tcpdiag_row_value(row, true, count);
	recent(row, r, f->seen->now);
	tcpdiag_row_unknown(row, 5);
	ago(row, r, f->seen->now, r->since_ns);
	ago(row, r, f->seen->now, r->last_ns);
}

/* RSTs of either direction that are in no row. */
static void other_row(struct tcpdiag_row *row, u64 count)
{
	bool all = tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_SENT) &&
		   tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_RECEIVED);

	tcpdiag_row_word(row, "other");
	tcpdiag_row_unknown(row, 7);
	tcpdiag_row_value(row, all, count);
	tcpdiag_row_unknown(row, 9);
}

/* It is not heard what is received: a row says so. */
static int unheard_row(struct tcpdiag_row *row)
{
	if (tcpdiag_phase_hears(TCPDIAG_SOURCE_RESETS_RECEIVED))
		return 0;
	tcpdiag_row_word(row, "received");
	tcpdiag_row_unknown(row, ARRAY_SIZE(columns) - 1);
	return 1;
}

static int reset_row(const struct tcpdiag_reader *reader, void *frozen,
		     u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	const struct tcpdiag_strays *s = &f->strays;
	bool most = tcpdiag_most_sum(&s->port, f->seen->now);

	if (*pos < f->seen->n) {
		connection_row(reader, f, row, &f->seen->seen[*pos]);
		return 1;
	}
	switch (*pos - f->seen->n) {
	case 0:
		stray_row(f, row, TCPDIAG_RESET_NO_LISTENER, s->syns,
			  &s->port.all, most ? s->port.vote.id : 0,
			  most ? &s->peer : NULL);
		return 1;
	case 1:
		stray_row(f, row, TCPDIAG_RESET_NO_CONNECTION, s->others,
			  &s->others_recent, 0, NULL);
		return 1;
	case 2:
		other_row(row, f->seen->other);
		return 1;
	case 3:
		return unheard_row(row);
	default:
		return 0;
	}
}

static void thaw_resets(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_reset_table_put(f->seen);
}

const struct tcpdiag_view tcpdiag_view_resets = {
	.name = "resets",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_resets,
	.row = reset_row,
	.thaw = thaw_resets,
};
