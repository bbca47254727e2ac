// SPDX-License-Identifier: GPL-2.0
/*
 * The hooks that bring tcpdiag its events, in one table. A hook is a tracepoint
 * where the kernel has one, else ftrace at the entry of a function. It is a
 * kretprobe where the result of a function is needed and the call is rare. All
 * ftrace hooks share one ftrace_ops, so that loading and unloading patch the
 * kernel once.
 *
 * Each probe calls into conn/ or account/. The kernel's own trace headers check
 * the prototypes. hooks.c finds, attaches and detaches what is in the table.
 */
#include <linux/ftrace.h>
#include <linux/kprobes.h>
#include <net/inet_timewait_sock.h>
#include <net/ip6_route.h>
#include <net/route.h>
#include <net/tcp.h>
#include <trace/events/sock.h>
#include <trace/events/tcp.h>

#include "account/binds.h"
#include "account/congestion.h"
#include "account/flows.h"
#include "account/losses.h"
#include "account/service.h"
#include "account/shards.h"
#include "account/signs.h"
#include "compat.h"
#include "conn/conn.h"
#include "conn/reset.h"
#include "hooks/probes.h"
#include "hooks/selftest.h"

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

	if (unlikely(!shard))
		return;
	tcpdiag_congestion_recovery(shard, sk);
	tcpdiag_losses_recovery(sk);
}

static void enter_loss(struct ftrace_regs *fregs)
{
	const struct sock *sk = (void *)tcpdiag_ftrace_arg(fregs, 0);
	struct tcpdiag_shard *shard = tcpdiag_shard(sock_net(sk));

	if (unlikely(!shard))
		return;
	tcpdiag_congestion_timeout(shard, sk);
	tcpdiag_losses_timeout(sk);
	tcpdiag_signs_timeout(sk);
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

/*
 * A RST ends a minisocket in TIME_WAIT if it is exactly the segment that is
 * expected, in FIN_WAIT2 if it is in the window.
 */
static noinline bool is_reset_of(const struct inet_timewait_sock *tw,
				 const struct sk_buff *skb)
{
	const struct tcp_timewait_sock *tcptw =
		tcp_twsk((const struct sock *)tw);
	u32 window = READ_ONCE(tw->tw_substate) == TCP_FIN_WAIT2 ?
		     tcptw->tw_rcv_wnd : 0;

	return TCP_SKB_CB(skb)->seq - READ_ONCE(tcptw->tw_rcv_nxt) <= window;
}

/* A segment can change the state only of a FIN_WAIT2 minisocket. */
static int enter_twsk_process(struct kretprobe_instance *ri,
			      struct pt_regs *regs)
{
	const struct inet_timewait_sock **tw = (void *)ri->data;
	const struct sk_buff *skb;

	*tw = (void *)regs_get_kernel_argument(regs, 0);
	if (tcpdiag_test_runs()) {
		tcpdiag_test_mini_segment(*tw);
		return -ENOENT;
	}
	skb = (void *)regs_get_kernel_argument(regs, 1);
	if (unlikely(tcp_hdr(skb)->rst) && is_reset_of(*tw, skb))
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
	else
		tcpdiag_binds_succeeded(call->sk, call->port);
	return 0;
}

/* A search of the whole port range may sleep: there may be many at a time. */
static struct kretprobe get_port = {
	.entry_handler = enter_get_port,
	.handler = leave_get_port,
	.data_size = sizeof(struct port_call),
	.maxactive = 128,
};

struct hook tcpdiag_hook[HOOKS_MAX] = {
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
	[HOOK_CONG_STATE] = {
		.kind = HOOK_TRACEPOINT,
		.name = "tcp_cong_state_set",
		.probe = tcpdiag_flows_cong_state,
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

/* Never called: the compiler compares them with the kernel's. */
static inline void __maybe_unused check_prototypes(void)
{
	check_trace_callback_type_tcp_destroy_sock(tcpdiag_closed_retire);
	check_trace_callback_type_inet_sock_set_state(tcpdiag_conn_event);
	check_trace_callback_type_tcp_destroy_sock(tcpdiag_test_destroy);
	check_trace_callback_type_inet_sock_set_state(tcpdiag_test_state);
	check_trace_callback_type_tcp_send_reset(probe_send_reset);
	check_trace_callback_type_tcp_receive_reset(probe_receive_reset);
	check_trace_callback_type_tcp_cong_state_set(tcpdiag_flows_cong_state);
	check_trace_callback_type_tcp_retransmit_synack(probe_retransmit_synack);
}

/* The same while the test runs; the arguments may be others. */
static noinline void test_entered(unsigned long ip, struct ftrace_regs *fregs)
{
	void *first = (void *)tcpdiag_ftrace_arg(fregs, 0);
	void *second = (void *)tcpdiag_ftrace_arg(fregs, 1);
	unsigned long irqflags;

	local_irq_save(irqflags);
	if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_REQUEST].ip))
		tcpdiag_test_request(first, second);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_TWSK_BEGIN].ip))
		tcpdiag_test_mini_begin(first, second);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_TWSK_END].ip))
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
	if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_REQUEST].ip)) {
		preempt_disable_notrace();
		enter_reqsk_hash_add(fregs);
		preempt_enable_notrace();
		return;
	}
	local_irq_save(irqflags);
	/* a scan may bring any number of these, so they come first */
	if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_ANSWER_V4].ip))
		enter_answer(fregs, false);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_ANSWER_V6].ip))
		enter_answer(fregs, true);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_TWSK_BEGIN].ip))
		enter_twsk_hashdance(fregs);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_TWSK_END].ip))
		enter_twsk_destructor(fregs);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_RECOVERY].ip))
		enter_recovery(fregs);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_LOSS].ip))
		enter_loss(fregs);
	else if (tcpdiag_ftrace_is(ip, tcpdiag_hook[HOOK_FAST_OPEN].ip))
		enter_fast_open(fregs);
	local_irq_restore(irqflags);
}

struct ftrace_ops tcpdiag_function_ops = {
	.func = function_entered,
	/* makes kernel.ftrace_enabled=0 fail instead of stopping all events */
	.flags = FTRACE_OPS_FL_PERMANENT,
};
