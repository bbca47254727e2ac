/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections without options that their peers agreed to in others.
 */
#ifndef TCPDIAG_SURVEY_OPTIONS_H
#define TCPDIAG_SURVEY_OPTIONS_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_record;

void tcpdiag_options_tick(struct tcpdiag_net *tn);
void tcpdiag_options_look(const struct tcpdiag_record *rec);
void tcpdiag_options_release(struct tcpdiag_net *tn);

#endif /* TCPDIAG_SURVEY_OPTIONS_H */
