/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The generic netlink family: dumps any view, the summary, and events.
 */
#ifndef TCPDIAG_NETLINK_H
#define TCPDIAG_NETLINK_H

#include <linux/timekeeping.h>
#include <linux/types.h>
#include <net/netlink.h>

struct genl_family;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;
struct tcpdiag_end;
struct tcpdiag_reader;
struct tcpdiag_row;
struct tcpdiag_wanted;
struct tcpdiag_watcher;

/* Every set of attributes has its padding here; the spec sees to that. */
#define TCPDIAG_A_PAD	1

static inline int tcpdiag_netlink_put_u64(struct sk_buff *skb, u8 attr,
					  u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, TCPDIAG_A_PAD);
}

/* The time of an event, ktime_get_ns(), on the clock that messages have. */
static inline u64 tcpdiag_netlink_real_us(u64 ns)
{
	return ktime_to_us(ktime_mono_to_any(ns_to_ktime(ns), TK_OFFS_REAL));
}

/* Indexes of the family's multicast groups. */
enum {
	TCPDIAG_NETLINK_FINDINGS,
};

extern struct genl_family tcpdiag_nl_family;

/* finding.c */
extern const struct tcpdiag_watcher tcpdiag_netlink_watcher;

/* family.c */
int tcpdiag_netlink_init(void);
void tcpdiag_netlink_exit(void);
int tcpdiag_netlink_reader(struct tcpdiag_reader *reader,
			   const struct sk_buff *request);

/* cells.c */
int tcpdiag_netlink_put_row(struct sk_buff *skb, const struct tcpdiag_row *row,
			    u64 columns);
int tcpdiag_netlink_put_end(struct sk_buff *skb, u8 attr,
			    const struct tcpdiag_end *end);

/* request.c */
int tcpdiag_netlink_parse(struct tcpdiag_wanted *wanted,
			  const struct tcpdiag_reader *reader,
			  struct nlattr *const *attrs,
			  struct netlink_ext_ack *extack);
int tcpdiag_netlink_parse_events(struct tcpdiag_wanted *wanted,
				 const struct tcpdiag_reader *reader,
				 const struct nlattr *filter, u32 allowed,
				 struct netlink_ext_ack *extack);

#endif /* TCPDIAG_NETLINK_H */
