// SPDX-License-Identifier: GPL-2.0
/*
 * The table of all kinds of findings. Each kind is a pure function in the file of
 * its topic, findings_*.c.
 */
#include "diagnose/findings.h"

/* Equally severe findings are shown in the order of this table. */
static const struct {
	const char *code;
	void (*find)(const struct tcpdiag_facts *facts,
		     struct tcpdiag_findings *out);
} kinds[] = {
	{ "impossible_transition", tcpdiag_find_impossible_transition },
	{ "close_wait_leak", tcpdiag_find_close_wait_leak },
	{ "stuck_last_ack", tcpdiag_find_stuck_last_ack },
	{ "orphans", tcpdiag_find_orphans },
	{ "held_sockets", tcpdiag_find_held_sockets },
	{ "resets_keepalive_race", tcpdiag_find_resets_keepalive_race },
	{ "answers_late", tcpdiag_find_answers_late },
	{ "resets_close_unread", tcpdiag_find_resets_close_unread },
	{ "resets_linger", tcpdiag_find_resets_linger },
	{ "resets_not_accepted", tcpdiag_find_resets_not_accepted },
	{ "resets_forgotten", tcpdiag_find_resets_forgotten },
	{ "resets_by_peer", tcpdiag_find_resets_by_peer },
	{ "keepalive_timeouts", tcpdiag_find_keepalive_timeouts },
	{ "pool_outlives_server", tcpdiag_find_pool_outlives_server },
	{ "peer_silent", tcpdiag_find_peer_silent },
	{ "not_sent", tcpdiag_find_not_sent },
	{ "mtu_black_hole", tcpdiag_find_mtu_black_hole },
	{ "zero_window_own", tcpdiag_find_zero_window_own },
	{ "requests_unread", tcpdiag_find_requests_unread },
	{ "zero_window_peer", tcpdiag_find_zero_window_peer },
	{ "send_buffer_limited", tcpdiag_find_send_buffer_limited },
	{ "receive_buffer_limited", tcpdiag_find_receive_buffer_limited },
	{ "window_limited", tcpdiag_find_window_limited },
	{ "nagle_delayed_ack", tcpdiag_find_nagle_delayed_ack },
	{ "corked", tcpdiag_find_corked },
	{ "options_stripped", tcpdiag_find_options_stripped },
	{ "silly_window", tcpdiag_find_silly_window },
	{ "wrap_risk", tcpdiag_find_wrap_risk },
	{ "tcp_memory", tcpdiag_find_tcp_memory },
	{ "user_timeouts", tcpdiag_find_user_timeouts },
	{ "timeouts", tcpdiag_find_timeouts },
	{ "retransmits", tcpdiag_find_retransmits },
	{ "bufferbloat", tcpdiag_find_bufferbloat },
	{ "stale_established", tcpdiag_find_stale_established },
	{ "syn_flood", tcpdiag_find_syn_flood },
	{ "accept_queue_overflow", tcpdiag_find_accept_queue_overflow },
	{ "syn_queue_full", tcpdiag_find_syn_queue_full },
	{ "slow_accept", tcpdiag_find_slow_accept },
	{ "conntrack_full", tcpdiag_find_conntrack_full },
	{ "conntrack_clashes", tcpdiag_find_conntrack_clashes },
	{ "arrivals_discarded", tcpdiag_find_arrivals_discarded },
	{ "connects_fail", tcpdiag_find_connects_fail },
	{ "bind_no_port", tcpdiag_find_bind_no_port },
	{ "bind_in_use", tcpdiag_find_bind_in_use },
	{ "slow_connects", tcpdiag_find_slow_connects },
	{ "fast_open", tcpdiag_find_fast_open },
	{ "resets_refused", tcpdiag_find_resets_refused },
	{ "ports_exhausted", tcpdiag_find_ports_exhausted },
	{ "ports_filling", tcpdiag_find_ports_filling },
	{ "time_wait_overflow", tcpdiag_find_time_wait_overflow },
	{ "connection_churn", tcpdiag_find_connection_churn },
	{ "gauges_approximate", tcpdiag_find_gauges_approximate },
	{ "records_refused", tcpdiag_find_records_refused },
	{ "sources_missing", tcpdiag_find_sources_missing },
};

/**
 * tcpdiag_findings_judge() - find out what is wrong in a namespace
 * @facts: its facts
 * @out: the findings, the worst first; overwritten
 *
 * Context: any; no locks, no allocation.
 */
void tcpdiag_findings_judge(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out)
{
	unsigned int i;

	out->n = 0;
	out->total = 0;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		out->code = kinds[i].code;
		kinds[i].find(facts, out);
	}
}
