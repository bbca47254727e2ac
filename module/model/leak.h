/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Whether sockets that stay in CLOSE_WAIT are forgotten, or their program has
 * reason to keep them. Pure functions.
 */
#ifndef TCPDIAG_MODEL_LEAK_H
#define TCPDIAG_MODEL_LEAK_H

#include <linux/bits.h>
#include <linux/types.h>

struct tcpdiag_cw_group;

/**
 * enum tcpdiag_leak - what can be said of a group of sockets
 * @TCPDIAG_LEAK_NONE: none stays for too long
 * @TCPDIAG_LEAK_PASSES_ON: a proxy that has passed the ends on and waits for the
 *	next in the chain
 * @TCPDIAG_LEAK_PENDING: answers may be due: the program may be working
 * @TCPDIAG_LEAK_UNPROVEN: nothing is due, but nothing shows that it goes on
 * @TCPDIAG_LEAK_PROVEN: forgotten
 * @TCPDIAG_LEAK_URGENT: forgotten, and descriptors run out
 */
enum tcpdiag_leak {
	TCPDIAG_LEAK_NONE,
	TCPDIAG_LEAK_PASSES_ON,
	TCPDIAG_LEAK_PENDING,
	TCPDIAG_LEAK_UNPROVEN,
	TCPDIAG_LEAK_PROVEN,
	TCPDIAG_LEAK_URGENT,
};

/* The signs of a leak. */
#define TCPDIAG_SIGN_NOT_ACCEPTED	BIT(0)
#define TCPDIAG_SIGN_NEWER		BIT(1)
#define TCPDIAG_SIGN_GROWTH		BIT(2)
#define TCPDIAG_SIGN_AGE		BIT(3)
#define TCPDIAG_SIGN_INHERITED		BIT(4)
#define TCPDIAG_SIGN_DESCRIPTORS	BIT(5)
#define TCPDIAG_SIGNS			6

bool tcpdiag_leak_same(const struct tcpdiag_cw_group *a,
		       const struct tcpdiag_cw_group *b);
void tcpdiag_leak_merge(struct tcpdiag_cw_group *sum,
			const struct tcpdiag_cw_group *g);
unsigned int tcpdiag_leak_signs(const struct tcpdiag_cw_group *g, u64 limit_us);
bool tcpdiag_leak_waits(const struct tcpdiag_cw_group *g);
enum tcpdiag_leak tcpdiag_leak_judge(const struct tcpdiag_cw_group *g,
				     u64 limit_us);
const char *tcpdiag_leak_sign_name(unsigned int sign);

#endif /* TCPDIAG_MODEL_LEAK_H */
