/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about bind() and listen() that find their port taken.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_BINDS_H
#define TCPDIAG_DIAGNOSE_FACTS_BINDS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "account/binds.h"
#include "model/owner.h"
#include "survey/port_holder.h"

struct tcpdiag_reader;

/**
 * struct tcpdiag_bind_fact - the local address where a kind of call fails most
 * @sum: how often and where, without a reference; all 0 if none has failed
 * @ago_us: how long ago the last one failed
 * @victim: the process that failed last
 * @holder_known: @holder is known; not for port 0
 * @holder: who has the port now
 */
struct tcpdiag_bind_fact {
	struct tcpdiag_bind_sum sum;
	u64 ago_us;
	struct tcpdiag_owner victim;
	bool holder_known;
	struct tcpdiag_port_holder holder;
};

/**
 * struct tcpdiag_binds_facts - the same for all kinds
 * @kind: by enum tcpdiag_bind_kind
 * @missed: calls of all namespaces that were not looked at
 * @autobind_reuse: net.ipv4.ip_autobind_reuse
 */
struct tcpdiag_binds_facts {
	struct tcpdiag_bind_fact kind[TCPDIAG_BIND_KINDS];
	u64 missed;
	bool autobind_reuse;
};

bool tcpdiag_facts_binds(const struct tcpdiag_reader *reader,
			 struct tcpdiag_binds_facts *facts);

#endif /* TCPDIAG_DIAGNOSE_FACTS_BINDS_H */
