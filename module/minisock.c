// SPDX-License-Identifier: GPL-2.0
/*
 * Minisockets: the stand-ins that the kernel keeps for TIME_WAIT, for an
 * orphaned FIN_WAIT2, and (NEW_SYN_RECV) for a handshake on the server.
 *
 * None of them has a state event. A timewait minisocket is seen when it takes
 * a full socket's place in the hash table, when its timer is rearmed (which
 * is how FIN_WAIT2 becomes TIME_WAIT), and when it is freed; its node carries
 * the stay on. A minisocket that got no node is counted as TIME_WAIT for all
 * its life, so that nothing drifts. Of requests only the beginning is hooked.
 */
#include <linux/jiffies.h>
#include <net/inet_timewait_sock.h>

#include "tcpdiag.h"

static struct tcpdiag_node *new_node(const struct inet_timewait_sock *tw,
				     struct tcpdiag_shard *shard,
				     bool *refused)
{
	struct tcpdiag_node *node;

	node = tcpdiag_table_new_mini(GFP_ATOMIC, refused);
	if (!node)
		return NULL;
	node->key = tw;
	node->shard = shard;
	node->role = TCPDIAG_ROLE_UNKNOWN;
	node->cc = TCPDIAG_CC_SLOTS;
	node->flags = TCPDIAG_F_MINI;
	node->listener_port = 0;
	return node;
}

/**
 * tcpdiag_minisock_begin() - a minisocket takes a full socket's place
 * @tw: the minisocket, not yet in the hash table; tw_substate is its state
 * @sk: the full socket, locked; its change to CLOSE follows
 *
 * Context: softirq or process, interrupts off, RCU held.
 */
void tcpdiag_minisock_begin(struct inet_timewait_sock *tw, struct sock *sk)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(sk));
	unsigned int old = sk->sk_state, to = tw->tw_substate;
	struct tcpdiag_node *from, *node;
	struct tcpdiag_shard *shard;
	bool refused;
	u64 now;

	if (unlikely(!tn))
		return;
	from = tcpdiag_table_find(sk);
	shard = from ? from->shard : tcpdiag_account_shard(tn);
	if (unlikely(!shard))
		return;
	node = new_node(tw, shard, &refused);
	if (unlikely(!node))
		to = TCP_TIME_WAIT;
	now = ktime_get_ns();
	spin_lock(&shard->lock);
	if (old != to)
		shard->moves[old][to]++;
	if (likely(node))
		shard->minis++;
	else
		tcpdiag_account_missed(shard, refused);
	if (likely(from)) {
		if (node && old == to)
			node->flags |= from->flags & TCPDIAG_F_EST_STAY;
		now = tcpdiag_conn_hand_off(from, sk, to, now);
	} else {
		/* undoes what the event of @sk's CLOSE, to follow, counts */
		shard->moves[old][TCP_CLOSE]--;
	}
	if (likely(node))
		tcpdiag_account_enter(shard, node, to, now);
	spin_unlock(&shard->lock);
	if (likely(node))
		tcpdiag_table_add(node);
}

/* FIN_WAIT2 has become TIME_WAIT, unless that was seen already. */
static void begin_time_wait(struct tcpdiag_node *node)
{
	struct tcpdiag_shard *shard = node->shard;
	u64 now = ktime_get_ns();

	spin_lock(&shard->lock);
	if (node->state == TCP_FIN_WAIT2) {
		tcpdiag_account_stay(shard, node, now);
		shard->moves[TCP_FIN_WAIT2][TCP_TIME_WAIT]++;
		tcpdiag_account_enter(shard, node, TCP_TIME_WAIT, now);
	}
	spin_unlock(&shard->lock);
}

/**
 * tcpdiag_minisock_rearm() - a minisocket's timer starts again
 * @tw: the minisocket; tw_substate is its state from now on
 *
 * Context: softirq, interrupts off, RCU held.
 */
void tcpdiag_minisock_rearm(struct inet_timewait_sock *tw)
{
	struct tcpdiag_node *node;

	if (READ_ONCE(tw->tw_substate) != TCP_TIME_WAIT)
		return;
	/* pairs with the one in tcpdiag_minisock_adopt() */
	smp_mb();
	node = tcpdiag_table_find(tw);
	if (node && READ_ONCE(node->state) == TCP_FIN_WAIT2)
		begin_time_wait(node);
}

static void end_unknown(struct inet_timewait_sock *tw, struct tcpdiag_net *tn)
{
	struct tcpdiag_shard *shard = tcpdiag_account_shard(tn);
	bool older = tcpdiag_walking();
	unsigned int state = older ? tw->tw_substate : TCP_TIME_WAIT;

	if (!shard)
		return;
	spin_lock(&shard->lock);
	shard->moves[state][TCP_CLOSE]++;
	if (older)
		shard->preexisting[state]++;
	spin_unlock(&shard->lock);
}

