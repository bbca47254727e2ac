// SPDX-License-Identifier: GPL-2.0
/*
 * The source of the stream segments: hooks of Netfilter, IPv4 and IPv6, in the
 * namespaces where a trace runs and only while it does.
 *
 * A segment is seen as TCP sees it: on its way out before any rule, on its way in
 * after all of them. So addresses are those of the socket, whatever NAT does; a
 * segment that a rule drops on its way out is seen, one that it drops on its way
 * in is not.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/skbuff.h>
#include <linux/tcp.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "model/segment.h"
#include "model/wanted.h"
#include "netlink/subscriber.h"
#include "store/net.h"
#include "store/queue.h"

/* Where the TCP header begins; negative if there is none in this packet. */
static int read_ipv4(struct tcpdiag_segment *s, const struct sk_buff *skb)
{
	int at = skb_network_offset(skb);
	const struct iphdr *ip;
	struct iphdr buf;

	ip = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!ip || ip->ihl < 5 || ip->protocol != IPPROTO_TCP ||
	    ip->frag_off & htons(IP_OFFSET))
		return -EINVAL;
	if (!ip_is_fragment(ip))
		s->known |= TCPDIAG_SEGMENT_LEN;
	s->addr.local.s6_addr32[0] = s->out ? ip->saddr : ip->daddr;
	s->addr.remote.s6_addr32[0] = s->out ? ip->daddr : ip->saddr;
	return at + ip->ihl * 4;
}

static int read_ipv6(struct tcpdiag_segment *s, const struct sk_buff *skb)
{
	int at = skb_network_offset(skb);
	const struct ipv6hdr *ip;
	struct ipv6hdr buf;
	__be16 fragment = 0;
	u8 protocol;

	ip = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!ip)
		return -EINVAL;
	protocol = ip->nexthdr;
	at = ipv6_skip_exthdr(skb, at + sizeof(*ip), &protocol, &fragment);
	if (at < 0 || protocol != IPPROTO_TCP || fragment & htons(IP6_OFFSET))
		return -EINVAL;
	if (!(fragment & htons(IP6_MF)))
		s->known |= TCPDIAG_SEGMENT_LEN;
	s->v6 = true;
	s->addr.local = s->out ? ip->saddr : ip->daddr;
	s->addr.remote = s->out ? ip->daddr : ip->saddr;
	return at;
}

/* TCP drops a segment whose header is not whole, too. */
static int read_tcp(struct tcpdiag_segment *s, const struct sk_buff *skb, int at)
{
	u8 options[TCPDIAG_SEGMENT_OPTIONS];
	unsigned int header;
	const struct tcphdr *th;
	struct tcphdr buf;
	const u8 *p;

	th = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!th)
		return -EINVAL;
	header = th->doff * 4;
	if (header < sizeof(buf) || header > skb->len - at)
		return -EINVAL;
	tcpdiag_segment_header(s, th);
	if (s->known & TCPDIAG_SEGMENT_LEN)
		s->len = skb->len - at - header;
	p = skb_header_pointer(skb, at + sizeof(buf), header - sizeof(buf),
			       options);
	if (p)
		tcpdiag_segment_options(s, p, header - sizeof(buf));
	return 0;
}

static int read_segment(struct tcpdiag_segment *s, const struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	int at;

	*s = (struct tcpdiag_segment) {
		.at_ns = ktime_get_ns(),
		.out = state->hook == NF_INET_LOCAL_OUT,
		/* a device may not say how many */
		.packets = max_t(u16, skb_shinfo(skb)->gso_segs, 1),
	};
	at = state->pf == NFPROTO_IPV4 ? read_ipv4(s, skb) : read_ipv6(s, skb);
	return at < 0 ? at : read_tcp(s, skb, at);
}

static void tell(const struct tcpdiag_net *tn, const struct tcpdiag_segment *s)
{
	struct tcpdiag_queue *q;

	tcpdiag_for_each_queue(q, tn)
		if (q->stream == TCPDIAG_STREAM_SEGMENTS &&
		    tcpdiag_wanted_addr(&q->wanted, s->v6, &s->addr))
			tcpdiag_queue_put_limited(q, s, s->at_ns);
}

static unsigned int hear(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const struct tcpdiag_net *tn = tcpdiag_net(state->net);
	struct tcpdiag_segment s;

	if (tn && !read_segment(&s, skb, state))
		tell(tn, &s);
	return NF_ACCEPT;
}

static const struct nf_hook_ops hooks[] = {
	{
		.hook = hear,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP_PRI_LAST,
	},
	{
		.hook = hear,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP_PRI_FIRST,
	},
	{
		.hook = hear,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = NF_IP6_PRI_LAST,
	},
	{
		.hook = hear,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = NF_IP6_PRI_FIRST,
	},
};

/**
 * tcpdiag_tap_begin() - one trace more runs in a namespace
 * @net: the namespace
 *
 * Context: process, may sleep; one at a time with tcpdiag_tap_end().
 * Return: 0 or a negative errno.
 */
int tcpdiag_tap_begin(struct net *net)
{
	struct tcpdiag_net *tn = tcpdiag_net(net);
	int err = 0;

	if (!tn->taps)
		err = nf_register_net_hooks(net, hooks, ARRAY_SIZE(hooks));
	if (!err)
		tn->taps++;
	return err;
}

/**
 * tcpdiag_tap_end() - one trace less runs in a namespace
 * @net: the namespace
 *
 * Context: process, may sleep; one at a time with tcpdiag_tap_begin().
 */
void tcpdiag_tap_end(struct net *net)
{
	struct tcpdiag_net *tn = tcpdiag_net(net);

	if (!--tn->taps)
		nf_unregister_net_hooks(net, hooks, ARRAY_SIZE(hooks));
}
