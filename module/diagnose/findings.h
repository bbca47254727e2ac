/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Findings: what is wrong in a namespace, who does it, since when, and what to
 * change. Each kind is a pure function of the namespace's facts.
 *
 * A new finding is such a function, a line in the table of findings.c, and a
 * page Documentation/findings/CODE.md:
 *
 *	void tcpdiag_find_CODE(const struct tcpdiag_facts *facts,
 *			       struct tcpdiag_findings *out)
 *	{
 *		struct tcpdiag_finding *f;
 *
 *		if (nothing is wrong)
 *			return;
 *		f = tcpdiag_findings_add(out, TCPDIAG_WARNING);
 *		tcpdiag_say(f->subject, "program, port or peer");
 *		f->about.owner = the same program;
 *		f->about.port = the port it listens on;
 *		tcpdiag_say(f->what, "who, how many, since when");
 *		tcpdiag_say(f->evidence, "sockets=%llu oldest_us=%llu", ...);
 *		tcpdiag_say(f->application, "what the program should do");
 *		tcpdiag_say(f->host, "net.ipv4.KNOB is %u: ...", ...);
 *		f->no_help = "what many try and what it really does";
 *	}
 *
 * A part that does not apply stays empty. @about says the same as the subject, so
 * that rules can find out which finding follows from which. A function may add
 * several findings, the worst first. Tests are in kunit/findings_*_test.c;
 * kunit/findings_test.c lists the codes that have tests.
 *
 * A sentence is read once, at night: subject first, then how many and since
 * when, in the terms of ss and RFC 9293. It must be true for each value of its
 * figures: 0, 1, and owners that the reader may not see.
 */
#ifndef TCPDIAG_FINDINGS_H
#define TCPDIAG_FINDINGS_H

#include "diagnose/facts.h"
#include "diagnose/finding.h"

/* findings.c */
void tcpdiag_findings_judge(const struct tcpdiag_facts *facts,
			    struct tcpdiag_findings *out);

/**
 * typedef tcpdiag_find_fn - look for one kind of finding
 * @facts: what is judged
 * @out: where to
 */
typedef void tcpdiag_find_fn(const struct tcpdiag_facts *facts,
			     struct tcpdiag_findings *out);

/* findings_account.c */
tcpdiag_find_fn tcpdiag_find_impossible_transition;
tcpdiag_find_fn tcpdiag_find_gauges_approximate;
tcpdiag_find_fn tcpdiag_find_records_refused;
/* findings_answers.c */
tcpdiag_find_fn tcpdiag_find_answers_late;
/* findings_binds.c */
tcpdiag_find_fn tcpdiag_find_bind_no_port;
tcpdiag_find_fn tcpdiag_find_bind_in_use;
/* findings_bloat.c */
tcpdiag_find_fn tcpdiag_find_bufferbloat;
/* findings_close_wait.c */
tcpdiag_find_fn tcpdiag_find_close_wait_leak;
/* findings_connect.c */
tcpdiag_find_fn tcpdiag_find_connects_fail;
/* findings_ended.c */
tcpdiag_find_fn tcpdiag_find_resets_by_peer;
tcpdiag_find_fn tcpdiag_find_keepalive_timeouts;
/* findings_conntrack.c */
tcpdiag_find_fn tcpdiag_find_conntrack_full;
tcpdiag_find_fn tcpdiag_find_conntrack_clashes;
/* findings_discards.c */
tcpdiag_find_fn tcpdiag_find_arrivals_discarded;
/* findings_fast_open.c */
tcpdiag_find_fn tcpdiag_find_fast_open;
/* findings_held.c */
tcpdiag_find_fn tcpdiag_find_held_sockets;
/* findings_listen.c */
tcpdiag_find_fn tcpdiag_find_syn_flood;
tcpdiag_find_fn tcpdiag_find_accept_queue_overflow;
tcpdiag_find_fn tcpdiag_find_syn_queue_full;
tcpdiag_find_fn tcpdiag_find_slow_accept;
/* findings_losses.c */
tcpdiag_find_fn tcpdiag_find_timeouts;
tcpdiag_find_fn tcpdiag_find_user_timeouts;
tcpdiag_find_fn tcpdiag_find_retransmits;
/* findings_pool.c */
tcpdiag_find_fn tcpdiag_find_pool_outlives_server;
/* findings_memory.c */
tcpdiag_find_fn tcpdiag_find_tcp_memory;
/* findings_ports.c */
tcpdiag_find_fn tcpdiag_find_ports_exhausted;
tcpdiag_find_fn tcpdiag_find_ports_filling;
tcpdiag_find_fn tcpdiag_find_time_wait_overflow;
tcpdiag_find_fn tcpdiag_find_connection_churn;
/* findings_resets.c */
tcpdiag_find_fn tcpdiag_find_resets_keepalive_race;
tcpdiag_find_fn tcpdiag_find_resets_close_unread;
tcpdiag_find_fn tcpdiag_find_resets_linger;
tcpdiag_find_fn tcpdiag_find_resets_not_accepted;
tcpdiag_find_fn tcpdiag_find_resets_forgotten;
tcpdiag_find_fn tcpdiag_find_resets_refused;
tcpdiag_find_fn tcpdiag_find_orphans;
/* findings_segments.c */
tcpdiag_find_fn tcpdiag_find_options_stripped;
tcpdiag_find_fn tcpdiag_find_silly_window;
tcpdiag_find_fn tcpdiag_find_wrap_risk;
/* findings_slow.c */
tcpdiag_find_fn tcpdiag_find_slow_connects;
/* findings_sources.c */
tcpdiag_find_fn tcpdiag_find_sources_missing;
/* findings_stalls.c */
tcpdiag_find_fn tcpdiag_find_mtu_black_hole;
tcpdiag_find_fn tcpdiag_find_peer_silent;
tcpdiag_find_fn tcpdiag_find_not_sent;
tcpdiag_find_fn tcpdiag_find_receive_buffer_limited;
tcpdiag_find_fn tcpdiag_find_requests_unread;
tcpdiag_find_fn tcpdiag_find_send_buffer_limited;
tcpdiag_find_fn tcpdiag_find_window_limited;
tcpdiag_find_fn tcpdiag_find_zero_window_own;
tcpdiag_find_fn tcpdiag_find_zero_window_peer;
/* findings_stuck.c */
tcpdiag_find_fn tcpdiag_find_stuck_last_ack;
tcpdiag_find_fn tcpdiag_find_stale_established;
/* findings_tails.c */
tcpdiag_find_fn tcpdiag_find_nagle_delayed_ack;
tcpdiag_find_fn tcpdiag_find_corked;

#endif /* TCPDIAG_FINDINGS_H */
