/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the time of connections goes: those that have ended, and those that live.
 */
#ifndef TCPDIAG_SURVEY_FLOWS_H
#define TCPDIAG_SURVEY_FLOWS_H

#include <linux/types.h>

#include "account/flows.h"

struct tcpdiag_net;

/**
 * struct tcpdiag_flow_seen - one group, for a reader
 * @key: which
 * @live: how many of the connections were open at the last look
 * @sum: all of its connections
 * @samples: what looks at open ones have found
 * @us: the parts of their lives, by enum tcpdiag_clock_part
 * @owner: who was seen with one of them; the reader has a reference to its pid
 * @sk: one that was open; only compared, it may be gone; or NULL
 * @born_ns: when that was there already, ktime_get_ns()
 */
struct tcpdiag_flow_seen {
	struct tcpdiag_key key;
	u64 live;
	struct tcpdiag_flow_sum sum;
	struct tcpdiag_clock_samples samples;
	u64 us[TCPDIAG_CLOCK_PARTS];
	struct tcpdiag_flow_owner owner;
	const struct sock *sk;
	u64 born_ns;
};

/**
 * struct tcpdiag_flows_seen - all groups
 * @slots: which group is where
 * @n: how many there are
 * @looked: open connections were looked at
 * @age_us: how long ago the last round of looks began
 * @brief_us: how long short connections without data lasted, which are in @other
 * @untold_us: how long those lasted that there was no memory for; they are too
 * @group: the groups, by what held them back; from 1 to @n
 * @other: connections that are in none
 */
struct tcpdiag_flows_seen {
	struct tcpdiag_slots slots;
	unsigned int n;
	bool looked;
	u64 age_us;
	u64 brief_us;
	u64 untold_us;
	struct tcpdiag_flow_seen group[TCPDIAG_SLOTS + 1];
	struct tcpdiag_flow_seen other;
};

void tcpdiag_flows_begin(struct tcpdiag_net *tn);
void tcpdiag_flows_meet(const struct tcpdiag_record *rec);
void tcpdiag_flows_round(struct tcpdiag_net *tn);
void tcpdiag_flows_release(struct tcpdiag_net *tn);
struct tcpdiag_flows_seen *tcpdiag_flows_read(struct tcpdiag_net *tn);
void tcpdiag_flows_put(struct tcpdiag_flows_seen *seen);
bool tcpdiag_flows_blame(const struct sock *sk, enum tcpdiag_clock_part *part,
			 unsigned int *percent);

#endif /* TCPDIAG_SURVEY_FLOWS_H */
