// SPDX-License-Identifier: GPL-2.0
/*
 * ab_split: assigns each new connection to one of the module's algorithms, by
 * weights, so that they can be compared on live traffic.
 *
 * Model: a random trial. Its subjects are connections and its arms the
 * algorithms handed to tcpdiag_ab_split_init(). Chance assigns: which arm a
 * connection gets depends on nothing that could also decide how it fares.
 *
 *   socket, SYN_SENT, listener          connection
 *     ops: ab_split  -------------------> ops: the arm's own
 *                     init(): hash of the two ends and a secret,
 *                     on the namespace's weights (ab_weights.c)
 *
 * TCP calls init() when a handshake ends, and when a socket option or a BPF
 * program chooses ab_split for a socket that is connecting or connected: its
 * addresses and ports are known by then. init() puts the arm's operations in
 * place of these and calls the arm's init(), so from then on the connection is
 * the arm's: `ss -ti` and TCP_CONGESTION show the arm. The reference that the
 * socket holds is to the module, which is the same, so it goes over.
 *
 *   listener       TCP calls no init(); it stays with ab_split, and so do its
 *                  children up to the end of their own handshakes
 *   release()      none here: there is nothing of ab_split to let go of. An
 *                  assigned socket's is the arm's
 *   private state  none, so it reaches the arm as TCP left it: all zero
 *   disconnect     TCP calls the arm's release() and keeps its operations: a
 *                  descriptor that is used again stays with the arm
 *   ECN            the arm is chosen when ECN has been negotiated, so an arm
 *                  that asks for it (TCP_CONG_NEEDS_ECN) is in the place of
 *                  one set in mid-connection: its init() has to look
 *
 * The same ends give the same arm while weights and secret do not change, so
 * setting ab_split again does not move a connection. The two ends of one on
 * the same machine are assigned independently.
 *
 * Before init(), a SYN may be repeated or its loss undone: as in RFC 5681, by
 * the kernel's Reno.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "compat.h"
#include "conn/conn.h"
#include "store/addr.h"
#include "store/net.h"
#include "ab_weights.h"
#include "cc_algos.h"
#include "reno.h"

/* Of a word that is refused, so much is logged. */
#define LOGGED_CHARS	32

/* Drawn at load: nobody outside can choose an arm by choosing ports. */
static siphash_key_t secret __read_mostly;

/* The algorithms to choose among; set once, before ab_split is registered. */
static const struct tcp_congestion_ops *arms[TCPDIAG_AB_ARMS] __read_mostly;
static unsigned int nr_arms __read_mostly;

/* serializes writers of any namespace's weights */
static DEFINE_MUTEX(weights_lock);

static const struct tcp_congestion_ops *arm_for(struct sock *sk)
{
	const struct tcpdiag_net *tn;
	struct tcpdiag_addr addr;
	unsigned int i;

	tcpdiag_addr_read(sk, &addr);
	rcu_read_lock();
	tn = tcpdiag_net(sock_net(sk));
	i = tcpdiag_ab_choose(tn ? rcu_dereference(tn->ab_weights) : NULL,
			      nr_arms, tcpdiag_ab_hash(&addr, &secret));
	rcu_read_unlock();
	return arms[i];
}

/* The arm's init() comes last: it may put yet another in its own place. */
static void ab_split_init(struct sock *sk)
{
	const struct tcp_congestion_ops *arm = arm_for(sk);

	WRITE_ONCE(inet_csk(sk)->icsk_ca_ops, arm);
	if (arm->init)
		arm->init(sk);
	tcpdiag_conn_cc_changed(sk);
}

struct tcp_congestion_ops tcpdiag_ab_split = {
	.name		= "ab_split",
	.owner		= THIS_MODULE,
	.init		= ab_split_init,
	TCPDIAG_RENO_OPS,
};

/**
 * tcpdiag_ab_split_init() - set the arms and draw the secret
 * @algos: operations of the arms; registered, and so until ab_split is
 *	unregistered
 * @n: how many, at most TCPDIAG_AB_ARMS
 *
 * To be called once, before ab_split is registered.
 *
 * Context: process.
 */
