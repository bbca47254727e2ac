// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the state machine and its verdicts. The expected verdicts are
 * written down here again, from RFC 9293 and from what Linux does, in another
 * form: a list of arrows instead of a matrix.
 */
#include <kunit/test.h>

#include "model/fsm.c"

enum source {
	/* an arrow of RFC 9293, figure 5, its notes, or section 3.10.7.4 */
	RFC,
	/* such an arrow that Linux does not have */
	RFC_NOT_LINUX,
	/* minisockets: figure 5 draws one SYN-RECEIVED for both parts */
	LINUX,
	/* not part of a normal life: reset, timeout, abort, repair, TFO */
	RARE,
};

static const struct arrow {
	const char *from;
	const char *to;
	enum source source;
} arrows[] = {
	/* passive and active OPEN */
	{ "CLOSE", "LISTEN", RFC },
	{ "CLOSE", "SYN_SENT", RFC },
	/* rcv SYN; in Linux first as a request, then as a socket */
	{ "LISTEN", "SYN_RECV", RFC },
	{ "LISTEN", "NEW_SYN_RECV", LINUX },
	{ "NEW_SYN_RECV", "SYN_RECV", LINUX },
	{ "NEW_SYN_RECV", "CLOSE", RARE },
	/* SEND on a listening socket: Linux answers EPIPE */
	{ "LISTEN", "SYN_SENT", RFC_NOT_LINUX },
	{ "LISTEN", "CLOSE", RFC },
	/* rcv SYN, ACK; simultaneous open; refused, timed out, CLOSE */
	{ "SYN_SENT", "ESTABLISHED", RFC },
	{ "SYN_SENT", "SYN_RECV", RFC },
	{ "SYN_SENT", "CLOSE", RARE },
	/* rcv ACK of SYN; CLOSE; rcv FIN with it (3.10.7.4); RST (note 1) */
	{ "SYN_RECV", "ESTABLISHED", RFC },
	{ "SYN_RECV", "FIN_WAIT1", RFC },
	{ "SYN_RECV", "CLOSE_WAIT", RARE },
	{ "SYN_RECV", "LISTEN", RFC_NOT_LINUX },
	{ "SYN_RECV", "CLOSE", RARE },
	/* CLOSE; rcv FIN */
	{ "ESTABLISHED", "FIN_WAIT1", RFC },
	{ "ESTABLISHED", "CLOSE_WAIT", RFC },
	{ "ESTABLISHED", "CLOSE", RARE },
	/* rcv ACK of FIN; rcv FIN; both in one segment (note 2) */
	{ "FIN_WAIT1", "FIN_WAIT2", RFC },
	{ "FIN_WAIT1", "CLOSING", RFC },
	{ "FIN_WAIT1", "TIME_WAIT", RFC },
	{ "FIN_WAIT1", "CLOSE", RARE },
	{ "FIN_WAIT2", "TIME_WAIT", RFC },
	{ "FIN_WAIT2", "CLOSE", RARE },
	{ "CLOSING", "TIME_WAIT", RFC },
	{ "CLOSING", "CLOSE", RARE },
	/* 2 MSL later */
	{ "TIME_WAIT", "CLOSE", RFC },
	/* CLOSE; rcv ACK of FIN */
	{ "CLOSE_WAIT", "LAST_ACK", RFC },
	{ "CLOSE_WAIT", "CLOSE", RARE },
	{ "LAST_ACK", "CLOSE", RFC },
	/* child of a listener that is being closed; TCP_REPAIR */
	{ "CLOSE", "SYN_RECV", RARE },
	{ "CLOSE", "ESTABLISHED", RARE },
};

static const enum tcpdiag_fsm_kind verdict_on[] = {
	[RFC] = TCPDIAG_FSM_EXPECTED,
	[RFC_NOT_LINUX] = TCPDIAG_FSM_IMPOSSIBLE,
	[LINUX] = TCPDIAG_FSM_EXPECTED,
	[RARE] = TCPDIAG_FSM_UNUSUAL,
};

/* The kernel's number of each state, from include/net/tcp_states.h. */
static const struct {
	unsigned int number;
	const char *name;
} states[] = {
	{ 1, "ESTABLISHED" },
	{ 2, "SYN_SENT" },
	{ 3, "SYN_RECV" },
	{ 4, "FIN_WAIT1" },
	{ 5, "FIN_WAIT2" },
	{ 6, "TIME_WAIT" },
	{ 7, "CLOSE" },
	{ 8, "CLOSE_WAIT" },
	{ 9, "LAST_ACK" },
	{ 10, "LISTEN" },
	{ 11, "CLOSING" },
	{ 12, "NEW_SYN_RECV" },
};

