// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks that bring tcpdiag its events, in one table. A hook is a tracepoint
 * where the kernel has one, else ftrace at the entry of a function. It is a
 * kretprobe where the result of a function is needed and the call is rare. All
 * ftrace hooks share one ftrace_ops, so that loading and unloading patch the
 * kernel once.
 *
 * Each probe calls into conn/ or account/. Tracepoints are found by name
 * because they are not exported; the kernel's own trace headers check the
 * prototypes. Functions are found through a disarmed kprobe.
 *
 * Functions are attached first, and tell the test at load (selftest.h). They
 * tell the account last, and are detached first: whenever the beginning of a
 * minisocket is seen, the change to CLOSE that it causes is seen too. The walk
 * finds what was missed until then.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <linux/tracepoint.h>
#include <net/inet_timewait_sock.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/tcp.h>
#include <trace/events/sock.h>
#include <trace/events/tcp.h>

#include "account/binds.h"
#include "account/congestion.h"
#include "account/pass.h"
#include "account/service.h"
#include "account/shards.h"
#include "compat.h"
#include "conn/conn.h"
#include "conn/reset.h"
#include "hooks/hooks.h"
#include "hooks/selftest.h"
#include "store/mibs.h"

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

static void probe_send_reset(void *data, TCPDIAG_SEND_RESET_PARAMS)
{
	TCPDIAG_PROBE_GUARD();
	tcpdiag_reset_is_sent(sk, skb, TCPDIAG_SEND_RESET_REASON);
}

static void probe_receive_reset(void *data, struct sock *sk)
{
	TCPDIAG_PROBE_GUARD();
	tcpdiag_reset_is_received(sk);
}

/* With Fast Open the socket is the child, and its listener is not known. */
static void probe_retransmit_synack(void *data, const struct sock *sk,
				    const struct request_sock *req)
{
	TCPDIAG_PROBE_GUARD();
	struct tcpdiag_shard *shard;
	unsigned long irqflags;
	u32 key = TCPDIAG_SERVICE_OTHER;

	if (sk->sk_state == TCP_LISTEN)
		key = tcpdiag_service_key_of(sk);
	shard = tcpdiag_shard_open(sock_net(sk), &irqflags);
	if (unlikely(!shard))
		return;
	tcpdiag_service_synack(shard, key);
	tcpdiag_shard_close(shard, irqflags);
}

/* These functions are called for DCCP as well. */
static bool is_tcp(const struct sock *sk)
{
	return likely(sk->sk_protocol == IPPROTO_TCP);
}

static void enter_twsk_destructor(struct ftrace_regs *fregs)
{
	tcpdiag_minisock_end((void *)tcpdiag_ftrace_arg(fregs, 0));
}

static void enter_twsk_hashdance(struct ftrace_regs *fregs)
{
	struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 1);

	if (is_tcp(sk))
		tcpdiag_minisock_begin((void *)tcpdiag_ftrace_arg(fregs, 0),
				       sk);
}

static void enter_reqsk_hash_add(struct ftrace_regs *fregs)
{
	struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 0);

	if (is_tcp(sk))
		tcpdiag_minisock_request(sk,
					 (void *)tcpdiag_ftrace_arg(fregs, 1));
}

static void enter_recovery(struct ftrace_regs *fregs)
{
	const struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 0);
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));

	if (likely(shard))
		tcpdiag_congestion_recovery(shard, sk);
}

static void enter_loss(struct ftrace_regs *fregs)
{
	const struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 0);
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));

	if (likely(shard))
		tcpdiag_congestion_timeout(shard, sk);
}

static void enter_fast_open(struct ftrace_regs *fregs)
{
	tcpdiag_fast_open_answered((void *)tcpdiag_ftrace_arg(fregs, 0));
}

/*
 * A segment is answered with a RST, where the tracepoint tells only of those for
 * full sockets. The conditions are those of the function: it answers no RST, and
 * without a socket only what is for this host.
 */
static void enter_answer(struct ftrace_regs *fregs, bool v6)
{
	const struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 0);
	const struct sk_buff *skb = (void *)tcpdiag_ftrace_arg(fregs, 1);

	if (tcp_hdr(skb)->rst || (sk && sk_fullsock(sk)))
		return;
	if (!sk && (v6 ? !ipv6_unicast_destination(skb) :
			 skb_rtable(skb)->rt_type != RTN_LOCAL))
		return;
	tcpdiag_reset_is_sent(sk, skb, 0);
}

