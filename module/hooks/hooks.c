// SPDX-License-Identifier: GPL-2.0
/*
 * Finds what the table of probes.c names, attaches it at load and detaches it.
 *
 * Tracepoints are found by name because they are not exported. Functions are
 * found through a disarmed kprobe.
 *
 * Functions are attached first, and tell the test at load (selftest.h). They
 * tell the account last, and are detached first: whenever the beginning of a
 * minisocket is seen, the change to CLOSE that it causes is seen too. The walk
 * finds what was missed until then.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <net/net_namespace.h>

#include "account/pass.h"
#include "conn/reset.h"
#include "hooks/hooks.h"
#include "hooks/probes.h"
#include "hooks/selftest.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/phase.h"

/* Set @ip to a function's address, or to 0 if it has none. 0 or -ENOMEM. */
static int find_address(const char *name, unsigned long *ip)
{
	struct kprobe kp = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	int err;

	*ip = 0;
	if (!name)
		return 0;
	err = register_kprobe(&kp);
	if (err)
		return err == -ENOMEM ? err : 0;
	*ip = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return 0;
}

static void match_tracepoint(struct tracepoint *tp, void *unused)
{
	unsigned int i;

	for (i = 0; i < HOOKS; i++)
		if (tcpdiag_hook[i].kind == HOOK_TRACEPOINT &&
		    !strcmp(tp->name, tcpdiag_hook[i].name))
			tcpdiag_hook[i].tp = tp;
}

static int find_function(struct hook *hook)
{
	int err = find_address(hook->name, &hook->ip);

	if (!err && !hook->ip)
		err = find_address(hook->other_name, &hook->ip);
	if (err || !hook->ip)
		return err;
	err = ftrace_set_filter_ip(&tcpdiag_function_ops, hook->ip, 0, 0);
	if (err)
		hook->ip = 0;
	return err == -ENOMEM ? err : 0;
}

static int find_hook(struct hook *hook)
{
	if (hook->kind == HOOK_FTRACE)
		return find_function(hook);
	if (hook->kind == HOOK_KRETPROBE)
		return find_address(hook->name, &hook->ip);
	return 0;
}

static const char *kind_of(const struct hook *hook)
{
	return hook->kind == HOOK_TRACEPOINT ? "tracepoint" : "function";
}

static int find_hooks(void)
{
	unsigned int i;
	int err;

	for_each_kernel_tracepoint(match_tracepoint, NULL);
	for (i = 0; i < HOOKS; i++) {
		struct hook *hook = &tcpdiag_hook[i];

		err = find_hook(hook);
		if (err)
			return err;
		if (hook->tp || hook->ip)
			continue;
		if (hook->required) {
			pr_err("tcpdiag: this kernel has no %s %s that can be hooked: cannot load\n",
			       kind_of(hook), hook->name);
			return -EOPNOTSUPP;
		}
		pr_info("tcpdiag: no %s %s: what it tells is shown as -\n",
			kind_of(hook), hook->name);
	}
	return 0;
}

static int attach_functions(void)
{
	unsigned int i;
	int err;

	err = register_ftrace_function(&tcpdiag_function_ops);
	if (err) {
		pr_err("tcpdiag: cannot attach to functions (error %d)%s\n",
		       err, err == -EBUSY ?
		       ": set sysctl kernel.ftrace_enabled=1" : "");
		return err;
	}
	for (i = 0; i < HOOKS; i++)
		if (tcpdiag_hook[i].kind == HOOK_FTRACE)
			tcpdiag_hook[i].attached = tcpdiag_hook[i].ip;
	return 0;
}

static void detach_functions(void)
{
	unsigned int i;

	unregister_ftrace_function(&tcpdiag_function_ops);
	for (i = 0; i < HOOKS; i++)
		if (tcpdiag_hook[i].kind == HOOK_FTRACE)
			tcpdiag_hook[i].attached = false;
}

static int attach_probe(struct hook *hook)
{
	int err;

	if (hook->kind == HOOK_TRACEPOINT) {
		err = tracepoint_probe_register(hook->tp, hook->probe, NULL);
	} else {
		hook->rp->kp.symbol_name = hook->name;
		err = register_kretprobe(hook->rp);
	}
	if (err) {
		pr_err("tcpdiag: cannot attach to %s (error %d)\n",
		       hook->name, err);
		return err;
	}
	hook->attached = true;
	return 0;
}

static void detach_probe(struct hook *hook)
{
	if (hook->kind == HOOK_TRACEPOINT)
		tracepoint_probe_unregister(hook->tp, hook->probe, NULL);
	else
		unregister_kretprobe(hook->rp);
	hook->attached = false;
}

/* Attach all hooks of a kind except the ftrace ones, which share one ftrace_ops. */
static int attach_probes(enum hook_kind kind)
{
	unsigned int i;
	int err;

	for (i = 0; i < HOOKS; i++) {
		if (tcpdiag_hook[i].kind != kind || (!tcpdiag_hook[i].tp && !tcpdiag_hook[i].ip))
			continue;
		err = attach_probe(&tcpdiag_hook[i]);
		if (err)
			return err;
	}
	return 0;
}

static void detach_probes(void)
{
	int i;

	for (i = HOOKS - 1; i >= 0; i--)
		if (tcpdiag_hook[i].kind != HOOK_FTRACE && tcpdiag_hook[i].attached)
			detach_probe(&tcpdiag_hook[i]);
	tracepoint_synchronize_unregister();
}

