/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The worker that runs once a second (tick.c).
 */
#ifndef TCPDIAG_TICK_H
#define TCPDIAG_TICK_H

void tcpdiag_tick_init(void);
void tcpdiag_tick_exit(void);

#endif /* TCPDIAG_TICK_H */
