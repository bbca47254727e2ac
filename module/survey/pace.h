/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections that wrap their sequence numbers without timestamps, or go in small
 * segments.
 */
#ifndef TCPDIAG_SURVEY_PACE_H
#define TCPDIAG_SURVEY_PACE_H

struct tcpdiag_net;
struct tcpdiag_record;

void tcpdiag_pace_look(const struct tcpdiag_record *rec);
void tcpdiag_pace_tick(struct tcpdiag_net *tn);
void tcpdiag_pace_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_PACE_H */
