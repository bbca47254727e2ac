/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The TCP state machine of RFC 9293 and of Linux: names of states, and a
 * verdict on each transition. Pure functions.
 */
#ifndef TCPDIAG_FSM_H
#define TCPDIAG_FSM_H

#include <linux/build_bug.h>
#include <linux/types.h>
#include <net/tcp_states.h>

/* States are the kernel's numbers 1 to 12; index 0 is not a state. */
#define TCPDIAG_STATES	13

static_assert(TCP_ESTABLISHED == 1);
static_assert(TCP_NEW_SYN_RECV == TCPDIAG_STATES - 1);

/**
 * enum tcpdiag_fsm_kind - verdict on a transition
 * @TCPDIAG_FSM_IMPOSSIBLE: neither RFC 9293 nor Linux has it: a bug
 * @TCPDIAG_FSM_EXPECTED: a step in the life of a normal connection
 * @TCPDIAG_FSM_UNUSUAL: reset, timeout, abort, repair
 */
enum tcpdiag_fsm_kind {
	TCPDIAG_FSM_IMPOSSIBLE,
	TCPDIAG_FSM_EXPECTED,
	TCPDIAG_FSM_UNUSUAL,
};

/* Every state once, in the order of a connection's life; all views use it. */
extern const u8 tcpdiag_fsm_order[TCPDIAG_STATES - 1];

const char *tcpdiag_fsm_state_name(unsigned int state);
const char *tcpdiag_fsm_kind_name(enum tcpdiag_fsm_kind move);
enum tcpdiag_fsm_kind tcpdiag_fsm_judge(unsigned int from, unsigned int to);

/**
 * tcpdiag_fsm_is_birth() - whether a transition is the birth of a socket
 * @from: state named by the event
 * @to: state that is entered
 *
 * A listener makes requests and children and goes on listening: it does not
 * leave its own state.
 *
 * Context: any.
 * Return: true if no socket left @from.
 */
static inline bool tcpdiag_fsm_is_birth(unsigned int from, unsigned int to)
{
	return (from == TCP_LISTEN || from == TCP_CLOSE) &&
	       (to == TCP_NEW_SYN_RECV || to == TCP_SYN_RECV);
}

#endif /* TCPDIAG_FSM_H */
