// SPDX-License-Identifier: GPL-2.0
/*
 * What holds the descriptors of a process that has none left: how many of them
 * are TCP sockets, and in which state most of those are.
 */
#include <linux/rcupdate.h>
#include <linux/string.h>

#include "store/flags.h"
#include "store/owner.h"
#include "store/record.h"
#include "survey/descriptors.h"
#include "survey/holders.h"

/**
 * struct states - sockets of a process by state
 * @all: how many in all
 * @n: by state; those without a record are in none
 */
struct states {
	u32 all;
	u32 n[TCPDIAG_STATES];
};

static void count(const struct sock *sk, void *arg)
{
	struct states *states = arg;
	struct tcpdiag_record *rec;
	unsigned int state = 0;
	u64 entered;

	rcu_read_lock();
	rec = tcpdiag_find(sk);
	if (rec)
		state = tcpdiag_read_begin(rec, &entered) & ~TCPDIAG_CHANGING;
	rcu_read_unlock();
	states->all++;
	if (state < TCPDIAG_STATES)
		states->n[state]++;
}

/**
 * tcpdiag_descriptors_read() - read what holds the descriptors of a process
 * @h: which process holds which socket, or NULL
 * @pid: the process, or NULL
 * @d: the result; all its bytes are set
 *
 * Context: process, may sleep. Cost: if none is left, grows with the open
 * sockets of the machine.
 */
void tcpdiag_descriptors_read(const struct tcpdiag_holders *h, struct pid *pid,
			      struct tcpdiag_descriptors *d)
{
	struct states states = {};
	unsigned int i;

	memset(d, 0, sizeof(*d));
	d->known = pid && tcpdiag_owner_descriptors(pid, &d->used, &d->limit);
	if (!tcpdiag_descriptors_out(d))
		return;
	tcpdiag_holders_each(h, pid, count, &states);
	d->sockets = states.all;
	for (i = 1; i < TCPDIAG_STATES; i++) {
		if (states.n[i] <= d->in_state)
			continue;
		d->state = i;
		d->in_state = states.n[i];
	}
}
