/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Sockets that gave a sign that they may not be able to go on.
 */
#ifndef TCPDIAG_ACCOUNT_SIGNS_H
#define TCPDIAG_ACCOUNT_SIGNS_H

struct sock;

/* Signs that are kept for the worker. */
#define TCPDIAG_SIGNS	256

/**
 * struct tcpdiag_signs - signs since the worker last asked
 * @n: how many
 * @key: the sockets; only looked up, they may be gone
 * @head: bytes of the segment that each sends again
 */
struct tcpdiag_signs {
	unsigned int n;
	const void *key[TCPDIAG_SIGNS];
	u32 head[TCPDIAG_SIGNS];
};

void tcpdiag_signs_timeout(const struct sock *sk);
void tcpdiag_signs_take(struct tcpdiag_signs *signs);

#endif /* TCPDIAG_ACCOUNT_SIGNS_H */
