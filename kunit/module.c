// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag_kunit.ko: the unit tests of what has no kernel state. Each
 * *_test.c includes the unit that it tests, so the module needs no other.
 * Loading it runs the suites: make kunit.
 */
#include <linux/module.h>

MODULE_AUTHOR("The tcpdiag developers");
MODULE_DESCRIPTION("Unit tests of tcpdiag");
MODULE_LICENSE("GPL");
