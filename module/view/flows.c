// SPDX-License-Identifier: GPL-2.0
/*
 * The view flows: where the time of connections goes, by program and service
 * (Documentation/flows.md).
 */
#include <linux/kernel.h>
#include <linux/pid.h>

#include "store/owner.h"
#include "store/reader.h"
#include "survey/flows.h"
#include "survey/holders.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "direction", TCPDIAG_KIND_WORD, TCPDIAG_A_FLOWS_DIRECTION },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_FLOWS_COMM },
	{ "local_port", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_LOCAL_PORT },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_FLOWS_REMOTE },
	{ "connections", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_CONNECTIONS },
	{ "live", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_LIVE },
	{ "live_age_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_LIVE_AGE_US },
	{ "bytes_sent", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_BYTES_SENT },
	{ "bytes_received", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_FLOWS_BYTES_RECEIVED },
	{ "life_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_LIFE_US },
	/* in the order of enum tcpdiag_clock_part */
	{ "idle_own_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_IDLE_OWN_US },
	{ "idle_peer_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_IDLE_PEER_US },
	{ "idle_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_IDLE_US },
	{ "peer_window_closed_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_FLOWS_PEER_WINDOW_CLOSED_US },
	{ "peer_window_small_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_FLOWS_PEER_WINDOW_SMALL_US },
	{ "peer_window_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_PEER_WINDOW_US },
	{ "send_buffer_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_SEND_BUFFER_US },
	{ "recovery_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_RECOVERY_US },
	{ "timeout_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_TIMEOUT_US },
	{ "cwnd_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_CWND_US },
	{ "nagle_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_NAGLE_US },
	{ "pacing_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_PACING_US },
	{ "in_flight_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_IN_FLIGHT_US },
	{ "unknown_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_UNKNOWN_US },
	{ "idle_samples", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_IDLE_SAMPLES },
	{ "window_samples", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_FLOWS_WINDOW_SAMPLES },
	{ "busy_samples", TCPDIAG_KIND_COUNT, TCPDIAG_A_FLOWS_BUSY_SAMPLES },
	{ "worst_local", TCPDIAG_KIND_END, TCPDIAG_A_FLOWS_WORST_LOCAL },
	{ "worst_remote", TCPDIAG_KIND_END, TCPDIAG_A_FLOWS_WORST_REMOTE },
	{ "worst_us", TCPDIAG_KIND_US, TCPDIAG_A_FLOWS_WORST_US },
	{ "worst_blame", TCPDIAG_KIND_WORD, TCPDIAG_A_FLOWS_WORST_BLAME },
};

/**
 * struct frozen - data of the rows
 * @seen: the groups
 * @holders: which process has which socket open; NULL until needed
 * @owner: program of the row
 */
struct frozen {
	struct tcpdiag_flows_seen *seen;
	struct tcpdiag_holders *holders;
	struct tcpdiag_owner owner;
};

static int freeze_flows(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->seen = tcpdiag_flows_read(reader->tn);
	return f->seen ? 0 : -ENOMEM;
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

/* Who has one of them open, or else had one. False if memory is short. */
static bool read_owner(const struct tcpdiag_reader *reader, struct frozen *f,
		       const struct tcpdiag_flow_seen *g)
{
	const struct tcpdiag_flow_owner *o = &g->owner;

	if (g->sk)
		return tcpdiag_holders_name(&f->holders, reader, &f->owner,
					    g->sk, g->born_ns, o->pid, o->comm);
	tcpdiag_owner_read(&f->owner, o->pid, o->comm, NULL);
	return true;
}

static void group_cells(const struct tcpdiag_reader *reader, struct frozen *f,
			struct tcpdiag_row *row,
			const struct tcpdiag_flow_seen *g)
{
	bool active = g->key.rest & TCPDIAG_FLOW_ACTIVE;
	struct in6_addr addr;

	tcpdiag_row_word(row, active ? "active" : "passive");
	if (reader->owners)
		tcpdiag_row_owner(row, &f->owner);
	else
		tcpdiag_row_unknown(row, 2);
	tcpdiag_row_value(row, !active, TCPDIAG_FLOW_PORT(&g->key));
	memcpy(&addr, g->key.word, sizeof(addr));
	if (active)
		address(row, g->key.rest & TCPDIAG_FLOW_V6, &addr,
			TCPDIAG_FLOW_PORT(&g->key));
	else
		tcpdiag_row_unknown(row, 1);
}

static void worst_cells(struct tcpdiag_row *row,
			const struct tcpdiag_flow_worst *worst)
{
	if (!worst->limited_us) {
		tcpdiag_row_unknown(row, 4);
		return;
	}
	address(row, worst->v6, &worst->addr.local, worst->addr.lport);
	address(row, worst->v6, &worst->addr.remote, worst->addr.rport);
	tcpdiag_row_value(row, true, worst->limited_us);
	if (worst->part == TCPDIAG_CLOCK_UNKNOWN)
		tcpdiag_row_unknown(row, 1);
	else
		tcpdiag_row_made_word(row, "%s:%u%%",
				      tcpdiag_clock_name(worst->part),
				      worst->percent);
}

static void clock_cells(struct tcpdiag_row *row,
			const struct tcpdiag_flows_seen *seen,
			const struct tcpdiag_flow_seen *g)
{
	const struct tcpdiag_clock_samples *s = &g->samples;
	unsigned int part;

	tcpdiag_row_value(row, true, g->sum.connections);
	tcpdiag_row_value(row, true, g->live);
	tcpdiag_row_value(row, seen->looked, seen->age_us);
	tcpdiag_row_value(row, true, g->sum.sent);
	tcpdiag_row_value(row, true, g->sum.received);
	tcpdiag_row_value(row, true, g->sum.clock.life_us);
	for (part = 0; part < TCPDIAG_CLOCK_PARTS; part++)
		tcpdiag_row_value(row, true, g->us[part]);
	tcpdiag_row_value(row, true, tcpdiag_clock_idle_samples(s));
	tcpdiag_row_value(row, true, tcpdiag_clock_window_samples(s));
	tcpdiag_row_value(row, true, tcpdiag_clock_busy_samples(s));
	worst_cells(row, &g->sum.worst);
}

static int flow_row(const struct tcpdiag_reader *reader, void *frozen, u64 *pos,
		    struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	const struct tcpdiag_flow_seen *g;

	if (*pos > f->seen->n)
		return 0;
	if (*pos == f->seen->n) {
		g = &f->seen->other;
		tcpdiag_row_word(row, "other");
		tcpdiag_row_unknown(row, 4);
	} else {
		g = &f->seen->group[*pos + 1];
		if (reader->owners && !read_owner(reader, f, g))
			return -ENOMEM;
		group_cells(reader, f, row, g);
	}
	clock_cells(row, f->seen, g);
	return 1;
}

static void thaw_flows(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_holders_put(f->holders);
	tcpdiag_flows_put(f->seen);
}

const struct tcpdiag_view tcpdiag_view_flows = {
	.name = "flows",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.freeze = freeze_flows,
	.row = flow_row,
	.thaw = thaw_flows,
};