/* Publish the state of the hooks to the layers below. */
static void tell_phase(void)
{
	unsigned int i;

	static_assert(HOOKS_MAX <= TCPDIAG_HOOKS_MAX);
	for (i = 0; i < HOOKS; i++)
		tcpdiag_phase_set_hook(i, tcpdiag_hook[i].name, tcpdiag_hook[i].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_REQUESTS,
				tcpdiag_hook[HOOK_REQUEST].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_LOSSES,
				tcpdiag_hook[HOOK_RECOVERY].attached &&
				tcpdiag_hook[HOOK_LOSS].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_RESETS_RECEIVED,
				tcpdiag_hook[HOOK_RESET_RECEIVED].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_RESETS_SENT,
				tcpdiag_hook[HOOK_RESET_SENT].attached &&
				(TCPDIAG_SEND_RESET_IS_WHOLE ||
				 (tcpdiag_hook[HOOK_ANSWER_V4].attached &&
				  (!IS_ENABLED(CONFIG_IPV6) ||
				   tcpdiag_hook[HOOK_ANSWER_V6].attached))));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_SYNACKS,
				tcpdiag_hook[HOOK_SYNACK_AGAIN].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_BINDS,
				tcpdiag_hook[HOOK_PORT].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_FAST_OPEN,
				tcpdiag_hook[HOOK_FAST_OPEN].attached);
	tcpdiag_phase_set_binds_missed(&tcpdiag_hook[HOOK_PORT].rp->nmissed);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_CHILDREN,
				tcpdiag_test_trusts(TCPDIAG_ASSUMED_CHILDREN));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_CONNECTS,
				tcpdiag_test_trusts(TCPDIAG_ASSUMED_CONNECTS));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_CONG_STATES,
				tcpdiag_hook[HOOK_CONG_STATE].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_TIME_WAITS,
				tcpdiag_hook[HOOK_TWSK_BEGIN].attached);
}

static void ignore(struct hook *hook)
{
	hook->ip = 0;
	hook->attached = false;
}

/* Functions that may have other arguments are not listened to. */
static void distrust(void)
{
	if (!tcpdiag_test_trusts(TCPDIAG_ASSUMED_REQUESTS))
		ignore(&tcpdiag_hook[HOOK_REQUEST]);
	if (tcpdiag_test_trusts(TCPDIAG_ASSUMED_TIME_WAITS))
		return;
	ignore(&tcpdiag_hook[HOOK_TWSK_BEGIN]);
	ignore(&tcpdiag_hook[HOOK_TWSK_END]);
	detach_probe(&tcpdiag_hook[HOOK_TWSK_SEGMENT]);
}

/*
 * Let the test run, with its probes in place of the account's; without them it
 * verifies nothing.
 */
static void run_test(void)
{
	struct hook *state = &tcpdiag_hook[HOOK_STATE];
	struct hook *destroy = &tcpdiag_hook[HOOK_DESTROY];

	if (tracepoint_probe_register(state->tp, tcpdiag_test_state, NULL))
		return;
	if (!tracepoint_probe_register(destroy->tp, tcpdiag_test_destroy,
				       NULL)) {
		tcpdiag_test_run();
		tracepoint_probe_unregister(destroy->tp, tcpdiag_test_destroy,
					    NULL);
	}
	tracepoint_probe_unregister(state->tp, tcpdiag_test_state, NULL);
	tracepoint_synchronize_unregister();
	/* the kernel has counted its connections */
	tcpdiag_mibs_begin(tcpdiag_net(&init_net));
}

/* Functions, the test, then tracepoints; then the functions tell the account. */
static int attach_all(void)
{
	int err;

	static_branch_enable(&tcpdiag_test_key);
	err = attach_probes(HOOK_KRETPROBE);
	if (!err)
		err = attach_functions();
	if (!err) {
		run_test();
		tcpdiag_test_tell();
		distrust();
		err = attach_probes(HOOK_TRACEPOINT);
		if (err)
			detach_functions();
	}
	static_branch_disable(&tcpdiag_test_key);
	return err;
}

/**
 * tcpdiag_hooks_init() - attach all hooks
 *
 * The last of all init steps that can fail: events come from here on, and then
 * sockets may use an algorithm.
 *
 * Context: process, may sleep.
 * Return: 0; -EOPNOTSUPP if a required hook is missing; another errno.
 */
int tcpdiag_hooks_init(void)
{
	int err;

	err = find_hooks();
	if (err)
		goto err_filter;
	err = attach_all();
	tell_phase();
	if (!err)
		return 0;

	/* a reader's pass looks at sockets, and nobody tells of their end now */
	tcpdiag_pass_end();
	tcpdiag_phase_go_deaf();
	detach_probes();
	tcpdiag_reset_forget();
err_filter:
	ftrace_free_filter(&tcpdiag_function_ops);
	return err;
}

/**
 * tcpdiag_hooks_exit() - detach all hooks and wait until none is running
 *
 * Context: process, may sleep.
 */
void tcpdiag_hooks_exit(void)
{
	tcpdiag_phase_go_deaf();
	detach_functions();
	detach_probes();
	tcpdiag_reset_forget();
	ftrace_free_filter(&tcpdiag_function_ops);
}
