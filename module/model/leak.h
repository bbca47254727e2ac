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
 * enum tcpdiag_leak - what can be said of a group of sockets, the mildest first
 * @TCPDIAG_LEAK_NONE: none stays for too long
 * @TCPDIAG_LEAK_PASSES_ON: a proxy that has passed the ends on and waits for the
 *	next in the chain
 * @TCPDIAG_LEAK_PENDING: answers may be due: the program may be working
 * @TCPDIAG_LEAK_UNPROVEN: nothing is known to be due, but nothing shows that it is
 *	a leak
 * @TCPDIAG_LEAK_CROWDED: answers may be due, and descriptors run out
 * @TCPDIAG_LEAK_PROVEN: forgotten
 * @TCPDIAG_LEAK_URGENT: forgotten, and descriptors run out
 */
enum tcpdiag_leak {
	TCPDIAG_LEAK_NONE,
	TCPDIAG_LEAK_PASSES_ON,
	TCPDIAG_LEAK_PENDING,
	TCPDIAG_LEAK_UNPROVEN,
	TCPDIAG_LEAK_CROWDED,
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

/**
 * struct tcpdiag_crowd - the groups of one program and port, told as one
 * @sum: those processes of which the gravest verdict holds
 * @leak: that verdict
 * @signs: TCPDIAG_SIGN_* of any of them
 * @waits: each of them waits for the next in a chain
 * @no_fds: one of them, the owner in @sum, has no descriptor left
 * @others: how many other processes have suspects, of which the verdict does not
 *	hold
 * @others_suspects: how many these have
 */
struct tcpdiag_crowd {
	struct tcpdiag_cw_group sum;
	enum tcpdiag_leak leak;
	unsigned int signs;
	bool waits;
	bool no_fds;
	u32 others;
	u32 others_suspects;
};

bool tcpdiag_leak_same(const struct tcpdiag_cw_group *a,
		       const struct tcpdiag_cw_group *b);
bool tcpdiag_leak_crowd(const struct tcpdiag_cw_group *g, unsigned int n,
			unsigned int i, u64 limit_us,
			struct tcpdiag_crowd *crowd);
unsigned int tcpdiag_leak_signs(const struct tcpdiag_cw_group *g, u64 limit_us);
bool tcpdiag_leak_unsure(const struct tcpdiag_cw_group *g);
bool tcpdiag_leak_gave_up(const struct tcpdiag_cw_group *g);
bool tcpdiag_leak_waits(const struct tcpdiag_cw_group *g);
bool tcpdiag_leak_several(const struct tcpdiag_cw_group *g);
enum tcpdiag_leak tcpdiag_leak_judge(const struct tcpdiag_cw_group *g,
				     u64 limit_us);
const char *tcpdiag_leak_sign_name(unsigned int sign);

#endif /* TCPDIAG_MODEL_LEAK_H */