/* A RST ends a minisocket if it is exactly the segment that is expected. */
static bool is_reset_of(const struct inet_timewait_sock *tw,
			const struct sk_buff *skb)
{
	return unlikely(tcp_hdr(skb)->rst) &&
	       TCP_SKB_CB(skb)->seq ==
	       tcp_twsk((const struct sock *)tw)->tw_rcv_nxt;
}

/* A segment can change the state only of a FIN_WAIT2 minisocket. */
static int enter_twsk_process(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	const struct inet_timewait_sock **tw = (void *)ri->data;

	*tw = (void *)regs_get_kernel_argument(regs, 0);
	if (tcpdiag_test_runs()) {
		tcpdiag_test_mini_segment(*tw);
		return -ENOENT;
	}
	if (is_reset_of(*tw, (void *)regs_get_kernel_argument(regs, 1)))
		tcpdiag_reset_hits_minisock(*tw);
	return READ_ONCE((*tw)->tw_substate) == TCP_FIN_WAIT2 ? 0 : -ENOENT;
}

static int leave_twsk_process(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	struct inet_timewait_sock **tw = (void *)ri->data;

	tcpdiag_minisock_handled(*tw);
	return 0;
}

static struct kretprobe twsk_process = {
	.entry_handler = enter_twsk_process,
	.handler = leave_twsk_process,
	.data_size = sizeof(struct inet_timewait_sock *),
};

/**
 * struct port_call - a call of inet_csk_get_port()
 * @sk: the socket, locked
 * @port: the port it asks for; 0 for any
 */
struct port_call {
	struct sock *sk;
	u16 port;
};

static int enter_get_port(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	struct port_call *call = (void *)ri->data;

	call->sk = (void *)regs_get_kernel_argument(regs, 0);
	call->port = regs_get_kernel_argument(regs, 1);
	return is_tcp(call->sk) ? 0 : -ENOENT;
}

/* 6.1 returns 1 for EADDRINUSE. */
static int leave_get_port(struct kretprobe_instance *ri, struct pt_regs *regs)
{
	const struct port_call *call = (void *)ri->data;

	if (unlikely((int)regs_return_value(regs)))
		tcpdiag_binds_failed(call->sk, call->port);
	return 0;
}

/* A search of the whole port range may sleep: there may be many at a time. */
static struct kretprobe get_port = {
	.entry_handler = enter_get_port,
	.handler = leave_get_port,
	.data_size = sizeof(struct port_call),
	.maxactive = 128,
};

/* Indexes into the table, in the order of a connection's life. */
enum {
	HOOK_PORT,
	HOOK_REQUEST,
	HOOK_RECOVERY,
	HOOK_LOSS,
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
};

static struct hook hooks[] = {
	[HOOK_PORT] = {
		.kind = HOOK_KRETPROBE,
		.name = "inet_csk_get_port",
		.rp = &get_port,
	},
	[HOOK_REQUEST] = {
		.kind = HOOK_FTRACE,
		.name = "inet_csk_reqsk_queue_hash_add",
	},
	[HOOK_RECOVERY] = {
		.kind = HOOK_FTRACE,
		.name = "tcp_enter_recovery",
	},
	[HOOK_LOSS] = {
		.kind = HOOK_FTRACE,
		.name = "tcp_enter_loss",
	},
	[HOOK_SYNACK_AGAIN] = {
		.kind = HOOK_TRACEPOINT,
		.name = "tcp_retransmit_synack",
		.probe = probe_retransmit_synack,
	},
	[HOOK_FAST_OPEN] = {
		.kind = HOOK_FTRACE,
		.name = "tcp_fastopen_cache_set",
	},
	[HOOK_TWSK_BEGIN] = {
		.kind = HOOK_FTRACE,
		.required = true,
		/* (tw, sk, ...) under either name */
		.name = "inet_twsk_hashdance_schedule",
		.other_name = "inet_twsk_hashdance",
	},
	[HOOK_TWSK_SEGMENT] = {
		.kind = HOOK_KRETPROBE,
		.required = true,
		.name = "tcp_timewait_state_process",
		.rp = &twsk_process,
	},
	[HOOK_TWSK_END] = {
		.kind = HOOK_FTRACE,
		.required = true,
		.name = "tcp_twsk_destructor",
	},
	[HOOK_RESET_SENT] = {
		.kind = HOOK_TRACEPOINT,
		.name = "tcp_send_reset",
		.probe = probe_send_reset,
	},
	[HOOK_RESET_RECEIVED] = {
		.kind = HOOK_TRACEPOINT,
		.name = "tcp_receive_reset",
		.probe = probe_receive_reset,
	},
	[HOOK_DESTROY] = {
		.kind = HOOK_TRACEPOINT,
		.required = true,
		.name = "tcp_destroy_sock",
		.probe = tcpdiag_closed_retire,
	},
	[HOOK_STATE] = {
		.kind = HOOK_TRACEPOINT,
		.required = true,
		.name = "inet_sock_set_state",
		.probe = tcpdiag_conn_event,
	},
	[HOOK_ANSWER_V4] = {
		.kind = HOOK_FTRACE,
		.name = "tcp_v4_send_reset",
	},
	[HOOK_ANSWER_V6] = {
		.kind = HOOK_FTRACE,
		.name = "tcp_v6_send_reset",
	},
};

