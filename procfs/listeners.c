// SPDX-License-Identifier: GPL-2.0
/*
 * /proc/net/tcpdiag/listeners: one row per listener, and one for the namespace
 * (Documentation/listeners.md).
 */
#include <linux/mm.h>

#include "account/service.h"
#include "procfs/procfs.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "survey/holders.h"
#include "survey/listeners.h"

/**
 * struct view - what rows are made of
 * @seq: where to
 * @tn: the namespace
 * @owners: the opener may see owners
 * @holders: who holds which socket, once it was asked for
 * @all: the listeners
 * @sum: what a row's service has done
 * @total: sums over the rows
 * @err: -ENOMEM if an owner could not be looked for
 */
struct view {
	struct seq_file *seq;
	struct tcpdiag_net *tn;
	bool owners;
	struct tcpdiag_holders *holders;
	struct tcpdiag_listening all;
	struct tcpdiag_service_sum sum;
	struct tcpdiag_queues total;
	int err;
};

static void value(struct view *v, u64 n)
{
	tcpdiag_show_value(v->seq, true, n);
}

static void unknown(struct view *v, unsigned int columns)
{
	while (columns--)
		tcpdiag_show_value(v->seq, false, 0);
}

static void show_owner(struct view *v, const struct tcpdiag_listener *l)
{
	struct pid *holder = NULL;
	struct tcpdiag_owner owner;

	if (!v->owners) {
		unknown(v, 4);
		return;
	}
	if (!tcpdiag_owner_is_alive(l->pid)) {
		if (!v->holders)
			v->holders = tcpdiag_holders_get(v->tn);
		if (!v->holders)
			v->err = -ENOMEM;
		holder = tcpdiag_holders_of(v->holders, l->sk, NULL);
	}
	tcpdiag_owner_read(&owner, l->pid, l->comm, holder);
	tcpdiag_show_owner(v->seq, &owner);
	value(v, from_kuid_munged(seq_user_ns(v->seq), l->uid));
	tcpdiag_show_value(v->seq, l->ino, l->ino);
}

static void show_queues(struct view *v, const struct tcpdiag_listener *l)
{
	const struct netns_ipv4 *ipv4 = &v->tn->net->ipv4;
	u32 somaxconn = READ_ONCE(v->tn->net->core.sysctl_somaxconn);
	u32 backlog = READ_ONCE(ipv4->sysctl_max_syn_backlog);
	bool cookies = READ_ONCE(ipv4->sysctl_tcp_syncookies);

	value(v, l->q.syn);
	value(v, l->q.young);
	value(v, l->syn_peak);
	value(v, tcpdiag_listener_syn_limit(l, cookies, backlog));
	value(v, l->q.accept);
	value(v, l->accept_peak);
	value(v, l->q.limit);
	seq_printf(v->seq, " %s", tcpdiag_limit_by(l->q.limit, somaxconn));
	value(v, l->wait_us);
	value(v, l->wait_max_us);
	tcpdiag_show_value(v->seq, l->q.tfo_limit, l->q.tfo);
	tcpdiag_show_value(v->seq, l->q.tfo_limit, l->q.tfo_limit);
	unknown(v, 1);
}

static void show_service(struct view *v)
{
	if (v->sum.partial) {
		unknown(v, 8);
		return;
	}
	value(v, v->sum.done);
	value(v, v->sum.repeated);
	value(v, v->sum.untimed);
	tcpdiag_show_hist(v->seq, &v->sum.rtt);
	tcpdiag_show_value(v->seq, tcpdiag_phase_hears(TCPDIAG_SOURCE_SYNACKS),
			   v->sum.synacks);
}

static u64 since_us(u64 ns)
{
	u64 now = ktime_get_ns();

	return div_u64(now - min(now, ns), NSEC_PER_USEC);
}

static void show_verdict(struct view *v, const struct tcpdiag_listener *l)
{
	seq_printf(v->seq, " %s", tcpdiag_verdict_name(l->verdict));
	value(v, since_us(l->verdict_since));
	value(v, l->floods);
}

static void row(struct view *v, const struct tcpdiag_listener *l)
{
	struct tcpdiag_end end = {
		.v6 = l->v6,
		.v6only = l->v6only,
		.addr = l->addr,
		.port = l->port,
		.device = l->device,
	};

	tcpdiag_service_read(v->tn, l->key, &v->sum);
	tcpdiag_show_end(v->seq, v->tn->net, &end);
	show_owner(v, l);
	show_queues(v, l);
	value(v, l->sharing);
	show_service(v);
	value(v, l->accepted_per_s);
	value(v, l->q.drops - l->drops_before);
	value(v, l->overflows);
	unknown(v, 3);
	show_verdict(v, l);
	seq_printf(v->seq, " %u\n", TCPDIAG_LISTENERS_PERIOD_US);
}

static void add_up(struct view *v, const struct tcpdiag_listener *l)
{
	v->total.syn += l->q.syn;
	v->total.young += l->q.young;
	v->total.accept += l->q.accept;
	v->total.tfo += l->q.tfo;
}

/* What the kernel counts for all together, and what is gone. */
static void total_row(struct view *v)
{
	const struct tcpdiag_listening *all = &v->all;
	bool flood = tcpdiag_flood_of_none(all->flood_seen, ktime_get_ns());

	tcpdiag_service_read_all(v->tn, &v->sum);
	seq_puts(v->seq, "namespace");
	unknown(v, 4);
	value(v, v->total.syn);
	value(v, v->total.young);
	unknown(v, 2);
	value(v, v->total.accept);
	unknown(v, 5);
	value(v, v->total.tfo);
	unknown(v, 1);
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_TFO_COOKIES));
	value(v, all->n);
	show_service(v);
	unknown(v, 1);
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_LISTEN_DROPS));
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_LISTEN_OVERFLOWS));
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_COOKIES_SENT));
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_COOKIES_VALID));
	value(v, tcpdiag_mib(v->tn, TCPDIAG_MIB_COOKIES_FAILED));
	seq_printf(v->seq, " %s", tcpdiag_verdict_name(flood ?
		   TCPDIAG_VERDICT_SYN_FLOOD : TCPDIAG_VERDICT_OK));
	unknown(v, 2);
	seq_printf(v->seq, " %u\n", TCPDIAG_LISTENERS_PERIOD_US);
}

/**
 * tcpdiag_listeners_show() - print the view
 * @seq: where to
 * @tn: the namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_listeners_show(struct seq_file *seq, struct tcpdiag_net *tn)
{
	struct view *v;
	size_t i;
	int err;

	v = kvzalloc(sizeof(*v), TCPDIAG_GFP);
	if (!v || !tcpdiag_listeners_read(tn, &v->all)) {
		kvfree(v);
		return -ENOMEM;
	}
	v->seq = seq;
	v->tn = tn;
	v->owners = tcpdiag_procfs_owners(seq, tn->net);
	seq_puts(seq, "# local pid comm uid inode syn_now syn_young syn_peak syn_limit accept_now accept_peak accept_limit limit_by accept_wait_us accept_wait_max_us tfo_now tfo_limit tfo_cookies listeners handshakes repeated untimed p50_us p90_us p99_us max_us synacks_repeated accepted_per_s drops overflows cookies_sent cookies_valid cookies_failed verdict verdict_us floods sample_us\n");
	for (i = 0; i < v->all.n; i++) {
		row(v, &v->all.l[i]);
		add_up(v, &v->all.l[i]);
	}
	total_row(v);
	tcpdiag_holders_put(v->holders);
	tcpdiag_listeners_drop(&v->all);
	err = v->err;
	kvfree(v);
	return err;
}
