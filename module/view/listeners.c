// SPDX-License-Identifier: GPL-2.0
/*
 * The view listeners: one row for each listener, and one for the namespace
 * (Documentation/listeners.md).
 *
 * A position is the address of a listener's socket. The survey keeps listeners
 * in this order, so a read can continue where another ended. All listeners are
 * looked at when a listing begins; later parts show that look, or a later one
 * by the worker.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/uidgid.h>
#include <net/net_namespace.h>

#include "account/account.h"
#include "account/service.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/reader.h"
#include "survey/holders.h"
#include "survey/listener_owner.h"
#include "survey/listeners.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "local", TCPDIAG_KIND_END, TCPDIAG_A_LISTENERS_LOCAL },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_LISTENERS_COMM },
	{ "uid", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_UID },
	{ "inode", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_INODE },
	{ "syn_now", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_SYN_NOW },
	{ "syn_young", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_SYN_YOUNG },
	{ "syn_peak", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_SYN_PEAK },
	{ "syn_limit", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_SYN_LIMIT },
	{ "accept_now", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_ACCEPT_NOW },
	{ "accept_peak", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_ACCEPT_PEAK },
	{ "accept_limit", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_ACCEPT_LIMIT },
	{ "limit_by", TCPDIAG_KIND_WORD, TCPDIAG_A_LISTENERS_LIMIT_BY },
	{ "accept_wait_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_LISTENERS_ACCEPT_WAIT_US },
	{ "accept_wait_max_us", TCPDIAG_KIND_US,
	  TCPDIAG_A_LISTENERS_ACCEPT_WAIT_MAX_US },
	{ "tfo_now", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_TFO_NOW },
	{ "tfo_limit", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_TFO_LIMIT },
	{ "tfo_cookies", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_TFO_COOKIES },
	{ "listeners", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_LISTENERS },
	{ "handshakes", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_HANDSHAKES },
	{ "repeated", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_REPEATED },
	{ "untimed", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_UNTIMED },
	{ "p50_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_P50_US },
	{ "p90_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_P90_US },
	{ "p99_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_P99_US },
	{ "max_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_MAX_US },
	{ "synacks_repeated", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_SYNACKS_REPEATED },
	{ "accepted_per_s", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_ACCEPTED_PER_S },
	{ "drops", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_DROPS },
	{ "overflows", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_OVERFLOWS },
	{ "cookies_sent", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_COOKIES_SENT },
	{ "cookies_valid", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_COOKIES_VALID },
	{ "cookies_failed", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_COOKIES_FAILED },
	{ "verdict", TCPDIAG_KIND_WORD, TCPDIAG_A_LISTENERS_VERDICT },
	{ "verdict_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_VERDICT_US },
	{ "floods", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_FLOODS },
	{ "sample_us", TCPDIAG_KIND_US, TCPDIAG_A_LISTENERS_SAMPLE_US },
	{ "holders", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_HOLDERS },
	{ "listened_pid", TCPDIAG_KIND_COUNT,
	  TCPDIAG_A_LISTENERS_LISTENED_PID },
	{ "listened_comm", TCPDIAG_KIND_NAME,
	  TCPDIAG_A_LISTENERS_LISTENED_COMM },
	{ "tfo_used", TCPDIAG_KIND_COUNT, TCPDIAG_A_LISTENERS_TFO_USED },
};

/* Listeners copied at once. */
#define BATCH		8
/* The position of the namespace's row, after any address. */
#define TOTAL_POS	TCPDIAG_POS_MAX

/**
 * struct frozen - data of the rows
 * @holders: which process holds which socket; NULL until needed
 * @batch: listeners, each with a reference to its pid
 * @n: how many are in @batch
 * @i: index of the next one
 * @owner: processes of the row
 * @sum: figures of the row's service
 */
struct frozen {
	struct tcpdiag_holders *holders;
	struct tcpdiag_listener batch[BATCH];
	unsigned int n;
	unsigned int i;
	struct tcpdiag_listener_owner owner;
	struct tcpdiag_service_sum sum;
};

/* Addresses have the top bit set; positions must not. */
static u64 position_of(const struct tcpdiag_listener *l)
{
	return (unsigned long)l->sk & LLONG_MAX;
}

static unsigned long address_at(u64 pos)
{
	return pos | 1UL << (BITS_PER_LONG - 1);
}

static int freeze_listeners(const struct tcpdiag_reader *reader, void *frozen)
{
	return 0;
}

