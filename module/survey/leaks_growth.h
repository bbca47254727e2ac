/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How fast groups of sockets in CLOSE_WAIT grow.
 */
#ifndef TCPDIAG_SURVEY_LEAKS_GROWTH_H
#define TCPDIAG_SURVEY_LEAKS_GROWTH_H

#include <linux/types.h>

struct tcpdiag_leaks;
struct tcpdiag_net;

void tcpdiag_leaks_tick(struct tcpdiag_net *tn);
void tcpdiag_leaks_tell_growth(struct tcpdiag_net *tn,
			       struct tcpdiag_leaks *leaks);
void tcpdiag_leaks_forget(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_LEAKS_GROWTH_H */