static enum tcpdiag_fsm_kind expected_verdict(const char *from, const char *to)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(arrows); i++)
		if (!strcmp(arrows[i].from, from) && !strcmp(arrows[i].to, to))
			return verdict_on[arrows[i].source];
	return TCPDIAG_FSM_IMPOSSIBLE;
}

static void fsm_names(struct kunit *test)
{
	unsigned int i;

	KUNIT_ASSERT_EQ(test, ARRAY_SIZE(states), TCPDIAG_STATES - 1);
	for (i = 0; i < ARRAY_SIZE(states); i++)
		KUNIT_EXPECT_STREQ(test,
				   tcpdiag_fsm_state_name(states[i].number),
				   states[i].name);
	KUNIT_EXPECT_STREQ(test, tcpdiag_fsm_state_name(0), "?");
	KUNIT_EXPECT_STREQ(test, tcpdiag_fsm_state_name(TCPDIAG_STATES), "?");
	KUNIT_EXPECT_STREQ(test, tcpdiag_fsm_state_name(UINT_MAX), "?");
}

static void fsm_move_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, "expected",
			   tcpdiag_fsm_kind_name(TCPDIAG_FSM_EXPECTED));
	KUNIT_EXPECT_STREQ(test, "unusual",
			   tcpdiag_fsm_kind_name(TCPDIAG_FSM_UNUSUAL));
	KUNIT_EXPECT_STREQ(test, "impossible",
			   tcpdiag_fsm_kind_name(TCPDIAG_FSM_IMPOSSIBLE));
}

/* Every view uses this list: each state must be on it once. */
static void fsm_order(struct kunit *test)
{
	unsigned int times[TCPDIAG_STATES] = {};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		KUNIT_ASSERT_LT(test, tcpdiag_fsm_order[i], TCPDIAG_STATES);
		times[tcpdiag_fsm_order[i]]++;
	}
	KUNIT_EXPECT_EQ(test, times[0], 0);
	for (i = 1; i < TCPDIAG_STATES; i++)
		KUNIT_EXPECT_EQ_MSG(test, times[i], 1, "%s",
				    tcpdiag_fsm_state_name(i));
}

struct from {
	unsigned int row;
};

static const void *each_state(const void *prev, char *desc)
{
	static struct from from[ARRAY_SIZE(states)];
	const struct from *p = prev;
	unsigned int next = p ? p->row + 1 : 0;

	if (next == ARRAY_SIZE(states))
		return NULL;
	from[next].row = next;
	snprintf(desc, KUNIT_PARAM_DESC_SIZE, "from %s", states[next].name);
	return &from[next];
}

/* All 12 x 12 transitions, also from a state to itself; one row a case. */
static void fsm_verdicts(struct kunit *test)
{
	const struct from *from = test->param_value;
	unsigned int to;

	for (to = 0; to < ARRAY_SIZE(states); to++) {
		unsigned int i = from->row;

		KUNIT_EXPECT_EQ_MSG(test,
				    tcpdiag_fsm_judge(states[i].number,
						      states[to].number),
				    expected_verdict(states[i].name,
						     states[to].name),
				    "%s to %s", states[i].name,
				    states[to].name);
	}
}

static void fsm_verdict_on_no_state(struct kunit *test)
{
	static const unsigned int none[] = { 0, TCPDIAG_STATES, UINT_MAX };
	unsigned int i, s;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		for (s = 0; s <= TCPDIAG_STATES; s++) {
			KUNIT_EXPECT_EQ(test, tcpdiag_fsm_judge(none[i], s),
					TCPDIAG_FSM_IMPOSSIBLE);
			KUNIT_EXPECT_EQ(test, tcpdiag_fsm_judge(s, none[i]),
					TCPDIAG_FSM_IMPOSSIBLE);
		}
	}
}

/* The birth of a request or child does not change its listener's state. */
static void fsm_births(struct kunit *test)
{
	unsigned int from, to;

	for (from = 0; from <= TCPDIAG_STATES; from++) {
		for (to = 0; to <= TCPDIAG_STATES; to++) {
			bool parent = from == TCP_LISTEN || from == TCP_CLOSE;
			bool born = to == TCP_SYN_RECV ||
				    to == TCP_NEW_SYN_RECV;

			KUNIT_EXPECT_EQ_MSG(test,
					    tcpdiag_fsm_is_birth(from, to),
					    parent && born, "%u to %u", from,
					    to);
		}
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(fsm_names),
	KUNIT_CASE(fsm_move_names),
	KUNIT_CASE(fsm_order),
	KUNIT_CASE_PARAM(fsm_verdicts, each_state),
	KUNIT_CASE(fsm_verdict_on_no_state),
	KUNIT_CASE(fsm_births),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_fsm",
	.test_cases = cases,
};

kunit_test_suite(suite);