/**
 * tcpdiag_minisock_end() - a timewait minisocket is freed
 * @tw: the minisocket, without any reference left
 *
 * Context: softirq or process, interrupts off, RCU held.
 */
void tcpdiag_minisock_end(struct inet_timewait_sock *tw)
{
	struct tcpdiag_net *tn = tcpdiag_net(twsk_net(tw));
	struct tcpdiag_shard *shard;
	struct tcpdiag_node *node;

	if (unlikely(!tn))
		return;
	node = tcpdiag_table_find(tw);
	if (unlikely(!node)) {
		end_unknown(tw, tn);
		return;
	}
	tcpdiag_table_del(node);
	shard = node->shard;
	spin_lock(&shard->lock);
	shard->moves[node->state][TCP_CLOSE]++;
	tcpdiag_account_stay(shard, node, ktime_get_ns());
	shard->minis--;
	spin_unlock(&shard->lock);
	tcpdiag_table_free(node);
}

/**
 * tcpdiag_minisock_entered_ns() - since when a minisocket has been in its state
 * @tw: a timewait minisocket that is older than the module
 *
 * Its timer tells: a TIME_WAIT lasts TCP_TIMEWAIT_LEN (60 s), an orphaned
 * FIN_WAIT2 net.ipv4.tcp_fin_timeout.
 *
 * Return: an estimate in terms of ktime_get_ns().
 */
u64 tcpdiag_minisock_entered_ns(const struct inet_timewait_sock *tw)
{
	long length = TCP_TIMEWAIT_LEN;
	u64 now = tcpdiag_loaded_ns();
	long age;

	if (READ_ONCE(tw->tw_substate) == TCP_FIN_WAIT2)
		length = READ_ONCE(twsk_net(tw)->ipv4.sysctl_tcp_fin_timeout);
	age = length - (long)(READ_ONCE(tw->tw_timer.expires) - jiffies);
	if (age <= 0)
		return now;
	return now - min(now, jiffies64_to_nsecs(age));
}

/**
 * tcpdiag_minisock_adopt() - take in a minisocket older than the module
 * @tw: a timewait minisocket that is in the hash table, which is locked
 *
 * Callers go from the shortest stay to the longest, as for
 * tcpdiag_conn_adopt().
 *
 * Context: process, in the walk, interrupts on, RCU held.
 */
void tcpdiag_minisock_adopt(struct inet_timewait_sock *tw)
{
	struct tcpdiag_net *tn = tcpdiag_net(twsk_net(tw));
	struct tcpdiag_shard *shard;
	struct tcpdiag_node *node;
	unsigned int state;
	bool refused;

	if (!tn || tcpdiag_table_find(tw))
		return;
	shard = tcpdiag_account_shard(tn);
	if (!shard) {
		tcpdiag_set_approximate();
		return;
	}
	node = new_node(tw, shard, &refused);
	state = node ? READ_ONCE(tw->tw_substate) : TCP_TIME_WAIT;
	local_irq_disable();
	spin_lock(&shard->lock);
	shard->preexisting[state]++;
	if (node) {
		node->flags |= TCPDIAG_F_EST_STAY | TCPDIAG_F_EST_AGE;
		shard->minis++;
		tcpdiag_account_enter(shard, node, state,
				      tcpdiag_minisock_entered_ns(tw));
		list_move(&node->age, &shard->age[state]);
	} else {
		tcpdiag_account_missed(shard, refused);
	}
	spin_unlock(&shard->lock);
	if (node) {
		tcpdiag_table_add(node);
		/*
		 * FIN_WAIT2 may become TIME_WAIT meanwhile. Either the hook of
		 * that finds the node, or we find the new sub-state here.
		 */
		smp_mb();
		if (READ_ONCE(tw->tw_substate) == TCP_TIME_WAIT)
			begin_time_wait(node);
	}
	local_irq_enable();
}

/**
 * tcpdiag_minisock_request() - a listener takes a handshake into its queue
 * @listener: the listening socket
 *
 * Context: softirq, interrupts off, RCU held.
 */
void tcpdiag_minisock_request(struct sock *listener)
{
	struct tcpdiag_net *tn = tcpdiag_net(sock_net(listener));
	struct tcpdiag_shard *shard;

	if (unlikely(!tn))
		return;
	shard = tcpdiag_account_shard(tn);
	if (unlikely(!shard))
		return;
	spin_lock(&shard->lock);
	shard->moves[TCP_LISTEN][TCP_NEW_SYN_RECV]++;
	spin_unlock(&shard->lock);
}
