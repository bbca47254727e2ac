/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Live connections, measured for a report on congestion control.
 */
#ifndef TCPDIAG_SURVEY_CONGESTION_LIVE_H
#define TCPDIAG_SURVEY_CONGESTION_LIVE_H

#include <linux/types.h>

struct tcpdiag_cc_live;
struct tcpdiag_cc_row;
struct tcpdiag_net;

struct tcpdiag_cc_live *tcpdiag_congestion_look(const struct tcpdiag_net *tn);
void tcpdiag_congestion_live(const struct tcpdiag_cc_live *live,
			     unsigned int cc, u64 connections,
			     struct tcpdiag_cc_row *row);
void tcpdiag_congestion_forget(struct tcpdiag_cc_live *live);

#endif /* TCPDIAG_SURVEY_CONGESTION_LIVE_H */
