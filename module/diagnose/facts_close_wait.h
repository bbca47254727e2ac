/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Facts about sockets that stay in CLOSE_WAIT.
 */
#ifndef TCPDIAG_DIAGNOSE_FACTS_CLOSE_WAIT_H
#define TCPDIAG_DIAGNOSE_FACTS_CLOSE_WAIT_H

#include <linux/types.h>

#include "model/close_wait.h"

struct tcpdiag_reader;

bool tcpdiag_facts_close_wait(const struct tcpdiag_reader *reader,
			      u64 oldest_us, u64 now,
			      struct tcpdiag_close_wait *cw);

#endif /* TCPDIAG_DIAGNOSE_FACTS_CLOSE_WAIT_H */