static void put_batch(struct frozen *f)
{
	while (f->n)
		put_pid(f->batch[--f->n].pid);
	f->i = 0;
}

/* The listener at a position, or the first one after it; NULL at the end. */
static const struct tcpdiag_listener *
listener_at(struct frozen *f, struct tcpdiag_net *tn, u64 *pos)
{
	while (f->i < f->n && position_of(&f->batch[f->i]) < *pos)
		f->i++;
	if (f->i == f->n) {
		put_batch(f);
		f->n = tcpdiag_listeners_copy(tn, address_at(*pos), f->batch,
					      BATCH);
		if (!f->n)
			return NULL;
	}
	*pos = position_of(&f->batch[f->i]);
	return &f->batch[f->i];
}

/* False if memory is short. */
static bool owner_cells(const struct tcpdiag_reader *reader, struct frozen *f,
			struct tcpdiag_row *row,
			const struct tcpdiag_listener *l)
{
	if (!reader->owners) {
		tcpdiag_row_unknown(row, 4);
		return true;
	}
	if (!tcpdiag_listener_owner_read(&f->holders, reader, &f->owner, l->sk,
					 l->since, l->pid, l->comm))
		return false;
	tcpdiag_row_owner(row, &f->owner.holder);
	tcpdiag_row_value(row, true, from_kuid_munged(reader->user_ns, l->uid));
	tcpdiag_row_value(row, l->ino, l->ino);
	return true;
}

static void lister_cells(const struct tcpdiag_reader *reader,
			 const struct frozen *f, struct tcpdiag_row *row)
{
	if (!reader->owners) {
		tcpdiag_row_unknown(row, 3);
		return;
	}
	tcpdiag_row_value(row, f->owner.holders_known, f->owner.holders);
	tcpdiag_row_owner(row, &f->owner.lister);
}

static void queue_cells(struct tcpdiag_row *row, const struct net *net,
			const struct tcpdiag_listener *l)
{
	u32 somaxconn = READ_ONCE(net->core.sysctl_somaxconn);

	tcpdiag_row_value(row, true, l->q.syn);
	tcpdiag_row_value(row, true, l->q.young);
	tcpdiag_row_value(row, true, l->syn_peak);
	tcpdiag_row_value(row, true, l->syn_limit);
	tcpdiag_row_value(row, true, l->q.accept);
	tcpdiag_row_value(row, true, l->accept_peak);
	tcpdiag_row_value(row, true, l->q.limit);
	tcpdiag_row_word(row, tcpdiag_limit_by(l->q.limit, somaxconn));
	tcpdiag_row_value(row, true, l->wait_us);
	tcpdiag_row_value(row, true, l->wait_max_us);
	tcpdiag_row_value(row, l->q.tfo_limit, l->q.tfo);
	tcpdiag_row_value(row, l->q.tfo_limit, l->q.tfo_limit);
	tcpdiag_row_unknown(row, 1);
}

static void service_cells(struct tcpdiag_row *row,
			  const struct tcpdiag_service_sum *sum)
{
	if (sum->partial) {
		tcpdiag_row_unknown(row, 8);
		return;
	}
	tcpdiag_row_value(row, true, sum->done);
	tcpdiag_row_value(row, true, sum->repeated);
	tcpdiag_row_value(row, true, sum->untimed);
	tcpdiag_row_hist(row, &sum->rtt);
	tcpdiag_row_value(row, tcpdiag_phase_hears(TCPDIAG_SOURCE_SYNACKS),
			  sum->synacks);
}

static u64 since_us(u64 ns)
{
	u64 now = ktime_get_ns();

	return div_u64(now - min(now, ns), NSEC_PER_USEC);
}

/* False if memory is short. */
static bool fill(const struct tcpdiag_reader *reader, struct frozen *f,
		 struct tcpdiag_row *row, const struct tcpdiag_listener *l)
{
	struct tcpdiag_end end = {
		.v6 = l->v6,
		.v6only = l->v6only,
		.addr = l->addr,
		.port = l->port,
		.device = l->device,
	};

