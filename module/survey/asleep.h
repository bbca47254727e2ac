/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether this host was asleep lately.
 */
#ifndef TCPDIAG_SURVEY_ASLEEP_H
#define TCPDIAG_SURVEY_ASLEEP_H

struct tcpdiag_sleep;

void tcpdiag_asleep_look(void);
void tcpdiag_asleep_read(struct tcpdiag_sleep *sleep);

#endif /* TCPDIAG_SURVEY_ASLEEP_H */
