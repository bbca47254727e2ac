// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of the table of thresholds: every field has its line, and every default
 * may be set.
 */
#include <kunit/test.h>

#include "model/limits.c"

static void limits_every_field_once(struct kunit *test)
{
	unsigned long seen = 0;
	unsigned int i;

	for (i = 0; i < TCPDIAG_LIMITS; i++)
		seen |= BIT(tcpdiag_limits[i].offset / sizeof(unsigned int));
	KUNIT_EXPECT_EQ(test, seen, BIT(TCPDIAG_LIMITS) - 1);
}

static void limits_default_in_range(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_LIMITS; i++) {
		const struct tcpdiag_limit *l = &tcpdiag_limits[i];

		KUNIT_EXPECT_LE_MSG(test, l->min, l->value, "%s", l->name);
		KUNIT_EXPECT_LE_MSG(test, l->value, l->max, "%s", l->name);
	}
}

static void limits_default_set(struct kunit *test)
{
	struct tcpdiag_limits limits;

	memset(&limits, 0xff, sizeof(limits));
	tcpdiag_limits_default(&limits);
	KUNIT_EXPECT_EQ(test, limits.close_wait_leak_ms, 60000);
	KUNIT_EXPECT_EQ(test, limits.ports_percent, 80);
	KUNIT_EXPECT_EQ(test, limits.churn_per_second, 100);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(limits_every_field_once),
	KUNIT_CASE(limits_default_in_range),
	KUNIT_CASE(limits_default_set),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "tcpdiag_limits",
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