	tcpdiag_service_read(reader->tn, l->key, &f->sum);
	tcpdiag_row_end(row, &end);
	if (!owner_cells(reader, f, row, l))
		return false;
	queue_cells(row, reader->tn->net, l);
	tcpdiag_row_value(row, true, l->sharing);
	service_cells(row, &f->sum);
	tcpdiag_row_value(row, l->rates_known, l->accepted_per_s);
	tcpdiag_row_value(row, true, l->q.drops - l->drops_before);
	tcpdiag_row_value(row, true, l->overflows);
	tcpdiag_row_unknown(row, 3);
	tcpdiag_row_word(row, tcpdiag_verdict_name(l->verdict));
	tcpdiag_row_value(row, true, since_us(l->verdict_since));
	tcpdiag_row_value(row, true, l->floods);
	tcpdiag_row_value(row, true, TCPDIAG_LISTENERS_PERIOD_US);
	lister_cells(reader, f, row);
	tcpdiag_row_value(row, l->q.tfo_limit && !f->sum.partial,
			  f->sum.fast_open);
	return true;
}

static void mib_cell(struct tcpdiag_row *row, const struct tcpdiag_net *tn,
		     enum tcpdiag_mib mib)
{
	tcpdiag_row_value(row, true, tcpdiag_mib(tn, mib));
}

/* The row of the namespace; it includes listeners that are gone. */
static void total_row(struct tcpdiag_net *tn, struct frozen *f,
		      struct tcpdiag_row *row)
{
	struct tcpdiag_listeners_total total;
	struct tcpdiag_listeners_rates rates;
	bool flood;

	tcpdiag_listeners_read_total(tn, &total, &rates);
	flood = tcpdiag_flood_is_unlocated(rates.flood_seen, ktime_get_ns());
	tcpdiag_service_read_all(tn, &f->sum);
	tcpdiag_row_word(row, "namespace");
	tcpdiag_row_unknown(row, 4);
	tcpdiag_row_value(row, true, total.q.syn);
	tcpdiag_row_value(row, true, total.q.young);
	tcpdiag_row_unknown(row, 2);
	tcpdiag_row_value(row, true, total.q.accept);
	tcpdiag_row_unknown(row, 5);
	tcpdiag_row_value(row, true, total.q.tfo);
	tcpdiag_row_unknown(row, 1);
	mib_cell(row, tn, TCPDIAG_MIB_TFO_COOKIES);
	tcpdiag_row_value(row, true, total.n);
	service_cells(row, &f->sum);
	tcpdiag_row_unknown(row, 1);
	mib_cell(row, tn, TCPDIAG_MIB_LISTEN_DROPS);
	mib_cell(row, tn, TCPDIAG_MIB_LISTEN_OVERFLOWS);
	mib_cell(row, tn, TCPDIAG_MIB_COOKIES_SENT);
	mib_cell(row, tn, TCPDIAG_MIB_COOKIES_VALID);
	mib_cell(row, tn, TCPDIAG_MIB_COOKIES_FAILED);
	tcpdiag_row_word(row, tcpdiag_verdict_name(flood ?
			 TCPDIAG_VERDICT_SYN_FLOOD : TCPDIAG_VERDICT_OK));
	tcpdiag_row_unknown(row, 2);
	tcpdiag_row_value(row, true, TCPDIAG_LISTENERS_PERIOD_US);
	tcpdiag_row_unknown(row, 3);
	tcpdiag_row_value(row, !f->sum.partial, f->sum.fast_open);
}

static int listener_row(const struct tcpdiag_reader *reader, void *frozen,
			u64 *pos, struct tcpdiag_row *row)
{
	const struct tcpdiag_listener *l;
	struct frozen *f = frozen;

	if (!*pos && !tcpdiag_listeners_look(reader->tn))
		return -ENOMEM;
	if (*pos > TOTAL_POS)
		return 0;
	l = *pos < TOTAL_POS ? listener_at(f, reader->tn, pos) : NULL;
	if (l)
		return fill(reader, f, row, l) ? 1 : -ENOMEM;
	*pos = TOTAL_POS;
	total_row(reader->tn, f, row);
	return 1;
}

static u32 listeners_generation(const struct tcpdiag_reader *reader)
{
	return tcpdiag_account_moves_of(reader->tn, TCP_LISTEN);
}

static void thaw_listeners(void *frozen)
{
	struct frozen *f = frozen;

	put_batch(f);
	tcpdiag_holders_put(f->holders);
}

const struct tcpdiag_view tcpdiag_view_listeners = {
	.name = "listeners",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.resumes = true,
	.freeze = freeze_listeners,
	.row = listener_row,
	.thaw = thaw_listeners,
	.generation = listeners_generation,
};
