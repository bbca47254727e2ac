// SPDX-License-Identifier: GPL-2.0
/*
 * Finds the full sockets of a namespace for reporters, through the table and in
 * batches. Each socket comes with a reference, so that it can be read without a
 * lock on the table.
 */
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <net/sock.h>

#include "store/addr.h"
#include "store/net.h"
#include "store/record.h"
#include "store/scan.h"
#include "store/table.h"

static bool take(struct tcpdiag_record *rec, void *arg)
{
	struct tcpdiag_scan *scan = arg;
	struct sock *sk = (struct sock *)rec->key;
	unsigned int place;

	scan->looked_at++;
	/* the chain is locked: neither record nor shard can go away */
	if (rec->flags & TCPDIAG_F_MINI || rec->shard->net->net != scan->net ||
	    !tcpdiag_may_look(rec))
		return true;
	place = scan->place++;
	if (place < scan->skip)
		return true;
	if (scan->n == TCPDIAG_SCAN_BATCH)
		return false;
	/* ... and the key still points to this socket, not yet freed */
	if (!refcount_inc_not_zero(&sk->sk_refcnt))
		return true;
	scan->found[scan->n].sk = sk;
	scan->found[scan->n].place = place;
	scan->n++;
	return true;
}

/**
 * tcpdiag_scan_put() - put the sockets of a batch
 * @scan: a batch that tcpdiag_scan_fill() filled, or an empty one
 *
 * Context: process.
 */
void tcpdiag_scan_put(struct tcpdiag_scan *scan)
{
	while (scan->n)
		sock_put(scan->found[--scan->n].sk);
}

/**
 * tcpdiag_scan_fill() - fill the next batch
 * @scan: its namespace is set; the batch before is put
 * @bucket: the chain to begin with
 * @place: places to skip in that chain
 * @end: the chain to stop before
 *
 * A batch comes from one chain, @scan->bucket. If the chain is longer,
 * tcpdiag_scan_more() continues after the batch's last record.
 *
 * Context: process, may sleep.
 * Return: true if anything was found; false also if the reader is being killed.
 */
bool tcpdiag_scan_fill(struct tcpdiag_scan *scan, unsigned int bucket,
		       unsigned int place, unsigned int end)
{
	tcpdiag_scan_put(scan);
	for (; bucket < end; bucket++, place = 0) {
		scan->skip = place;
		scan->place = 0;
		tcpdiag_table_each(bucket, take, scan);
		if (scan->n) {
			scan->bucket = bucket;
			return true;
		}
		if (bucket & 0xff)
			continue;
		if (fatal_signal_pending(current))
			return false;
		cond_resched();
	}
	return false;
}

/**
 * tcpdiag_scan_more() - fill the batch after this one
 * @scan: a batch that is not empty
 * @end: the chain to stop before
 *
 * Context: as for tcpdiag_scan_fill().
 * Return: as for tcpdiag_scan_fill().
 */
bool tcpdiag_scan_more(struct tcpdiag_scan *scan, unsigned int end)
{
	return tcpdiag_scan_fill(scan, scan->bucket,
				 scan->found[scan->n - 1].place + 1, end);
}

/* False if the record was being written. */
static bool copy_locked(struct tcpdiag_record *rec, struct sock *sk,
			struct tcpdiag_record *copy, struct tcpdiag_addr *addr)
{
	u64 entered;
	u8 state = tcpdiag_read_begin(rec, &entered);

	lockdep_assert_held(&rec->shard->lock);
	*copy = *rec;
	if (tcpdiag_read_again(rec, state, entered))
		return false;
	get_pid(copy->pid);
	if (rec->state == TCP_CLOSE && rec->past)
		*addr = rec->past->addr;
	else
		tcpdiag_addr_read(sk, addr);
	return true;
}

/**
 * tcpdiag_scan_copy() - copy a socket's record for a reporter
 * @sk: a full socket, referenced
 * @copy: the copy, with a reference to its pid that the caller puts
 * @addr: the socket's addresses and ports
 *
 * Context: process.
 * Return: false if the socket has no record any more.
 */
bool tcpdiag_scan_copy(struct sock *sk, struct tcpdiag_record *copy,
		       struct tcpdiag_addr *addr)
{
	struct tcpdiag_record *rec;
	bool again;

	do {
		local_irq_disable();
		rec = tcpdiag_find_lock(sk);
		again = rec && !copy_locked(rec, sk, copy, addr);
		if (rec)
			tcpdiag_unlock(&rec->shard->lock);
		local_irq_enable();
	} while (again);
	return rec;
}
