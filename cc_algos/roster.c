// SPDX-License-Identifier: GPL-2.0
/*
 * The algorithms that TCP has accepted, and those it has not.
 *
 * TCP knows an algorithm by its name, and by a 32-bit hash of the name, the
 * key. A kernel may have one of the same name or key: some distributions ship a
 * patched kernel with a "bbr3" of its own. TCP then answers -EEXIST, and the
 * algorithm is left out. That is no error: the others are as good without it.
 *
 * Registration is an argument, so kunit/roster_test.c needs no TCP.
 */
#include <linux/errno.h>
#include <linux/string.h>

#include "roster.h"

/**
 * tcpdiag_roster_add() - register an algorithm, or leave it out
 * @r: the roster; at most TCPDIAG_ROSTER_MAX algorithms are added
 * @ops: the algorithm
 * @reg: tcp_register_congestion_control(), or a test's substitute
 *
 * Readers may go through the registered ones meanwhile.
 *
 * Context: process.
 * Return: 0 if the algorithm is registered or was left out because its name or
 *	key is taken; another error of @reg, with the roster as it was.
 */
int tcpdiag_roster_add(struct tcpdiag_roster *r, struct tcp_congestion_ops *ops,
		       int (*reg)(struct tcp_congestion_ops *ops))
{
	int err = reg(ops);

	if (err == -EEXIST) {
		r->left_out[r->nr_left_out++] = ops;
		return 0;
	}
	if (err)
		return err;
	r->registered[r->nr] = ops;
	/* pairs with smp_load_acquire() in registry.c */
	smp_store_release(&r->nr, r->nr + 1);
	return 0;
}

/**
 * tcpdiag_roster_empty() - unregister all that is registered, last one first
 * @r: the roster
 * @unreg: tcp_unregister_congestion_control(), or a test's substitute
 *
 * Those that were left out belong to somebody else's name: they are not
 * touched.
 *
 * Context: process.
 */
void tcpdiag_roster_empty(struct tcpdiag_roster *r,
			  void (*unreg)(struct tcp_congestion_ops *ops))
{
	unsigned int nr;

	for (nr = r->nr; nr; nr--) {
		WRITE_ONCE(r->nr, nr - 1);
		unreg(r->registered[nr - 1]);
	}
}

/**
 * tcpdiag_roster_left_out() - names of the algorithms that were left out
 * @r: the roster
 * @text: the result: "aimd, bbr3"; empty if there are none
 * @size: its size; TCPDIAG_ROSTER_TEXT is enough
 *
 * Context: any.
 */
void tcpdiag_roster_left_out(const struct tcpdiag_roster *r, char *text,
			     size_t size)
{
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < r->nr_left_out; i++) {
		if (i)
			strlcat(text, ", ", size);
		strlcat(text, r->left_out[i]->name, size);
	}
}
