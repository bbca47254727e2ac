// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what a subscriber asks for: each condition alone, and what is not
 * known.
 */
#include <kunit/test.h>
#include <net/tcp_states.h>

#include "model/transition.c"

static const struct tcpdiag_transition closing = {
	.stay_ns = 5 * NSEC_PER_MSEC,
	.addr = { .lport = 443, .rport = 40000 },
	.from = TCP_ESTABLISHED,
	.to = TCP_FIN_WAIT1,
	.pid = 812,
	.uid = 33,
};

static bool wants(u32 condition, struct tcpdiag_wanted wanted,
		  const struct tcpdiag_transition *t)
{
	wanted.conditions = condition;
	return tcpdiag_transition_wanted(&wanted, t);
}

#define WANTS(condition, field, value, t)				\
	wants(TCPDIAG_WANTED(condition),				\
	      (struct tcpdiag_wanted){ .field = value }, t)

static void transition_any(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, wants(0, (struct tcpdiag_wanted){}, &closing));
}

/* The state that is left or the one that is entered. */
static void transition_states(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, WANTS(STATES, states, TCPF_ESTABLISHED, &closing));
	KUNIT_EXPECT_TRUE(test, WANTS(STATES, states, TCPF_FIN_WAIT1, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(STATES, states, TCPF_CLOSE_WAIT, &closing));
}

static void transition_ports(struct kunit *test)
{
	KUNIT_EXPECT_TRUE(test, WANTS(LOCAL_PORT, local_port, 443, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(LOCAL_PORT, local_port, 80, &closing));
	KUNIT_EXPECT_TRUE(test, WANTS(REMOTE_PORT, remote_port, 40000, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(REMOTE_PORT, remote_port, 443, &closing));
}

static void transition_owner(struct kunit *test)
{
	struct tcpdiag_transition unknown = closing;

	KUNIT_EXPECT_TRUE(test, WANTS(PID, pid, 812, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(PID, pid, 813, &closing));
	KUNIT_EXPECT_TRUE(test, WANTS(UID, uid, 33, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(UID, uid, 0, &closing));
	unknown.uid = TCPDIAG_TRANSITION_NO_UID;
	KUNIT_EXPECT_FALSE(test, WANTS(UID, uid, TCPDIAG_TRANSITION_NO_UID,
				       &unknown));
}

static void transition_stay(struct kunit *test)
{
	struct tcpdiag_transition unknown = closing;

	KUNIT_EXPECT_TRUE(test, WANTS(MIN_IN_STATE_US, min_us, 5000, &closing));
	KUNIT_EXPECT_FALSE(test, WANTS(MIN_IN_STATE_US, min_us, 5001, &closing));
	unknown.stay_ns = TCPDIAG_TRANSITION_NO_STAY;
	KUNIT_EXPECT_FALSE(test, WANTS(MIN_IN_STATE_US, min_us, 0, &unknown));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(transition_any),
	KUNIT_CASE(transition_states),
	KUNIT_CASE(transition_ports),
	KUNIT_CASE(transition_owner),
	KUNIT_CASE(transition_stay),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_transition",
	.test_cases = cases,
};

kunit_test_suite(suite);
