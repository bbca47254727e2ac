/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The test at load: whether this kernel does what the hooks rest on.
 *
 * selftest.c makes sockets of the kernel's own and judges; selftest_log.c keeps
 * what the hooks told of them.
 */
#ifndef TCPDIAG_HOOKS_SELFTEST_H
#define TCPDIAG_HOOKS_SELFTEST_H

#include <linux/jump_label.h>
#include <linux/types.h>

#include "model/causes.h"
#include "store/phase.h"

struct inet_timewait_sock;
struct request_sock;
struct sock;

/**
 * enum tcpdiag_test_kind - what a hook told
 * @TCPDIAG_TEST_STATE: a full socket's state changes
 * @TCPDIAG_TEST_DESTROY: a full socket ends
 * @TCPDIAG_TEST_REQUEST: a listener queues a request
 * @TCPDIAG_TEST_MINI_BEGIN: a minisocket takes a full socket's place
 * @TCPDIAG_TEST_MINI_SEGMENT: a minisocket has a segment to handle
 * @TCPDIAG_TEST_MINI_END: a minisocket is freed
 */
enum tcpdiag_test_kind {
	TCPDIAG_TEST_STATE,
	TCPDIAG_TEST_DESTROY,
	TCPDIAG_TEST_REQUEST,
	TCPDIAG_TEST_MINI_BEGIN,
	TCPDIAG_TEST_MINI_SEGMENT,
	TCPDIAG_TEST_MINI_END,
};

/**
 * struct tcpdiag_test_event - what a hook told of a socket of the test
 * @kind: what
 * @old: the state that the full socket leaves, or is in
 * @new: the state that is entered: the full socket's, or its minisocket's
 * @softirq: it came in a softirq
 * @cpu: on this CPU
 * @sk: the full socket, or the listener
 * @other: the minisocket or request; NULL without
 * @port: the full socket's local port
 * @flags: TCPDIAG_F_LISTENER_*, as a child's record would have them
 * @cause: for a connect() that failed, why
 */
struct tcpdiag_test_event {
	enum tcpdiag_test_kind kind;
	u8 old;
	u8 new;
	bool softirq;
	int cpu;
	const void *sk;
	const void *other;
	u16 port;
	u8 flags;
	enum tcpdiag_cause cause;
};

DECLARE_STATIC_KEY_FALSE(tcpdiag_test_key);

/**
 * tcpdiag_test_runs() - whether the functions' hooks tell the test
 *
 * Context: any.
 * Return: true until the real probes of tracepoints are attached.
 */
static __always_inline bool tcpdiag_test_runs(void)
{
	return static_branch_unlikely(&tcpdiag_test_key);
}

/* selftest.c */
void tcpdiag_test_run(void);
bool tcpdiag_test_trusts(enum tcpdiag_assumption assumption);
void tcpdiag_test_tell(void);

/* selftest_log.c */
void tcpdiag_test_log_clear(void);
void tcpdiag_test_log_know(const void *sk);
void tcpdiag_test_log_know_port(u16 port);
bool tcpdiag_test_log_is_whole(void);
const struct tcpdiag_test_event *tcpdiag_test_log_at(unsigned int index);
void tcpdiag_test_state(void *unused, const struct sock *sk, const int left,
			const int entered);
void tcpdiag_test_destroy(void *unused, struct sock *sk);
void tcpdiag_test_request(const struct sock *listener,
			  const struct request_sock *req);
void tcpdiag_test_mini_begin(const struct inet_timewait_sock *tw,
			     const struct sock *sk);
void tcpdiag_test_mini_segment(const struct inet_timewait_sock *tw);
void tcpdiag_test_mini_end(const struct inet_timewait_sock *tw);

#endif /* TCPDIAG_HOOKS_SELFTEST_H */
