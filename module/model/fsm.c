// SPDX-License-Identifier: GPL-2.0
/*
 * State names and the table of transitions with their verdicts (see fsm.h).
 *
 * Expected transitions come from RFC 9293, figure 5. Comments in the table note
 * where Linux differs. Documentation/transitions.md explains each transition.
 */
#include <linux/kernel.h>

#include "model/fsm.h"

#define E TCPDIAG_FSM_EXPECTED
#define U TCPDIAG_FSM_UNUSUAL

static const u8 moves[TCPDIAG_STATES][TCPDIAG_STATES] = {
	[TCP_CLOSE] = {
		[TCP_LISTEN] = E,
		[TCP_SYN_SENT] = E,
		/* child of a listener that is being closed */
		[TCP_SYN_RECV] = U,
		/* TCP_REPAIR: a restored connection has no handshake */
		[TCP_ESTABLISHED] = U,
	},
	[TCP_LISTEN] = {
		/* Linux keeps a handshake in a request minisocket ... */
		[TCP_NEW_SYN_RECV] = E,
		/* ... and makes the child socket on its ACK (TFO: SYN) */
		[TCP_SYN_RECV] = E,
		[TCP_CLOSE] = E,
	},
	[TCP_SYN_SENT] = {
		[TCP_ESTABLISHED] = E,
		[TCP_SYN_RECV] = E,	/* simultaneous open */
		[TCP_CLOSE] = U,	/* refused, timed out, abandoned */
	},
	[TCP_SYN_RECV] = {
		[TCP_ESTABLISHED] = E,
		[TCP_FIN_WAIT1] = E,
		/* TFO: data and FIN came before the handshake's ACK */
		[TCP_CLOSE_WAIT] = U,
		[TCP_CLOSE] = U,
	},
	[TCP_ESTABLISHED] = {
		[TCP_FIN_WAIT1] = E,
		[TCP_CLOSE_WAIT] = E,
		[TCP_CLOSE] = U,
	},
	[TCP_FIN_WAIT1] = {
		[TCP_FIN_WAIT2] = E,
		[TCP_CLOSING] = E,
		/* figure 5, note 2; Linux goes through FIN_WAIT2 */
		[TCP_TIME_WAIT] = E,
		[TCP_CLOSE] = U,
	},
	[TCP_FIN_WAIT2] = {
		[TCP_TIME_WAIT] = E,
		/* reset, or tcp_fin_timeout ran out for an orphan */
		[TCP_CLOSE] = U,
	},
	[TCP_CLOSING] = {
		[TCP_TIME_WAIT] = E,
		[TCP_CLOSE] = U,
	},
	[TCP_TIME_WAIT] = {
		[TCP_CLOSE] = E,
	},
	[TCP_CLOSE_WAIT] = {
		[TCP_LAST_ACK] = E,
		[TCP_CLOSE] = U,
	},
	[TCP_LAST_ACK] = {
		[TCP_CLOSE] = E,
	},
	[TCP_NEW_SYN_RECV] = {
		[TCP_SYN_RECV] = E,
		[TCP_CLOSE] = U,
	},
};

#undef E
#undef U

static const char *const state_names[TCPDIAG_STATES] = {
	[TCP_ESTABLISHED]	= "ESTABLISHED",
	[TCP_SYN_SENT]		= "SYN_SENT",
	[TCP_SYN_RECV]		= "SYN_RECV",
	[TCP_FIN_WAIT1]		= "FIN_WAIT1",
	[TCP_FIN_WAIT2]		= "FIN_WAIT2",
	[TCP_TIME_WAIT]		= "TIME_WAIT",
	[TCP_CLOSE]		= "CLOSE",
	[TCP_CLOSE_WAIT]	= "CLOSE_WAIT",
	[TCP_LAST_ACK]		= "LAST_ACK",
	[TCP_LISTEN]		= "LISTEN",
	[TCP_CLOSING]		= "CLOSING",
	[TCP_NEW_SYN_RECV]	= "NEW_SYN_RECV",
};

const u8 tcpdiag_fsm_order[TCPDIAG_STATES - 1] = {
	TCP_LISTEN, TCP_SYN_SENT, TCP_NEW_SYN_RECV, TCP_SYN_RECV,
	TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_CLOSING,
	TCP_TIME_WAIT, TCP_CLOSE_WAIT, TCP_LAST_ACK, TCP_CLOSE,
};

/**
 * tcpdiag_fsm_state_name() - name of a state as in RFC 9293 and ss
 * @state: the kernel's number
 *
 * Context: any.
 * Return: a constant string; "?" for a number that is no state.
 */
const char *tcpdiag_fsm_state_name(unsigned int state)
{
	if (state >= TCPDIAG_STATES || !state_names[state])
		return "?";
	return state_names[state];
}

/**
 * tcpdiag_fsm_kind_name() - name of a verdict
 * @move: the verdict
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_fsm_kind_name(enum tcpdiag_fsm_kind move)
{
	switch (move) {
	case TCPDIAG_FSM_EXPECTED:
		return "expected";
	case TCPDIAG_FSM_UNUSUAL:
		return "unusual";
	default:
		return "impossible";
	}
}

/**
 * tcpdiag_fsm_judge() - verdict on a transition
 * @from: state that is left
 * @to: state that is entered
 *
 * Context: any.
 * Return: the verdict, by RFC 9293 and what Linux does.
 */
enum tcpdiag_fsm_kind tcpdiag_fsm_judge(unsigned int from, unsigned int to)
{
	if (from >= TCPDIAG_STATES || to >= TCPDIAG_STATES)
		return TCPDIAG_FSM_IMPOSSIBLE;
	return moves[from][to];
}
