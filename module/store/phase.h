/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The phase of the module's life (walk at load, unload), and which hooks
 * deliver. All layers below the hooks use these facts.
 */
#ifndef TCPDIAG_STORE_PHASE_H
#define TCPDIAG_STORE_PHASE_H

#include <linux/compiler.h>
#include <linux/types.h>

/**
 * enum tcpdiag_source - a kind of event that a view's columns need
 * @TCPDIAG_SOURCE_REQUESTS: the beginning of requests (NEW_SYN_RECV)
 * @TCPDIAG_SOURCE_LOSSES: the beginning of loss recovery, and timeouts
 * @TCPDIAG_SOURCE_RESETS_SENT: RST segments sent
 * @TCPDIAG_SOURCE_RESETS_RECEIVED: RST segments received
 * @TCPDIAG_SOURCE_SYNACKS: SYN-ACKs that are sent again
 * @TCPDIAG_SOURCE_BINDS: bind() and listen() that find their port taken
 * @TCPDIAG_SOURCE_FAST_OPEN: answers to Fast Open
 * @TCPDIAG_SOURCE_CHILDREN: which listener made a connection
 * @TCPDIAG_SOURCE_CONNECTS: whether a connect() that failed had a port
 * @TCPDIAG_SOURCE_TIME_WAITS: the life of timewait minisockets
 * @TCPDIAG_SOURCE_CONG_STATES: changes of the congestion state
 * @TCPDIAG_SOURCES: how many there are
 *
 * A kernel may lack the place to hook, or the test at load may find that it does
 * not do what the hooks rest on. Columns that depend on it are `-` then.
 */
enum tcpdiag_source {
	TCPDIAG_SOURCE_REQUESTS,
	TCPDIAG_SOURCE_LOSSES,
	TCPDIAG_SOURCE_RESETS_SENT,
	TCPDIAG_SOURCE_RESETS_RECEIVED,
	TCPDIAG_SOURCE_SYNACKS,
	TCPDIAG_SOURCE_BINDS,
	TCPDIAG_SOURCE_FAST_OPEN,
	TCPDIAG_SOURCE_CHILDREN,
	TCPDIAG_SOURCE_CONNECTS,
	TCPDIAG_SOURCE_TIME_WAITS,
	TCPDIAG_SOURCE_CONG_STATES,
	TCPDIAG_SOURCES,
};

/**
 * enum tcpdiag_assumption - something the hooks rest on that no interface of the
 *	kernel promises; the test at load looks whether it is so
 * @TCPDIAG_ASSUMED_REQUESTS: a request is told with its listener
 * @TCPDIAG_ASSUMED_CHILDREN: a child tells its listener's port and whether that
 *	was bound to an address, before it is established
 * @TCPDIAG_ASSUMED_CONNECTS: when connect() begins, only a socket that was bound
 *	has a port; when it ends for want of one, nothing was sent
 * @TCPDIAG_ASSUMED_TIME_WAITS: a minisocket is told with the socket it replaces,
 *	whose change to CLOSE follows at once; then its segments and its end are
 * @TCPDIAG_ASSUMPTIONS: how many there are
 */
enum tcpdiag_assumption {
	TCPDIAG_ASSUMED_REQUESTS,
	TCPDIAG_ASSUMED_CHILDREN,
	TCPDIAG_ASSUMED_CONNECTS,
	TCPDIAG_ASSUMED_TIME_WAITS,
	TCPDIAG_ASSUMPTIONS,
};

/**
 * enum tcpdiag_trust - what the test at load found of an assumption
 * @TCPDIAG_TRUST_UNVERIFIED: it could not be tested
 * @TCPDIAG_TRUST_VERIFIED: it is so
 * @TCPDIAG_TRUST_CONTRADICTED: it is not so
 */
enum tcpdiag_trust {
	TCPDIAG_TRUST_UNVERIFIED,
	TCPDIAG_TRUST_VERIFIED,
	TCPDIAG_TRUST_CONTRADICTED,
};

/* Room for hooks. */
#define TCPDIAG_HOOKS_MAX	32

/**
 * struct tcpdiag_phase_hook - a hooked place in the kernel
 * @name: the tracepoint or function
 * @attached: it delivers
 */
struct tcpdiag_phase_hook {
	const char *name;
	bool attached;
};

extern bool tcpdiag_phase_walking;
extern bool tcpdiag_phase_deaf;

u64 tcpdiag_phase_loaded_ns(void);
u64 tcpdiag_phase_walk_ns(void);
void tcpdiag_phase_begin_walk(void);
void tcpdiag_phase_end_walk(void);
void tcpdiag_phase_tell_walk(u64 ns);
bool tcpdiag_phase_approximate(void);
void tcpdiag_phase_set_approximate(void);
void tcpdiag_phase_go_deaf(void);
bool tcpdiag_phase_hears(enum tcpdiag_source source);
void tcpdiag_phase_set_hears(enum tcpdiag_source source, bool yes);
enum tcpdiag_trust tcpdiag_phase_trust(enum tcpdiag_assumption assumption);
void tcpdiag_phase_set_trust(enum tcpdiag_assumption assumption,
			     enum tcpdiag_trust trust);
u64 tcpdiag_phase_test_ns(void);
void tcpdiag_phase_set_test_ns(u64 ns);
const struct tcpdiag_phase_hook *tcpdiag_phase_hook(unsigned int index);
void tcpdiag_phase_set_hook(unsigned int index, const char *name,
			    bool attached);
u64 tcpdiag_phase_binds_missed(void);
void tcpdiag_phase_set_binds_missed(const int *missed);

/**
 * tcpdiag_walking() - whether older sockets may still be without a record
 *
 * Context: any.
 * Return: true from before the hooks are attached until the walk is done.
 */
static inline bool tcpdiag_walking(void)
{
	return READ_ONCE(tcpdiag_phase_walking);
}

/**
 * tcpdiag_phase_is_deaf() - whether the hooks are being detached, or are gone
 *
 * Context: any.
 * Return: true if a record may outlive its socket.
 */
static inline bool tcpdiag_phase_is_deaf(void)
{
	return READ_ONCE(tcpdiag_phase_deaf);
}

#endif /* TCPDIAG_STORE_PHASE_H */
