/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The hooks, and the walk that adopts the sockets that are older.
 */
#ifndef TCPDIAG_HOOKS_HOOKS_H
#define TCPDIAG_HOOKS_HOOKS_H

/* hooks.c */
int tcpdiag_hooks_init(void);
void tcpdiag_hooks_exit(void);

/* walk.c */
void tcpdiag_walk(void);

#endif /* TCPDIAG_HOOKS_HOOKS_H */
