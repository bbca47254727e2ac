// SPDX-License-Identifier: GPL-2.0
/*
 * ab_split: assigns each new connection to one of the module's algorithms, by
 * weights, so that they can be compared on live traffic.
 *
 * Model: a randomized trial. Its subjects are connections, its arms are the
 * algorithms handed to tcpdiag_ab_split_init(). The assignment is random, so it
 * does not depend on anything that also affects how a connection performs.
 *
 *   socket, SYN_SENT, listener          connection
 *     ops: ab_split  -------------------> ops: the arm's own
 *                     init(): by the namespace's weights and a hash of
 *                     the two ends and a secret (ab_weights.c)
 *
 * TCP calls init() when a handshake ends, and when a socket option or a BPF
 * program selects ab_split for a socket that is connecting or connected. The
 * addresses and ports are known by then. init() replaces the socket's
 * operations by the arm's and calls the arm's init(). From then on the
 * connection belongs to the arm: `ss -ti` and TCP_CONGESTION show the arm's
 * name. The socket's reference to the module stays valid, because the module is
 * the same.
 *
 *   listener       TCP does not call init(). The listener keeps ab_split, and
 *                  its children do until their own handshakes end
 *   release()      not needed: ab_split allocates nothing. An assigned socket
 *                  has the release() of its arm
 *   private state  none, so the arm finds it all zero, as TCP left it
 *   disconnect     TCP calls the arm's release() and keeps the arm's
 *                  operations, so a descriptor that is reused keeps its arm
 *   ECN            was negotiated before the arm is chosen. An arm that needs it
 *                  (TCP_CONG_NEEDS_ECN) must check for it in init(), as if the
 *                  arm had been selected in mid-connection
 *
 * The same ends get the same arm as long as weights and secret do not change,
 * so setting ab_split again does not move a connection. If both ends of a
 * connection are on this machine, each is assigned independently.
 *
 * Before init(), TCP may retransmit a SYN, or undo the response to its loss.
 * Then ab_split does what Reno does (RFC 5681).
 */
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/sysctl.h>

#include "compat.h"
#include "conn/conn.h"
#include "store/addr.h"
#include "store/log.h"
#include "store/net.h"
#include "ab_weights.h"
#include "cc_algos.h"
#include "reno.h"

/* Drawn at load, so that no peer can choose an arm by its choice of ports. */
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

/* The arm's init() is called last: it may replace the operations once more. */
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
	/* the sysctl exists already and may be in use, see arm_names() */
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

/* The text that was refused is not repeated: it could hold anything. */
static void log_refusal(const struct tcpdiag_ab_error *error,
			const char *const *names, unsigned int n)
{
	char list[TCPDIAG_AB_TEXT] = "";
	char word[sizeof(" in word 4294967295")] = "";
	unsigned int i;

	for (i = 0; i < n; i++) {
		strlcat(list, " ", sizeof(list));
		strlcat(list, names[i], sizeof(list));
	}
	if (error->word)
		scnprintf(word, sizeof(word), " in word %u", error->word);
	pr_notice_ratelimited("tcpdiag: net.tcpdiag.ab_weights must be NAME=WEIGHT, blank, NAME=WEIGHT ..., with names of%s, each at most once, weights 0 to %u, not all 0: %s%s\n",
			      list, TCPDIAG_AB_WEIGHT_MAX, error->what, word);
}

static int refuse_part(void)
{
	struct tcpdiag_ab_error error = {
		.what = "written from the middle of the file",
	};
	const char *names[TCPDIAG_AB_ARMS];
	unsigned int n = arm_names(names);

	if (tcpdiag_log_is_for_writer())
		log_refusal(&error, names, n);
	return -EINVAL;
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
		if (tcpdiag_log_is_for_writer())
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
 * @table: the data is the address of a namespace's weights
 * @write: true for a write
 * @buffer: the text, in kernel memory
 * @lenp: length of the text; after a read, what was read
 * @ppos: position in the file. A write must begin at 0: a part of the weights
 *	has no meaning
 *
 * Context: process.
 * Return: 0; -EINVAL or -ENOMEM, with the weights unchanged.
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
		return refuse_part();
	err = write_weights(slot, buffer, *lenp);
	if (!err)
		*ppos += *lenp;
	return err;
}

/**
 * tcpdiag_ab_split_net_exit() - free a namespace's weights
 * @tn: the namespace; its sysctls are gone, and a grace period has passed since
 *	tcpdiag_net() last returned it
 *
 * Context: process.
 */
void tcpdiag_ab_split_net_exit(struct tcpdiag_net *tn)
{
	kfree(rcu_dereference_protected(tn->ab_weights, true));
}

MODULE_ALIAS("tcp_ab_split");
