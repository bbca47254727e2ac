// SPDX-License-Identifier: ((GPL-2.0 WITH Linux-syscall-note) OR BSD-3-Clause)
/* Do not edit directly, auto-generated from: */
/*	Documentation/netlink/specs/tcpdiag.yaml */
/* YNL-GEN kernel source */

#include <net/netlink.h>
#include <net/genetlink.h>

#include "tcpdiag-nl-gen.h"

#include <uapi/linux/tcpdiag.h>
#include <compat.h>

/* Common nested types */
const struct nla_policy tcpdiag_filter_nl_policy[TCPDIAG_A_FILTER_CC + 1] = {
	[TCPDIAG_A_FILTER_STATES] = NLA_POLICY_MASK(NLA_U32, 0x1ffe),
	[TCPDIAG_A_FILTER_LOCAL_PORT] = { .type = NLA_U16, },
	[TCPDIAG_A_FILTER_REMOTE_PORT] = { .type = NLA_U16, },
	[TCPDIAG_A_FILTER_LOCAL_PREFIX] = NLA_POLICY_NESTED(tcpdiag_prefix_nl_policy),
	[TCPDIAG_A_FILTER_REMOTE_PREFIX] = NLA_POLICY_NESTED(tcpdiag_prefix_nl_policy),
	[TCPDIAG_A_FILTER_PID] = { .type = NLA_U32, },
	[TCPDIAG_A_FILTER_UID] = { .type = NLA_U32, },
	[TCPDIAG_A_FILTER_CGROUP] = { .type = NLA_U64, },
	[TCPDIAG_A_FILTER_MIN_IN_STATE_US] = { .type = NLA_U64, },
	[TCPDIAG_A_FILTER_CC] = { .type = NLA_NUL_STRING, .len = 15, },
};

const struct nla_policy tcpdiag_prefix_nl_policy[TCPDIAG_A_PREFIX_LEN + 1] = {
	[TCPDIAG_A_PREFIX_ADDR] = { .type = NLA_BINARY, },
	[TCPDIAG_A_PREFIX_LEN] = { .type = NLA_U8, },
};

/* TCPDIAG_CMD_SOCKETS - dump */
static const struct nla_policy tcpdiag_sockets_nl_policy[TCPDIAG_A_SOCKETS_COLUMNS + 1] = {
	[TCPDIAG_A_SOCKETS_FILTER] = NLA_POLICY_NESTED(tcpdiag_filter_nl_policy),
	[TCPDIAG_A_SOCKETS_COLUMNS] = { .type = NLA_U64, },
};

/* TCPDIAG_CMD_SUBSCRIBE - do */
static const struct nla_policy tcpdiag_subscribe_nl_policy[TCPDIAG_A_SUBSCRIPTION_FILTER + 1] = {
	[TCPDIAG_A_SUBSCRIPTION_STREAM] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
	[TCPDIAG_A_SUBSCRIPTION_FILTER] = NLA_POLICY_NESTED(tcpdiag_filter_nl_policy),
};

/* TCPDIAG_CMD_UNSUBSCRIBE - do */
static const struct nla_policy tcpdiag_unsubscribe_nl_policy[TCPDIAG_A_SUBSCRIPTION_STREAM + 1] = {
	[TCPDIAG_A_SUBSCRIPTION_STREAM] = NLA_POLICY_RANGE(NLA_U32, 1, 2),
};

/* TCPDIAG_CMD_TRACE - do */
static const struct nla_policy tcpdiag_trace_nl_policy[TCPDIAG_A_TRACE_TIME_US + 1] = {
	[TCPDIAG_A_TRACE_FILTER] = NLA_POLICY_NESTED(tcpdiag_filter_nl_policy),
	[TCPDIAG_A_TRACE_SEGMENTS] = { .type = NLA_U32, },
	[TCPDIAG_A_TRACE_PER_S] = { .type = NLA_U32, },
	[TCPDIAG_A_TRACE_TIME_US] = { .type = NLA_U64, },
};

/* Ops table for tcpdiag */
const struct genl_split_ops tcpdiag_nl_ops[20] = {
	{
		.cmd	= TCPDIAG_CMD_GET,
		.doit	= tcpdiag_nl_get_doit,
		.flags	= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= TCPDIAG_CMD_STATES,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_states_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_TRANSITIONS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_transitions_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_HISTOGRAMS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_histograms_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= TCPDIAG_CMD_SOCKETS,
		.start		= tcpdiag_nl_sockets_start,
		.dumpit		= tcpdiag_nl_sockets_dumpit,
		.done		= tcpdiag_nl_dump_done,
		.policy		= tcpdiag_sockets_nl_policy,
		.maxattr	= TCPDIAG_A_SOCKETS_COLUMNS,
		.flags		= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_CLOSE_WAIT,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_close_wait_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_CONGESTION,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_congestion_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_LISTENERS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_listeners_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_HANDSHAKE,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_handshake_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_TIME_WAIT,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_time_wait_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_PORTS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_ports_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_FINDINGS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_findings_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_SELF,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_self_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd		= TCPDIAG_CMD_SUBSCRIBE,
		.doit		= tcpdiag_nl_subscribe_doit,
		.policy		= tcpdiag_subscribe_nl_policy,
		.maxattr	= TCPDIAG_A_SUBSCRIPTION_FILTER,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= TCPDIAG_CMD_UNSUBSCRIBE,
		.doit		= tcpdiag_nl_unsubscribe_doit,
		.policy		= tcpdiag_unsubscribe_nl_policy,
		.maxattr	= TCPDIAG_A_SUBSCRIPTION_STREAM,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd		= TCPDIAG_CMD_TRACE,
		.doit		= tcpdiag_nl_trace_doit,
		.policy		= tcpdiag_trace_nl_policy,
		.maxattr	= TCPDIAG_A_TRACE_TIME_US,
		.flags		= GENL_CMD_CAP_DO,
	},
	{
		.cmd	= TCPDIAG_CMD_HISTORY,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_history_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_RESETS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_resets_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_STALLS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_stalls_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
	{
		.cmd	= TCPDIAG_CMD_FLOWS,
		.start	= tcpdiag_nl_dump_start,
		.dumpit	= tcpdiag_nl_flows_dumpit,
		.done	= tcpdiag_nl_dump_done,
		.flags	= GENL_CMD_CAP_DUMP,
	},
};
