// SPDX-License-Identifier: GPL-2.0
/*
 * The phase of the module's life (see phase.h). main.c and hooks/ set it.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/rcupdate.h>

#include "store/phase.h"

/* Some sockets older than the module may have no record yet. */
bool tcpdiag_phase_walking;
/* Hooks are being detached, or are gone: a record may outlive its socket. */
bool tcpdiag_phase_deaf;

static u64 loaded_ns;
static u64 walk_ns;
static bool approximate;
static bool hears[TCPDIAG_SOURCES];
static const int *binds_missed;
static enum tcpdiag_trust trusts[TCPDIAG_ASSUMPTIONS];
static u64 test_ns;
static struct tcpdiag_phase_hook hooks[TCPDIAG_HOOKS_MAX];

/**
 * tcpdiag_phase_loaded_ns() - when the module was loaded
 *
 * Context: any.
 * Return: ktime_get_ns() just before the hooks were attached.
 */
u64 tcpdiag_phase_loaded_ns(void)
{
	return loaded_ns;
}

/**
 * tcpdiag_phase_walk_ns() - how long the walk at load took
 *
 * Context: any.
 * Return: nanoseconds; 0 while it goes on.
 */
u64 tcpdiag_phase_walk_ns(void)
{
	return READ_ONCE(walk_ns);
}

/**
 * tcpdiag_phase_begin_walk() - call before the hooks are attached
 *
 * Context: process, at load.
 */
void tcpdiag_phase_begin_walk(void)
{
	WRITE_ONCE(tcpdiag_phase_walking, true);
	loaded_ns = ktime_get_ns();
}

/**
 * tcpdiag_phase_end_walk() - call when the walk has reached every socket
 *
 * Context: process, at load.
 */
void tcpdiag_phase_end_walk(void)
{
	WRITE_ONCE(tcpdiag_phase_walking, false);
}

/**
 * tcpdiag_phase_tell_walk() - set how long the walk took
 * @ns: nanoseconds
 *
 * Context: process, at load.
 */
void tcpdiag_phase_tell_walk(u64 ns)
{
	WRITE_ONCE(walk_ns, ns);
}

/**
 * tcpdiag_phase_approximate() - whether the walk missed a socket
 *
 * Context: any.
 * Return: true if gauges may be off.
 */
bool tcpdiag_phase_approximate(void)
{
	return READ_ONCE(approximate);
}

/**
 * tcpdiag_phase_set_approximate() - note that gauges may be off from now on
 *
 * Context: any.
 */
void tcpdiag_phase_set_approximate(void)
{
	WRITE_ONCE(approximate, true);
}

/**
 * tcpdiag_phase_go_deaf() - call before the hooks are detached
 *
 * When this returns, no code looks at the socket of a record any more.
 *
 * Context: process, may sleep.
 */
void tcpdiag_phase_go_deaf(void)
{
	WRITE_ONCE(tcpdiag_phase_deaf, true);
	/* code that looks has interrupts off, which is an RCU read section */
	synchronize_rcu();
}

/**
 * tcpdiag_phase_hears() - whether the hooks for a kind of event deliver
 * @source: the kind
 *
 * Context: any.
 * Return: true if figures that depend on these events are known.
 */
bool tcpdiag_phase_hears(enum tcpdiag_source source)
{
	return READ_ONCE(hears[source]);
}

/**
 * tcpdiag_phase_set_hears() - set whether the hooks for a kind of event deliver
 * @source: the kind
 * @yes: they deliver
 *
 * Context: process, at load.
 */
void tcpdiag_phase_set_hears(enum tcpdiag_source source, bool yes)
{
	WRITE_ONCE(hears[source], yes);
}

/**
 * tcpdiag_phase_trust() - what the test at load found of an assumption
 * @assumption: the assumption
 *
 * Context: any.
 * Return: the result.
 */
enum tcpdiag_trust tcpdiag_phase_trust(enum tcpdiag_assumption assumption)
{
	return READ_ONCE(trusts[assumption]);
}

/**
 * tcpdiag_phase_set_trust() - set what the test at load found
 * @assumption: the assumption
 * @trust: the result
 *
 * Context: process, at load.
 */
void tcpdiag_phase_set_trust(enum tcpdiag_assumption assumption,
			     enum tcpdiag_trust trust)
{
	WRITE_ONCE(trusts[assumption], trust);
}

/**
 * tcpdiag_phase_test_ns() - how long the test at load took
 *
 * Context: any.
 * Return: nanoseconds.
 */
u64 tcpdiag_phase_test_ns(void)
{
	return READ_ONCE(test_ns);
}

/**
 * tcpdiag_phase_set_test_ns() - set how long the test at load took
 * @ns: nanoseconds
 *
 * Context: process, at load.
 */
void tcpdiag_phase_set_test_ns(u64 ns)
{
	WRITE_ONCE(test_ns, ns);
}

/**
 * tcpdiag_phase_hook() - name and state of a hook
 * @index: 0 for the first
 *
 * Context: any.
 * Return: the hook; NULL after the last.
 */
const struct tcpdiag_phase_hook *tcpdiag_phase_hook(unsigned int index)
{
	return index < TCPDIAG_HOOKS_MAX && hooks[index].name ? &hooks[index] :
								NULL;
}

/**
 * tcpdiag_phase_set_hook() - set name and state of a hook
 * @index: its place, below TCPDIAG_HOOKS_MAX
 * @name: the tracepoint's or function's name
 * @attached: it delivers
 *
 * Context: process, at load, before there is a reader.
 */
void tcpdiag_phase_set_hook(unsigned int index, const char *name,
			    bool attached)
{
	hooks[index].name = name;
	WRITE_ONCE(hooks[index].attached, attached);
}

/**
 * tcpdiag_phase_binds_missed() - calls of bind() and listen() not looked at
 *
 * There were too many at a time. On all namespaces together.
 *
 * Context: any.
 * Return: how many since insmod.
 */
u64 tcpdiag_phase_binds_missed(void)
{
	const int *missed = READ_ONCE(binds_missed);

	return missed ? max(READ_ONCE(*missed), 0) : 0;
}

/**
 * tcpdiag_phase_set_binds_missed() - set where the calls not looked at are
 *	counted
 * @missed: the counter
 *
 * Context: process, at load.
 */
void tcpdiag_phase_set_binds_missed(const int *missed)
{
	WRITE_ONCE(binds_missed, missed);
}