void tcpdiag_ab_split_init(struct tcp_congestion_ops *const *algos,
			   unsigned int n)
{
	unsigned int i;

	get_random_bytes(&secret, sizeof(secret));
	for (i = 0; i < n; i++)
		arms[i] = algos[i];
	/* a reader of the sysctl may be there already, see arm_names() */
	smp_store_release(&nr_arms, n);
}

static unsigned int arm_names(const char **names)
{
	/* pairs with smp_store_release() in tcpdiag_ab_split_init() */
	unsigned int i, n = smp_load_acquire(&nr_arms);

	for (i = 0; i < n; i++)
		names[i] = arms[i]->name;
	return n;
}

/* The word comes from a user, so what is not printable is escaped. */
static void log_refusal(const struct tcpdiag_ab_error *error,
			const char *const *names, unsigned int n)
{
	char list[TCPDIAG_AB_TEXT] = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		strlcat(list, " ", sizeof(list));
		strlcat(list, names[i], sizeof(list));
	}
	pr_notice_ratelimited("tcpdiag: ab_weights unchanged: %s%s%*pE; allowed is NAME=WEIGHT, blank, NAME=WEIGHT ..., with names of%s, each at most once, weights 0 to %u, not all 0\n",
			      error->what, error->len ? ": " : "",
			      min(error->len, LOGGED_CHARS), error->word, list,
			      TCPDIAG_AB_WEIGHT_MAX);
}

static int write_weights(struct tcpdiag_ab_weights __rcu **slot,
			 const char *text, size_t len)
{
	const char *names[TCPDIAG_AB_ARMS];
	unsigned int n = arm_names(names);
	struct tcpdiag_ab_weights *weights;
	struct tcpdiag_ab_error error;
	int err;

	weights = kmalloc(sizeof(*weights), GFP_KERNEL_ACCOUNT);
	if (!weights)
		return -ENOMEM;
	err = tcpdiag_ab_weights_parse(text, len, names, n, weights, &error);
	if (err) {
		log_refusal(&error, names, n);
		kfree(weights);
		return err;
	}
	mutex_lock(&weights_lock);
	weights = rcu_replace_pointer(*slot, weights,
				      lockdep_is_held(&weights_lock));
	mutex_unlock(&weights_lock);
	kfree_rcu(weights, rcu);
	return 0;
}

static int read_weights(struct tcpdiag_ab_weights __rcu **slot,
			void *buffer, size_t *lenp, loff_t *ppos)
{
	const char *names[TCPDIAG_AB_ARMS];
	unsigned int n = arm_names(names);
	char text[TCPDIAG_AB_TEXT];
	struct ctl_table whole = { .data = text, .maxlen = sizeof(text) };

	rcu_read_lock();
	tcpdiag_ab_weights_format(text, sizeof(text), names, n,
				  rcu_dereference(*slot));
	rcu_read_unlock();
	return proc_dostring(&whole, 0, buffer, lenp, ppos);
}

/**
 * tcpdiag_ab_weights_sysctl() - net.tcpdiag.ab_weights is read or written
 * @table: its data is the address of a namespace's weights
 * @write: whether it is written
 * @buffer: the text, of the kernel's memory
 * @lenp: its length; what a read gave
 * @ppos: place in the file; a write is accepted at the beginning only, for a
 *	part of the weights means nothing
 *
 * Context: process.
 * Return: 0, -EINVAL with the weights as they were, or -ENOMEM.
 */
int tcpdiag_ab_weights_sysctl(TCPDIAG_CTL_CONST struct ctl_table *table,
			      int write, void *buffer, size_t *lenp,
			      loff_t *ppos)
{
	struct tcpdiag_ab_weights __rcu **slot = table->data;
	int err;

	if (!write)
		return read_weights(slot, buffer, lenp, ppos);
	if (*ppos)
		return -EINVAL;
	err = write_weights(slot, buffer, *lenp);
	if (!err)
		*ppos += *lenp;
	return err;
}

/**
 * tcpdiag_ab_split_net_exit() - free a namespace's weights
 * @tn: the namespace; no sysctl of it is left, and a grace period has passed
 *	since tcpdiag_net() gave it last
 */
void tcpdiag_ab_split_net_exit(struct tcpdiag_net *tn)
{
	kfree(rcu_dereference_protected(tn->ab_weights, true));
}

MODULE_ALIAS("tcp_ab_split");
