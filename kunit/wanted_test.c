// SPDX-License-Identifier: GPL-2.0
/*
 * Tests of what a reader asks for: prefixes of every length, both families, IPv4
 * in IPv6, and conditions together.
 */
#include <kunit/test.h>

#include "model/wanted.c"

static struct in6_addr v4(u32 addr)
{
	return (struct in6_addr){ .s6_addr32 = { htonl(addr) } };
}

static struct in6_addr mapped(u32 addr)
{
	return (struct in6_addr){
		.s6_addr32 = { 0, 0, htonl(0xffff), htonl(addr) },
	};
}

static struct in6_addr v6(u32 first, u32 last)
{
	return (struct in6_addr){
		.s6_addr32 = { htonl(first), 0, 0, htonl(last) },
	};
}

/* An address that differs in bit @i alone is in prefixes of up to @i bits. */
static void prefix_each_length(struct kunit *test)
{
	struct tcpdiag_prefix prefix = { .v6 = true, .addr = v6(0x20010db8, 1) };
	struct in6_addr addr;
	unsigned int i;

	for (i = 0; i < 128; i++) {
		addr = prefix.addr;
		addr.s6_addr[i / 8] ^= 0x80 >> i % 8;
		prefix.bits = i;
		KUNIT_EXPECT_TRUE(test, tcpdiag_prefix_has(&prefix, true, &addr));
		prefix.bits = i + 1;
		KUNIT_EXPECT_FALSE(test,
				   tcpdiag_prefix_has(&prefix, true, &addr));
	}
}

static void prefix_families(struct kunit *test)
{
	struct tcpdiag_prefix ten = { .bits = 8, .addr = v4(0x0a000000) };
	struct tcpdiag_prefix all6 = { .v6 = true };
	struct in6_addr inside = v4(0x0a010203), outside = v4(0x0b000000);
	struct in6_addr in6 = mapped(0x0a010203), out6 = mapped(0x0b000000);
	struct in6_addr other = v6(0x0a000000, 0x0a000000);

	KUNIT_EXPECT_TRUE(test, tcpdiag_prefix_has(&ten, false, &inside));
	KUNIT_EXPECT_FALSE(test, tcpdiag_prefix_has(&ten, false, &outside));
	KUNIT_EXPECT_TRUE(test, tcpdiag_prefix_has(&ten, true, &in6));
	KUNIT_EXPECT_FALSE(test, tcpdiag_prefix_has(&ten, true, &out6));
	KUNIT_EXPECT_FALSE(test, tcpdiag_prefix_has(&ten, true, &other));
	KUNIT_EXPECT_TRUE(test, tcpdiag_prefix_has(&all6, true, &other));
	KUNIT_EXPECT_FALSE(test, tcpdiag_prefix_has(&all6, false, &inside));
}

static void wanted_together(struct kunit *test)
{
	struct tcpdiag_addr addr = {
		.local = v4(0x7f000001), .remote = v4(0x7f000002),
		.lport = 8080, .rport = 40000,
	};
	struct tcpdiag_wanted wanted = {
		.local_port = 8080, .remote_port = 40000,
		.local = { .bits = 32, .addr = v4(0x7f000001) },
		.remote = { .bits = 32, .addr = v4(0x7f000002) },
	};
	static const u32 each[] = {
		TCPDIAG_WANTED(LOCAL_PORT), TCPDIAG_WANTED(REMOTE_PORT),
		TCPDIAG_WANTED(LOCAL_PREFIX), TCPDIAG_WANTED(REMOTE_PREFIX),
	};
	struct tcpdiag_addr swapped = {
		.local = addr.remote, .remote = addr.local,
		.lport = addr.rport, .rport = addr.lport,
	};
	unsigned int i;

	KUNIT_EXPECT_TRUE(test, tcpdiag_wanted_addr(&wanted, false, &swapped));
	for (i = 0; i < ARRAY_SIZE(each); i++) {
		wanted.conditions = each[i];
		KUNIT_EXPECT_TRUE(test,
				  tcpdiag_wanted_addr(&wanted, false, &addr));
		KUNIT_EXPECT_FALSE(test,
				   tcpdiag_wanted_addr(&wanted, false,
						       &swapped));
	}
	wanted.conditions = each[0] | each[1] | each[2] | each[3];
	KUNIT_EXPECT_TRUE(test, tcpdiag_wanted_addr(&wanted, false, &addr));
	addr.rport = 40001;
	KUNIT_EXPECT_FALSE(test, tcpdiag_wanted_addr(&wanted, false, &addr));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(prefix_each_length),
	KUNIT_CASE(prefix_families),
	KUNIT_CASE(wanted_together),
	{}
};

static struct kunit_suite suite = {
	.name = "tcpdiag_wanted",
	.test_cases = cases,
};

kunit_test_suite(suite);