/* Hooks that are used. */
#define HOOKS	(TCPDIAG_SEND_RESET_IS_WHOLE ? HOOK_ANSWER_V4 :	\
					       ARRAY_SIZE(hooks))

static inline void check_prototypes(void)
{
	check_trace_callback_type_tcp_destroy_sock(tcpdiag_closed_retire);
	check_trace_callback_type_inet_sock_set_state(tcpdiag_conn_event);
	check_trace_callback_type_tcp_destroy_sock(tcpdiag_test_destroy);
	check_trace_callback_type_inet_sock_set_state(tcpdiag_test_state);
	check_trace_callback_type_tcp_send_reset(probe_send_reset);
	check_trace_callback_type_tcp_receive_reset(probe_receive_reset);
	check_trace_callback_type_tcp_retransmit_synack(probe_retransmit_synack);
}

/* The same while the test runs; the arguments may be others. */
static noinline void test_entered(unsigned long ip, struct ftrace_regs *fregs)
{
	void *first = (void *)tcpdiag_ftrace_arg(fregs, 0);
	void *second = (void *)tcpdiag_ftrace_arg(fregs, 1);
	unsigned long irqflags;

	local_irq_save(irqflags);
	if (ip == hooks[HOOK_REQUEST].ip)
		tcpdiag_test_request(first, second);
	else if (ip == hooks[HOOK_TWSK_BEGIN].ip)
		tcpdiag_test_mini_begin(first, second);
	else if (ip == hooks[HOOK_TWSK_END].ip)
		tcpdiag_test_mini_end(first);
	local_irq_restore(irqflags);
}

/*
 * Entry of any hooked function. No function that it calls is hooked, so no
 * protection against recursion is needed.
 */
static void notrace function_entered(unsigned long ip, unsigned long parent_ip,
				     struct ftrace_ops *ops,
				     struct ftrace_regs *fregs)
{
	unsigned long irqflags;

	if (tcpdiag_test_runs()) {
		test_entered(ip, fregs);
		return;
	}
	/* preemption off or interrupts off is an RCU read section too */
	if (tcpdiag_ftrace_is(ip, hooks[HOOK_REQUEST].ip)) {
		preempt_disable_notrace();
		enter_reqsk_hash_add(fregs);
		preempt_enable_notrace();
		return;
	}
	local_irq_save(irqflags);
	if (tcpdiag_ftrace_is(ip, hooks[HOOK_TWSK_BEGIN].ip))
		enter_twsk_hashdance(fregs);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_TWSK_END].ip))
		enter_twsk_destructor(fregs);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_RECOVERY].ip))
		enter_recovery(fregs);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_LOSS].ip))
		enter_loss(fregs);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_FAST_OPEN].ip))
		enter_fast_open(fregs);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_ANSWER_V4].ip))
		enter_answer(fregs, false);
	else if (tcpdiag_ftrace_is(ip, hooks[HOOK_ANSWER_V6].ip))
		enter_answer(fregs, true);
	local_irq_restore(irqflags);
}

