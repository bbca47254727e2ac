// SPDX-License-Identifier: GPL-2.0
/*
 * Makes the kernel do otherwise than tcpdiag assumes, for the scenario self-test.
 * What the kernel itself does stays right: probes that come before tcpdiag's and
 * after them change what is told and change it back.
 *
 *   children    a child does not say whether its listener was bound to an address
 *   connects    a socket that begins to connect has a port
 *   time_waits  something else is told between a minisocket that takes a socket's
 *               place and the socket's change to CLOSE
 */
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/tracepoint.h>
#include <net/inet_sock.h>
#include <net/tcp.h>

static char *what = "";
module_param(what, charp, 0444);
MODULE_PARM_DESC(what, "children, connects or time_waits");

static bool children, connects, time_waits;
static struct tracepoint *set_state;

static void turn(struct sock *sk, int old, int new, bool back)
{
	if (sk->sk_protocol != IPPROTO_TCP)
		return;
	if (children && new == TCP_SYN_RECV)
		sk->sk_userlocks ^= SOCK_BINDADDR_LOCK;
	if (connects && new == TCP_SYN_SENT && inet_sk(sk)->inet_num == !!back)
		inet_sk(sk)->inet_num = !back;
}

static void come_first(void *data, struct sock *sk, const int old, const int new)
{
	turn(sk, old, new, false);
}

static void come_last(void *data, struct sock *sk, const int old, const int new)
{
	turn(sk, old, new, true);
}

/* tcp_done() makes the change to CLOSE; it is told first that there is none. */
static int __kprobes tell_more(struct kprobe *kp, struct pt_regs *regs)
{
	struct sock *sk = (void *)regs_get_kernel_argument(regs, 0);

	if (sk->sk_state == TCP_FIN_WAIT2)
		inet_sk_set_state(sk, TCP_FIN_WAIT2);
	return 0;
}

static struct kprobe done = {
	.symbol_name = "tcp_done",
	.pre_handler = tell_more,
};

static void find(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "inet_sock_set_state"))
		set_state = tp;
}

static int __init otherwise_init(void)
{
	int err;

	children = !strcmp(what, "children");
	connects = !strcmp(what, "connects");
	time_waits = !strcmp(what, "time_waits");
	if (time_waits)
		return register_kprobe(&done);
	for_each_kernel_tracepoint(find, NULL);
	if (!set_state)
		return -ENOENT;
	err = tracepoint_probe_register_prio(set_state, come_first, NULL,
					     TRACEPOINT_DEFAULT_PRIO + 1);
	if (err)
		return err;
	err = tracepoint_probe_register_prio(set_state, come_last, NULL,
					     TRACEPOINT_DEFAULT_PRIO - 1);
	if (err)
		tracepoint_probe_unregister(set_state, come_first, NULL);
	return err;
}

static void __exit otherwise_exit(void)
{
	if (time_waits) {
		unregister_kprobe(&done);
		return;
	}
	tracepoint_probe_unregister(set_state, come_last, NULL);
	tracepoint_probe_unregister(set_state, come_first, NULL);
	tracepoint_synchronize_unregister();
}

module_init(otherwise_init);
module_exit(otherwise_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Makes the kernel do otherwise than expected, for a test of tcpdiag");
