// SPDX-License-Identifier: GPL-2.0
/*
 * Which columns of which views are metrics. Names are node_exporter's style: base
 * units, _total for counters. metrics.c adds what is no column: the histogram,
 * findings, and what the module and this program say of themselves.
 */
#include "topics.h"

const struct topic topics[] = {
	{ "states", NULL, NULL, "state", 12, 12, {
		{ "connections", "now", TYPE_GAUGE, MERGE_SUM, true, NULL },
		{ "state_entries_total", "entered", TYPE_COUNTER, MERGE_SUM, false, NULL },
		{ "state_exits_total", "left", TYPE_COUNTER, MERGE_SUM, false, NULL },
		{ "state_oldest_seconds", "oldest_us", TYPE_GAUGE, MERGE_LARGEST, false, NULL },
	} },
	{ "transitions", NULL, NULL, "kind", 4, 0, {
		{ "transitions_total", "count", TYPE_COUNTER, MERGE_SUM, false,
		  "Changes of state, by what the state machine of TCP says of them." },
	} },
	{ "handshake", "state", "-", "event", 48, 0, {
		{ "handshake_events_total", "count", TYPE_COUNTER, MERGE_SUM, false,
		  "How connections began, failed to begin, and ended." },
	} },
	{ "handshake", "state", "+", "event,state,reason", 32, 0, {
		{ "resets_total", "count", TYPE_COUNTER, MERGE_SUM, false,
		  "RSTs by state of the socket and the kernel's reason." },
	} },
	{ "listeners", "local", "!namespace", "local,comm", 20, 0, {
		{ "listener_handshakes_total", "handshakes", TYPE_COUNTER,
		  MERGE_LARGEST, false,
		  "Handshakes completed; listeners that share an address show the same." },
		{ "listener_accept_queue", "accept_now", TYPE_GAUGE, MERGE_SUM, false, NULL },
		{ "listener_accept_queue_limit", "accept_limit", TYPE_GAUGE,
		  MERGE_SUM, false, NULL },
		{ "listener_accept_wait_seconds", "accept_wait_us", TYPE_GAUGE,
		  MERGE_LARGEST, false, NULL },
		{ "listener_syn_queue", "syn_now", TYPE_GAUGE, MERGE_SUM, false, NULL },
		{ "listener_syn_queue_limit", "syn_limit", TYPE_GAUGE, MERGE_SUM, false, NULL },
		{ "listener_overflows_total", "overflows", TYPE_COUNTER, MERGE_SUM, false, NULL },
		{ "listener_drops_total", "drops", TYPE_COUNTER, MERGE_SUM, false, NULL },
	} },
	{ "listeners", "local", "namespace", "", 1, 1, {
		{ "listen_drops_total", "drops", TYPE_COUNTER, MERGE_SUM, true,
		  "SYNs and ACKs that all listeners dropped." },
		{ "listen_overflows_total", "overflows", TYPE_COUNTER, MERGE_SUM, true,
		  "Those dropped because an accept queue was full." },
		{ "syncookies_sent_total", "cookies_sent", TYPE_COUNTER, MERGE_SUM, true, NULL },
		{ "syncookies_valid_total", "cookies_valid", TYPE_COUNTER, MERGE_SUM, true, NULL },
		{ "syncookies_failed_total", "cookies_failed", TYPE_COUNTER,
		  MERGE_SUM, true, NULL },
	} },
	{ "close_wait", NULL, NULL, "comm,local_port,remote_port", 16, 2, {
		{ "close_wait_sockets", "sockets", TYPE_GAUGE, MERGE_SUM, true, NULL },
		{ "close_wait_suspects", "suspects", TYPE_GAUGE, MERGE_SUM, true, NULL },
		{ "close_wait_oldest_seconds", "oldest_us", TYPE_GAUGE, MERGE_LARGEST, true, NULL },
	} },
	{ "time_wait", "kind", "owner", "comm", 16, 0, {
		{ "time_wait_sockets", "now", TYPE_GAUGE, MERGE_SUM, false,
		  "Sockets in TIME_WAIT, by who closed first." },
	} },
	{ "time_wait", "kind", "total", "", 1, 0, {
		{ "time_wait_limit", "limit", TYPE_GAUGE, MERGE_SUM, false, NULL },
		{ "time_wait_overflows_total", "overflows", TYPE_COUNTER, MERGE_SUM, false, NULL },
		{ "time_wait_recycled_total", "recycled", TYPE_COUNTER, MERGE_SUM, false, NULL },
	} },
	{ "ports", NULL, NULL, "local,remote", 20, 3, {
		{ "ports_in_use", "in_use", TYPE_GAUGE, MERGE_SUM, true,
		  "Local ports in use for a destination." },
		{ "ports_capacity", "capacity", TYPE_GAUGE, MERGE_SUM, true,
		  "Local ports that there are for a destination." },
		{ "ports_connects_total", "connects", TYPE_COUNTER, MERGE_SUM, true,
		  "Calls of connect() to a destination." },
		{ "ports_failures_total", "no_port", TYPE_COUNTER, MERGE_SUM, true,
		  "Calls of connect() that found no local port." },
	} },
	{ "congestion", "scope", "finished", "cc", 16, 3, {
		{ "congestion_finished_connections_total", "connections", TYPE_COUNTER,
		  MERGE_SUM, false,
		  "Connections that are over." },
		{ "congestion_acked_bytes_total", "bytes_acked", TYPE_COUNTER,
		  MERGE_SUM, false,
		  "Bytes that peers acknowledged, of connections that are over." },
		{ "congestion_sent_bytes_total", "bytes_sent", TYPE_COUNTER, MERGE_SUM, true,
		  "Bytes sent, retransmissions included, of connections that are over." },
		{ "congestion_retransmitted_bytes_total", "bytes_retrans", TYPE_COUNTER,
		  MERGE_SUM, true,
		  "Bytes retransmitted, of connections that are over." },
	} },
	{ "congestion", "scope", "live", "cc", 16, 3, {
		{ "congestion_live_connections", "connections", TYPE_GAUGE, MERGE_SUM, true,
		  "Connections that are open." },
	} },
	{ "congestion", "scope", "all", "cc", 16, 0, {
		{ "congestion_loss_episodes_total", "loss_episodes", TYPE_COUNTER,
		  MERGE_SUM, false, NULL },
		{ "congestion_timeouts_total", "rtos", TYPE_COUNTER, MERGE_SUM, false, NULL },
		{ "congestion_min_rtt_median_seconds", "min_rtt_p50_us", TYPE_GAUGE,
		  MERGE_LARGEST, false, NULL },
	} },
	{ 0 },
};
