// SPDX-License-Identifier: GPL-2.0
/*
 * Who pays for records. max_records is one cap for the machine, and users share
 * it (model/shares.c), not network namespaces: a user can make thousands of
 * these. What root makes, the containers of Docker and Kubernetes for example,
 * belongs to root.
 */
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>

#include "model/shares.h"
#include "store/net.h"
#include "store/payer.h"
#include "store/reader.h"

struct tcpdiag_payers tcpdiag_payers = {
	.lock = __SPIN_LOCK_UNLOCKED(tcpdiag_payers.lock),
	.all = LIST_HEAD_INIT(tcpdiag_payers.all),
};

/* After the number of users has changed. */
static void set_limit(void)
{
	struct tcpdiag_shares s;

	lockdep_assert_held(&tcpdiag_payers.lock);
	tcpdiag_payers_shares(&s);
	WRITE_ONCE(tcpdiag_payers.limit, tcpdiag_shares_limit(&s));
}

/**
 * tcpdiag_payers_init() - set the cap
 * @cap: max_records
 *
 * Context: process, at load.
 */
void tcpdiag_payers_init(unsigned long cap)
{
	tcpdiag_payers.cap = cap;
	tcpdiag_payers.limit = cap;
}

static struct tcpdiag_payer *find(kuid_t uid)
{
	struct tcpdiag_payer *payer;

	lockdep_assert_held(&tcpdiag_payers.lock);
	list_for_each_entry(payer, &tcpdiag_payers.all, all)
		if (uid_eq(payer->uid, uid))
			return payer;
	return NULL;
}

static void add(struct tcpdiag_payer *payer, kuid_t uid)
{
	lockdep_assert_held(&tcpdiag_payers.lock);
	payer->uid = uid;
	INIT_LIST_HEAD(&payer->nets);
	list_add(&payer->all, &tcpdiag_payers.all);
	WRITE_ONCE(tcpdiag_payers.nr, tcpdiag_payers.nr + 1);
	set_limit();
}

/**
 * tcpdiag_payer_join() - a network namespace begins: find who pays for it
 * @tn: the namespace; tn->payer is set
 *
 * Context: process, may sleep.
 * Return: 0 or -ENOMEM.
 */
int tcpdiag_payer_join(struct tcpdiag_net *tn)
{
	struct tcpdiag_payer *new = kzalloc(sizeof(*new), GFP_KERNEL_ACCOUNT);
	kuid_t uid = tcpdiag_shares_payer(tn->net->ucounts);

	if (!new)
		return -ENOMEM;
	spin_lock(&tcpdiag_payers.lock);
	tn->payer = find(uid);
	if (!tn->payer) {
		add(new, uid);
		tn->payer = new;
		new = NULL;
	}
	tn->payer->accounts++;
	tn->payer->nr_nets++;
	list_add_tail(&tn->of_payer, &tn->payer->nets);
	spin_unlock(&tcpdiag_payers.lock);
	kfree(new);
	return 0;
}

/**
 * tcpdiag_payer_hide() - a network namespace ends: take no record from it
 * @tn: the namespace; its shards are still there
 *
 * Context: process.
 */
void tcpdiag_payer_hide(struct tcpdiag_net *tn)
{
	spin_lock(&tcpdiag_payers.lock);
	list_del(&tn->of_payer);
	tn->payer->nr_nets--;
	spin_unlock(&tcpdiag_payers.lock);
}

/**
 * tcpdiag_payer_leave() - a network namespace has ended
 * @tn: the namespace, hidden and without records
 *
 * Context: process.
 */
void tcpdiag_payer_leave(struct tcpdiag_net *tn)
{
	struct tcpdiag_payer *payer = tn->payer;

	spin_lock(&tcpdiag_payers.lock);
	if (!--payer->accounts) {
		list_del(&payer->all);
		WRITE_ONCE(tcpdiag_payers.nr, tcpdiag_payers.nr - 1);
		set_limit();
	} else {
		payer = NULL;
	}
	spin_unlock(&tcpdiag_payers.lock);
	kfree(payer);
}

/**
 * tcpdiag_payers_shares() - the records of the machine and who shares them
 * @s: where to
 *
 * Context: any. The figures are read one after another.
 */
void tcpdiag_payers_shares(struct tcpdiag_shares *s)
{
	s->cap = tcpdiag_payers.cap;
	s->records = atomic_long_read(&tcpdiag_payers.records);
	s->users = max(atomic_read(&tcpdiag_payers.users), 0);
	s->shared = READ_ONCE(tcpdiag_payers.nr) > 1;
}

/**
 * tcpdiag_payers_top() - the user with the most records
 *
 * Context: process; tcpdiag_payers.lock is held.
 * Return: the user; NULL if nobody has any.
 */
struct tcpdiag_payer *tcpdiag_payers_top(void)
{
	struct tcpdiag_payer *payer, *top = NULL;
	long records, most = 0;

	lockdep_assert_held(&tcpdiag_payers.lock);
	list_for_each_entry(payer, &tcpdiag_payers.all, all) {
		records = atomic_long_read(&payer->records);
		if (records > most) {
			most = records;
			top = payer;
		}
	}
	return top;
}

/**
 * tcpdiag_payers_read() - the shares, as far as a reader may know
 * @reader: the reader: who reads a namespace knows of its own user. Who reads
 *	the initial one knows of the machine, and of other users if he may see
 *	owners
 * @seen: where to
 *
 * Context: process.
 */
void tcpdiag_payers_read(const struct tcpdiag_reader *reader,
			 struct tcpdiag_shares_seen *seen)
{
	struct tcpdiag_payer *payer = reader->tn->payer, *top;
	struct tcpdiag_shares s;

	memset(seen, 0, sizeof(*seen));
	tcpdiag_payers_shares(&s);
	seen->user_records = atomic_long_read(&payer->records);
	seen->share = tcpdiag_shares_share(&s, seen->user_records);
	seen->machine = net_eq(reader->tn->net, &init_net);
	seen->records = s.records;
	seen->users = s.users;
	spin_lock(&tcpdiag_payers.lock);
	seen->user_taken = payer->taken;
	seen->taken = tcpdiag_payers.taken;
	top = tcpdiag_payers_top();
	if (top && seen->machine && reader->owners) {
		seen->top = true;
		seen->top_uid = from_kuid_munged(reader->user_ns, top->uid);
		seen->top_records = atomic_long_read(&top->records);
	}
	spin_unlock(&tcpdiag_payers.lock);
}
