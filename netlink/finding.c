// SPDX-License-Identifier: GPL-2.0
/*
 * The multicast group `findings`: tells who listens in a namespace when one of
 * its findings is raised, changed or cleared (diagnose/standing.h).
 */
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>

#include "diagnose/standing.h"
#include "diagnose/watch.h"
#include "netlink/netlink.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/net.h"

/* Room for it: the sentence has at most 1 KiB, the rest together a quarter of it. */
#define MESSAGE_SIZE	1536

static bool listens(struct net *net)
{
	return genl_has_listeners(&tcpdiag_nl_family, net,
				  TCPDIAG_NETLINK_FINDINGS);
}

/*
 * The worker's pids are those of the host. Who owns a namespace of another user
 * namespace must not learn them, so it is not told the sentence.
 */
static const char *what_for(const struct net *net,
			    const struct tcpdiag_change *change)
{
	return net->user_ns == &init_user_ns ? change->what : NULL;
}

static int put_change(struct sk_buff *skb, const struct net *net,
		      const struct tcpdiag_change *change)
{
	const struct tcpdiag_watched *w = change->watched;
	const char *what = what_for(net, change);

	if (nla_put_string(skb, TCPDIAG_A_FINDING_EVENT_EVENT, change->event) ||
	    tcpdiag_netlink_put_u64(skb, TCPDIAG_A_FINDING_EVENT_TIME_US,
				    ktime_to_us(ktime_get_real())) ||
	    nla_put_string(skb, TCPDIAG_A_FINDING_EVENT_SEVERITY,
			   tcpdiag_findings_severity_name(w->severity)) ||
	    nla_put_string(skb, TCPDIAG_A_FINDING_EVENT_CODE, w->code) ||
	    (*w->subject && nla_put_string(skb, TCPDIAG_A_FINDING_EVENT_SUBJECT,
					   w->subject)) ||
	    (what && nla_put_string(skb, TCPDIAG_A_FINDING_EVENT_WHAT, what)) ||
	    tcpdiag_netlink_put_u64(skb, TCPDIAG_A_FINDING_EVENT_STOOD_US,
				    div_u64(change->now - w->since_ns,
					    NSEC_PER_USEC)))
		return -EMSGSIZE;
	return change->lost ?
	       tcpdiag_netlink_put_u64(skb, TCPDIAG_A_FINDING_EVENT_LOST,
				       change->lost) : 0;
}

static int put_message(struct sk_buff *skb, const struct net *net,
		       const struct tcpdiag_change *change)
{
	void *message = genlmsg_put(skb, 0, 0, &tcpdiag_nl_family, 0,
				    TCPDIAG_CMD_FINDING_EVENT);

	if (!message || put_change(skb, net, change))
		return -EMSGSIZE;
	genlmsg_end(skb, message);
	return 0;
}

/* Whose buffer is full is told so by the core (ENOBUFS). */
static bool tell(const void *who, const struct tcpdiag_change *change)
{
	struct net *net = (struct net *)who;
	struct sk_buff *skb = genlmsg_new(MESSAGE_SIZE, TCPDIAG_GFP);

	if (!skb)
		return false;
	if (WARN_ON_ONCE(put_message(skb, net, change))) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_multicast_netns(&tcpdiag_nl_family, net, skb, 0,
				TCPDIAG_NETLINK_FINDINGS, GFP_KERNEL);
	return true;
}

const struct tcpdiag_watcher tcpdiag_netlink_watcher = {
	.listens = listens,
	.tell = tell,
};
