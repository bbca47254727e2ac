// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of parameters with a range: what is refused at load, what at run time,
 * and what the log says of it.
 */
#include <kunit/test.h>

#include "store/param.c"

static unsigned int number;
static bool flag;
static struct tcpdiag_param_range range = { &number, 2, 16 };

static const struct kernel_param number_param = {
	.name = "number", .ops = &tcpdiag_param_number, .arg = &range,
};

static const struct kernel_param flag_param = {
	.name = "flag", .ops = &tcpdiag_param_flag, .arg = &flag,
};

static int param_test_init(struct kunit *test)
{
	number = 5;
	flag = false;
	refused = NULL;
	loading = true;
	return 0;
}

static int set(const struct kernel_param *kp, const char *val)
{
	return kp->ops->set(val, kp);
}

static const char *const bad_numbers[] = {
	"", " ", "1", "17", "0", "-2", "4294967298", "18446744073709551618",
	"many", "5x", "5 6", "0x", NULL,
};

static void param_number_in_range(struct kunit *test)
{
	loading = false;
	KUNIT_EXPECT_EQ(test, set(&number_param, "2"), 0);
	KUNIT_EXPECT_EQ(test, number, 2);
	KUNIT_EXPECT_EQ(test, set(&number_param, "16\n"), 0);
	KUNIT_EXPECT_EQ(test, number, 16);
	KUNIT_EXPECT_EQ(test, set(&number_param, "0x0a"), 0);
	KUNIT_EXPECT_EQ(test, number, 10);
}

static void param_number_refused_at_run_time(struct kunit *test)
{
	unsigned int i;

	loading = false;
	for (i = 0; i < ARRAY_SIZE(bad_numbers); i++) {
		KUNIT_EXPECT_EQ_MSG(test, set(&number_param, bad_numbers[i]),
				    -EINVAL, "%s", bad_numbers[i]);
		KUNIT_EXPECT_EQ(test, number, 5);
	}
	KUNIT_EXPECT_NULL(test, refused);
}

/* At load the kernel hears of no error until init asks. */
static void param_number_refused_at_load(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad_numbers); i++) {
		param_test_init(test);
		KUNIT_EXPECT_EQ_MSG(test, set(&number_param, bad_numbers[i]), 0,
				    "%s", bad_numbers[i]);
		KUNIT_EXPECT_EQ(test, number, 5);
		KUNIT_EXPECT_EQ(test, tcpdiag_params_check(), -EINVAL);
		KUNIT_EXPECT_FALSE(test, loading);
	}
}

/* One that is wrong is enough, whatever comes behind it. */
static void param_one_of_two_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, set(&flag_param, "maybe"), 0);
	KUNIT_EXPECT_EQ(test, set(&number_param, "7"), 0);
	KUNIT_EXPECT_PTR_EQ(test, refused, &flag_param);
	KUNIT_EXPECT_EQ(test, tcpdiag_params_check(), -EINVAL);
}

static void param_none_refused(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, set(&number_param, "7"), 0);
	KUNIT_EXPECT_EQ(test, tcpdiag_params_check(), 0);
	KUNIT_EXPECT_EQ(test, set(&number_param, "1"), -EINVAL);
}

static void param_flag(struct kunit *test)
{
	loading = false;
	KUNIT_EXPECT_EQ(test, set(&flag_param, "Y"), 0);
	KUNIT_EXPECT_TRUE(test, flag);
	KUNIT_EXPECT_EQ(test, set(&flag_param, "maybe"), -EINVAL);
	KUNIT_EXPECT_TRUE(test, flag);
	KUNIT_EXPECT_EQ(test, set(&flag_param, "0"), 0);
	KUNIT_EXPECT_FALSE(test, flag);
	/* the name alone */
	KUNIT_EXPECT_EQ(test, set(&flag_param, NULL), 0);
	KUNIT_EXPECT_TRUE(test, flag);
}

static void param_words(struct kunit *test)
{
	char text[TEXT];

	KUNIT_EXPECT_STREQ(test, range_text(text, &number_param),
			   "number must be a number from 2 to 16");
	KUNIT_EXPECT_STREQ(test, range_text(text, &flag_param),
			   "flag must be Y or N");
}

static struct kunit_case param_cases[] = {
	KUNIT_CASE(param_number_in_range),
	KUNIT_CASE(param_number_refused_at_run_time),
	KUNIT_CASE(param_number_refused_at_load),
	KUNIT_CASE(param_one_of_two_refused),
	KUNIT_CASE(param_none_refused),
	KUNIT_CASE(param_flag),
	KUNIT_CASE(param_words),
	{}
};

static struct kunit_suite param_suite = {
	.name = "tcpdiag_param",
	.init = param_test_init,
	.test_cases = param_cases,
};

kunit_test_suite(param_suite);
