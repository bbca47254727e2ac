/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of hooks: what is hooked and how (probes.c), for who attaches it
 * (hooks.c).
 */
#ifndef TCPDIAG_HOOKS_PROBES_H
#define TCPDIAG_HOOKS_PROBES_H

#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <linux/types.h>

#include "compat.h"

enum hook_kind { HOOK_TRACEPOINT, HOOK_FTRACE, HOOK_KRETPROBE };

/**
 * struct hook - one hooked place in the kernel
 * @kind: how it is attached
 * @required: insmod fails without it; else columns that depend on it are "-"
 * @name: tracepoint or function
 * @other_name: the function's name in other kernel versions, or NULL
 * @probe: the tracepoint's probe
 * @rp: the function's kretprobe
 * @tp: the tracepoint, once found
 * @ip: address of the function as a kprobe has it, once found; 0 if there is none
 * @attached: it delivers
 */
struct hook {
	enum hook_kind kind;
	bool required;
	const char *name;
	const char *other_name;
	void *probe;
	struct kretprobe *rp;
	struct tracepoint *tp;
	unsigned long ip;
	bool attached;
};

/* Indexes into the table, in the order of a connection's life. */
enum {
	HOOK_PORT,
	HOOK_REQUEST,
	HOOK_RECOVERY,
	HOOK_LOSS,
	HOOK_CONG_STATE,
	HOOK_SYNACK_AGAIN,
	HOOK_FAST_OPEN,
	HOOK_TWSK_BEGIN,
	HOOK_TWSK_SEGMENT,
	HOOK_TWSK_END,
	HOOK_RESET_SENT,
	HOOK_RESET_RECEIVED,
	HOOK_DESTROY,
	HOOK_STATE,
	/* where the tracepoint tcp_send_reset is whole, these are not needed */
	HOOK_ANSWER_V4,
	HOOK_ANSWER_V6,
	HOOKS_MAX,
};

/* Hooks that are used. */
#define HOOKS	(TCPDIAG_SEND_RESET_IS_WHOLE ? HOOK_ANSWER_V4 : HOOKS_MAX)

extern struct hook tcpdiag_hook[HOOKS_MAX];
extern struct ftrace_ops tcpdiag_function_ops;

#endif /* TCPDIAG_HOOKS_PROBES_H */
