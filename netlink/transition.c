// SPDX-License-Identifier: GPL-2.0
/*
 * The stream transitions: changes of state of connections.
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <net/netlink.h>

#include "model/fsm.h"
#include "model/transition.h"
#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "store/queue.h"
#include "store/record.h"
#include "view/view.h"

/* Events that wait for one subscriber: some 130 KiB. */
#define ROOM	1024

static int put_ends(struct sk_buff *skb, const struct tcpdiag_transition *t)
{
	struct tcpdiag_end end = {
		.v6 = t->v6,
		.v6only = t->v6only,
		.addr = t->addr.local,
		.port = t->addr.lport,
	};
	int err;

	err = tcpdiag_netlink_put_end(skb, TCPDIAG_A_TRANSITION_EVENT_LOCAL,
				      &end);
	end.addr = t->addr.remote;
	end.port = t->addr.rport;
	return err ?:
	       tcpdiag_netlink_put_end(skb, TCPDIAG_A_TRANSITION_EVENT_REMOTE,
				       &end);
}

static int put_role(struct sk_buff *skb, const struct tcpdiag_transition *t)
{
	static const char *const names[] = {
		[TCPDIAG_ROLE_ACTIVE]	= "active",
		[TCPDIAG_ROLE_PASSIVE]	= "passive",
		[TCPDIAG_ROLE_LISTENER]	= "listener",
	};

	return t->role == TCPDIAG_ROLE_UNKNOWN ? 0 :
	       nla_put_string(skb, TCPDIAG_A_TRANSITION_EVENT_ROLE,
			      names[t->role]);
}

static int put_owner(struct sk_buff *skb, const struct tcpdiag_transition *t)
{
	if (t->pid &&
	    tcpdiag_netlink_put_u64(skb, TCPDIAG_A_TRANSITION_EVENT_PID,
				    t->pid))
		return -EMSGSIZE;
	if (*t->comm &&
	    nla_put_string(skb, TCPDIAG_A_TRANSITION_EVENT_COMM, t->comm))
		return -EMSGSIZE;
	return t->uid == TCPDIAG_TRANSITION_NO_UID ? 0 :
	       tcpdiag_netlink_put_u64(skb, TCPDIAG_A_TRANSITION_EVENT_UID,
				       t->uid);
}

static int put_stay(struct sk_buff *skb, const struct tcpdiag_transition *t)
{
	u64 us = div_u64(t->stay_ns, NSEC_PER_USEC);

	return t->stay_ns == TCPDIAG_TRANSITION_NO_STAY ? 0 :
	       tcpdiag_netlink_put_u64(skb,
				       TCPDIAG_A_TRANSITION_EVENT_IN_STATE_US,
				       us);
}

static int put_event(struct sk_buff *skb, const void *event)
{
	const struct tcpdiag_transition *t = event;

	if (tcpdiag_netlink_put_u64(skb, TCPDIAG_A_TRANSITION_EVENT_TIME_US,
				    tcpdiag_netlink_real_us(t->ns)) ||
	    tcpdiag_netlink_put_u64(skb, TCPDIAG_A_TRANSITION_EVENT_COOKIE,
				    t->cookie) ||
	    put_ends(skb, t) ||
	    nla_put_string(skb, TCPDIAG_A_TRANSITION_EVENT_FROM,
			   tcpdiag_fsm_state_name(t->from)) ||
	    nla_put_string(skb, TCPDIAG_A_TRANSITION_EVENT_TO,
			   tcpdiag_fsm_state_name(t->to)) ||
	    put_stay(skb, t) ||
	    put_role(skb, t))
		return -EMSGSIZE;
	return put_owner(skb, t);
}

static int begin(struct net *net)
{
	static_branch_deferred_inc(&tcpdiag_queue_transitions);
	return 0;
}

static void end(struct net *net)
{
	static_branch_slow_dec_deferred(&tcpdiag_queue_transitions);
}

/* Whoever sees an event has no more than its socket and its record. */
#define CONDITIONS	((u32)~(TCPDIAG_WANTED(CGROUP) | TCPDIAG_WANTED(CC)))

const struct tcpdiag_streamed tcpdiag_streamed_transitions = {
	.stream = TCPDIAG_STREAM_TRANSITIONS,
	.cmd = TCPDIAG_CMD_TRANSITION_EVENT,
	.lost_attr = TCPDIAG_A_TRANSITION_EVENT_LOST,
	.conditions = CONDITIONS,
	.size = sizeof(struct tcpdiag_transition),
	.room = ROOM,
	.begin = begin,
	.end = end,
	.put_event = put_event,
};
