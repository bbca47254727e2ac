// SPDX-License-Identifier: GPL-2.0
/*
 * How far the module is in its life (see phase.h). main.c and hooks/ write it.
 */
#include <linux/ktime.h>
#include <linux/rcupdate.h>

#include "store/phase.h"

/* Sockets older than the module may still be unknown. */
bool tcpdiag_phase_walking;
/* The hooks are going, or gone: a record may outlive its socket. */
bool tcpdiag_phase_deaf;

static u64 loaded_ns;
static u64 walk_ns;
static bool approximate;
static bool hears[TCPDIAG_SOURCES];
static struct tcpdiag_phase_hook hooks[TCPDIAG_HOOKS_MAX];

/**
 * tcpdiag_phase_loaded_ns() - when the account began
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
 * tcpdiag_phase_begin_walk() - the hooks are about to be attached
 *
 * Context: process, at load.
 */
void tcpdiag_phase_begin_walk(void)
{
	WRITE_ONCE(tcpdiag_phase_walking, true);
	loaded_ns = ktime_get_ns();
}

/**
 * tcpdiag_phase_end_walk() - no socket is unknown any more
 *
 * Context: process, at load.
 */
void tcpdiag_phase_end_walk(void)
{
	WRITE_ONCE(tcpdiag_phase_walking, false);
}

/**
 * tcpdiag_phase_tell_walk() - say how long the walk took
 * @ns: nanoseconds
 *
 * Context: process, at load.
 */
void tcpdiag_phase_tell_walk(u64 ns)
{
	WRITE_ONCE(walk_ns, ns);
}

/**
 * tcpdiag_phase_approximate() - did memory run out during the walk?
 *
 * Context: any.
 * Return: whether gauges may be off.
 */
bool tcpdiag_phase_approximate(void)
{
	return READ_ONCE(approximate);
}

/**
 * tcpdiag_phase_set_approximate() - gauges may be off from now on
 *
 * Context: any.
 */
void tcpdiag_phase_set_approximate(void)
{
	WRITE_ONCE(approximate, true);
}

/**
 * tcpdiag_phase_go_deaf() - the hooks are about to be detached
 *
 * Nobody looks at the socket of a record when this returns.
 *
 * Context: process, may sleep.
 */
void tcpdiag_phase_go_deaf(void)
{
	WRITE_ONCE(tcpdiag_phase_deaf, true);
	/* who looks has interrupts off, which is an RCU read section */
	synchronize_rcu();
}

/**
 * tcpdiag_phase_hears() - do the hooks for a kind of event deliver?
 * @source: the kind
 *
 * Context: any.
 * Return: whether what depends on it is known.
 */
bool tcpdiag_phase_hears(enum tcpdiag_source source)
{
	return READ_ONCE(hears[source]);
}

/**
 * tcpdiag_phase_set_hears() - the hooks for a kind of event were attached, or
 *	are detached
 * @source: the kind
 * @yes: they deliver
 *
 * Context: process, at load and unload.
 */
void tcpdiag_phase_set_hears(enum tcpdiag_source source, bool yes)
{
	WRITE_ONCE(hears[source], yes);
}

/**
 * tcpdiag_phase_hook() - name and state of a hook
 * @index: from 0 on
 *
 * Context: any.
 * Return: the hook; NULL behind the last.
 */
const struct tcpdiag_phase_hook *tcpdiag_phase_hook(unsigned int index)
{
	return index < TCPDIAG_HOOKS_MAX && hooks[index].name ? &hooks[index] :
								NULL;
}

/**
 * tcpdiag_phase_set_hook() - a hook was attached, or not
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
