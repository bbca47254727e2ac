// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of which bound sockets are in each other's way. The truth is what bind()
 * does: ipv6_rcv_saddr_equal() of the kernel.
 */
#include <kunit/test.h>
#include <linux/kernel.h>

#include "model/addr.c"

#define V4(last)	{ .addr.s6_addr = { 127, 0, 0, last } }
#define V4_ANY		{ .v6 = false }
#define V6_ANY		{ .v6 = true }
#define V6_ANY_ONLY	{ .v6 = true, .v6only = true }
#define V6_ONE		{ .v6 = true, .addr.s6_addr = { [15] = 1 } }
#define MAPPED(last)	{ .v6 = true, .addr.s6_addr = { \
	[10] = 255, [11] = 255, [12] = 127, [15] = last } }

static void addr_meet(struct kunit *test)
{
	static const struct {
		struct tcpdiag_bound_to a;
		struct tcpdiag_bound_to b;
		bool meet;
	} cases[] = {
		{ V4(1), V4(1), true },
		{ V4(1), V4(2), false },
		{ V4(1), V4_ANY, true },
		{ V4_ANY, V4_ANY, true },
		/* a wildcard of IPv6 is one of IPv4, or not */
		{ V4(1), V6_ANY, true },
		{ V4_ANY, V6_ANY, true },
		{ V4(1), V6_ANY_ONLY, false },
		{ V4_ANY, V6_ANY_ONLY, false },
		{ MAPPED(1), V6_ANY_ONLY, false },
		{ V6_ANY, V6_ANY_ONLY, true },
		{ V6_ONE, V6_ANY_ONLY, true },
		{ V6_ONE, V6_ANY, true },
		/* IPv4 is not in the way of an address of IPv6 */
		{ V6_ONE, V4_ANY, false },
		{ V6_ONE, V4(1), false },
		{ MAPPED(1), V4(1), true },
		{ MAPPED(1), V4_ANY, true },
		{ MAPPED(1), V4(2), false },
		{ MAPPED(1), MAPPED(1), true },
		{ MAPPED(1), V6_ONE, false },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, cases[i].meet,
				    tcpdiag_bound_meet(&cases[i].a,
						       &cases[i].b),
				    "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, cases[i].meet,
				    tcpdiag_bound_meet(&cases[i].b,
						       &cases[i].a),
				    "case %u, the other way", i);
	}
}

static struct kunit_case cases[] = {
	KUNIT_CASE(addr_meet),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_addr",
	.test_cases = cases,
};

kunit_test_suite(suite);