static struct ftrace_ops function_ops = {
	.func = function_entered,
	/* makes kernel.ftrace_enabled=0 fail instead of stopping all events */
	.flags = FTRACE_OPS_FL_PERMANENT,
};

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
		if (hooks[i].kind == HOOK_TRACEPOINT &&
		    !strcmp(tp->name, hooks[i].name))
			hooks[i].tp = tp;
}

static int find_function(struct hook *hook)
{
	int err = find_address(hook->name, &hook->ip);

	if (!err && !hook->ip)
		err = find_address(hook->other_name, &hook->ip);
	if (err || !hook->ip)
		return err;
	err = ftrace_set_filter_ip(&function_ops, hook->ip, 0, 0);
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
		struct hook *hook = &hooks[i];

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

	err = register_ftrace_function(&function_ops);
	if (err) {
		pr_err("tcpdiag: cannot attach to functions (error %d)%s\n",
		       err, err == -EBUSY ?
		       ": set sysctl kernel.ftrace_enabled=1" : "");
		return err;
	}
	for (i = 0; i < HOOKS; i++)
		if (hooks[i].kind == HOOK_FTRACE)
			hooks[i].attached = hooks[i].ip;
	return 0;
}

static void detach_functions(void)
{
	unsigned int i;

	unregister_ftrace_function(&function_ops);
	for (i = 0; i < HOOKS; i++)
		if (hooks[i].kind == HOOK_FTRACE)
			hooks[i].attached = false;
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
		if (hooks[i].kind != kind || (!hooks[i].tp && !hooks[i].ip))
			continue;
		err = attach_probe(&hooks[i]);
		if (err)
			return err;
	}
	return 0;
}

static void detach_probes(void)
{
	int i;

	for (i = HOOKS - 1; i >= 0; i--)
		if (hooks[i].kind != HOOK_FTRACE && hooks[i].attached)
			detach_probe(&hooks[i]);
	tracepoint_synchronize_unregister();
}

/* Publish the state of the hooks to the layers below. */
static void tell_phase(void)
{
	unsigned int i;

	static_assert(ARRAY_SIZE(hooks) <= TCPDIAG_HOOKS_MAX);
	for (i = 0; i < HOOKS; i++)
		tcpdiag_phase_set_hook(i, hooks[i].name, hooks[i].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_REQUESTS,
				hooks[HOOK_REQUEST].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_LOSSES,
				hooks[HOOK_RECOVERY].attached &&
				hooks[HOOK_LOSS].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_RESETS,
				hooks[HOOK_RESET_SENT].attached &&
				hooks[HOOK_RESET_RECEIVED].attached &&
				(TCPDIAG_SEND_RESET_IS_WHOLE ||
				 hooks[HOOK_ANSWER_V4].attached));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_SYNACKS,
				hooks[HOOK_SYNACK_AGAIN].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_BINDS,
				hooks[HOOK_PORT].attached);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_FAST_OPEN,
				hooks[HOOK_FAST_OPEN].attached);
	tcpdiag_phase_set_binds_missed(&get_port.nmissed);
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_CHILDREN,
				tcpdiag_test_trusts(TCPDIAG_ASSUMED_CHILDREN));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_CONNECTS,
				tcpdiag_test_trusts(TCPDIAG_ASSUMED_CONNECTS));
	tcpdiag_phase_set_hears(TCPDIAG_SOURCE_TIME_WAITS,
				hooks[HOOK_TWSK_BEGIN].attached);
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
		ignore(&hooks[HOOK_REQUEST]);
	if (tcpdiag_test_trusts(TCPDIAG_ASSUMED_TIME_WAITS))
		return;
	ignore(&hooks[HOOK_TWSK_BEGIN]);
	ignore(&hooks[HOOK_TWSK_END]);
	detach_probe(&hooks[HOOK_TWSK_SEGMENT]);
}

/*
 * Let the test run, with its probes in place of the account's; without them it
 * verifies nothing.
 */
static void run_test(void)
{
	struct hook *state = &hooks[HOOK_STATE];
	struct hook *destroy = &hooks[HOOK_DESTROY];

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

	check_prototypes();
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
	ftrace_free_filter(&function_ops);
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
	ftrace_free_filter(&function_ops);
}
