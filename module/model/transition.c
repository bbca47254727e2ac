// SPDX-License-Identifier: GPL-2.0
/*
 * Whether a subscriber asks for a change of state.
 */
#include <linux/math64.h>
#include <linux/time64.h>
#include <uapi/linux/tcpdiag.h>

#include "model/transition.h"
#include "model/wanted.h"

static bool has_stay(const struct tcpdiag_wanted *wanted,
		     const struct tcpdiag_transition *t)
{
	return t->stay_ns != TCPDIAG_TRANSITION_NO_STAY &&
	       div_u64(t->stay_ns, NSEC_PER_USEC) >= wanted->min_us;
}

static bool has_owner(const struct tcpdiag_wanted *wanted,
		      const struct tcpdiag_transition *t)
{
	if (wanted->conditions & TCPDIAG_WANTED(PID) && t->pid != wanted->pid)
		return false;
	return !(wanted->conditions & TCPDIAG_WANTED(UID)) ||
	       (t->uid == wanted->uid && t->uid != TCPDIAG_TRANSITION_NO_UID);
}

/**
 * tcpdiag_transition_wanted() - whether a subscriber asks for a change of state
 * @wanted: its conditions
 * @t: the change, in the subscriber's terms
 *
 * A state is one that is left or entered; the time in a state is that in the
 * state that is left. What is not known does not meet a condition.
 *
 * Context: any.
 * Return: true if the change meets all of them.
 */
bool tcpdiag_transition_wanted(const struct tcpdiag_wanted *wanted,
			       const struct tcpdiag_transition *t)
{
	u32 states = BIT(t->from) | BIT(t->to);

	if (!wanted->conditions)
		return true;
	if (wanted->conditions & TCPDIAG_WANTED(STATES) &&
	    !(wanted->states & states))
		return false;
	if (wanted->conditions & TCPDIAG_WANTED(MIN_IN_STATE_US) &&
	    !has_stay(wanted, t))
		return false;
	return tcpdiag_wanted_addr(wanted, t->v6, &t->addr) &&
	       has_owner(wanted, t);
}
