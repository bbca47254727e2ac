// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag_kunit.ko: tests of units without kernel state. The *_test.c that
 * tests a unit includes it, so this module needs no other. Loading it runs the
 * suites: make kunit.
 */
#include <linux/module.h>

MODULE_AUTHOR("The tcpdiag developers");
MODULE_DESCRIPTION("Unit tests of tcpdiag");
MODULE_LICENSE("GPL");
