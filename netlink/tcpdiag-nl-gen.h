/* SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause) */
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/tcpdiag.yaml */
/* YNL-GEN kernel header */

#ifndef _LINUX_TCPDIAG_GEN_H
#define _LINUX_TCPDIAG_GEN_H

#include <net/netlink.h>
#include <net/genetlink.h>

#include <uapi/linux/tcpdiag.h>
#include <compat.h>

/* Common nested types */
extern const struct nla_policy tcpdiag_filter_nl_policy[TCPDIAG_A_FILTER_CC + 1];
extern const struct nla_policy tcpdiag_prefix_nl_policy[TCPDIAG_A_PREFIX_LEN + 1];

/* Ops table for tcpdiag */
extern const struct genl_split_ops tcpdiag_nl_ops[20];

int tcpdiag_nl_dump_start(struct netlink_callback *cb);
int tcpdiag_nl_sockets_start(struct netlink_callback *cb);
int tcpdiag_nl_dump_done(struct netlink_callback *cb);

int tcpdiag_nl_get_doit(struct sk_buff *skb, struct genl_info *info);
int tcpdiag_nl_states_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_transitions_dumpit(struct sk_buff *skb,
				  struct netlink_callback *cb);
int tcpdiag_nl_histograms_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int tcpdiag_nl_sockets_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_close_wait_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int tcpdiag_nl_congestion_dumpit(struct sk_buff *skb,
				 struct netlink_callback *cb);
int tcpdiag_nl_listeners_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int tcpdiag_nl_handshake_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int tcpdiag_nl_time_wait_dumpit(struct sk_buff *skb,
				struct netlink_callback *cb);
int tcpdiag_nl_ports_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_findings_dumpit(struct sk_buff *skb,
			       struct netlink_callback *cb);
int tcpdiag_nl_self_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_subscribe_doit(struct sk_buff *skb, struct genl_info *info);
int tcpdiag_nl_unsubscribe_doit(struct sk_buff *skb, struct genl_info *info);
int tcpdiag_nl_trace_doit(struct sk_buff *skb, struct genl_info *info);
int tcpdiag_nl_history_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_resets_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_stalls_dumpit(struct sk_buff *skb, struct netlink_callback *cb);
int tcpdiag_nl_flows_dumpit(struct sk_buff *skb, struct netlink_callback *cb);

#endif /* _LINUX_TCPDIAG_GEN_H */
