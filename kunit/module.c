// SPDX-License-Identifier: GPL-2.0
/*
 * tcpdiag_kunit.ko: the unit tests of what has no kernel state. Each unit is
 * included by one *_test.c that tests it, so the module needs no other. Loading
 * it runs the suites: make kunit.
 */
#include <linux/module.h>

MODULE_AUTHOR("The tcpdiag developers");
MODULE_DESCRIPTION("Unit tests of tcpdiag");
MODULE_LICENSE("GPL");
