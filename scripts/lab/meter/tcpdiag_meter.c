// SPDX-License-Identifier: GPL-2.0
/*
 * For the lab only: counts the instructions that a congestion control
 * algorithm, any algorithm, spends on one connection.
 *
 * Write the number of a TCP socket's descriptor to /proc/tcpdiag_meter: the
 * socket's operations are replaced by a copy in which each goes through a
 * wrapper that reads the time stamp counter before and after. In virtual time
 * the counter counts instructions. Interrupts are off in between. What the
 * wrapper itself takes is measured on an empty function and taken off.
 *
 * Read it: a line "OPERATION CALLS INSTRUCTIONS" each, for the last socket.
 *
 * One socket at a time, one CPU; the socket must be gone before the module is
 * unloaded or another is written. The lab ends flows by a reset, which is that.
 */
#include <linux/module.h>
#include <linux/net.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <net/tcp.h>

enum op {
	SSTHRESH, CONG_AVOID, SET_STATE, CWND_EVENT, IN_ACK_EVENT, PKTS_ACKED,
	MIN_TSO_SEGS, CONG_CONTROL, UNDO_CWND, SNDBUF_EXPAND, NR_OPS
};

static const char *const names[NR_OPS] = {
	"ssthresh", "cong_avoid", "set_state", "cwnd_event", "in_ack_event",
	"pkts_acked", "min_tso_segs", "cong_control", "undo_cwnd",
	"sndbuf_expand",
};

/* Arguments beyond those an operation has are in registers it does not read. */
typedef u64 (*any_op)(u64 sk, u64 a, u64 b, u64 c);

static struct tcp_congestion_ops original, metered;
static u64 calls[NR_OPS], spent[NR_OPS];
static u64 overhead;

static u64 timed(any_op op, u64 sk, u64 a, u64 b, u64 c, u64 *took)
{
	unsigned long flags;
	u64 result;

	local_irq_save(flags);
	*took = rdtsc_ordered();
	result = op(sk, a, b, c);
	*took = rdtsc_ordered() - *took;
	local_irq_restore(flags);
	return result;
}

static noinline u64 empty_op(u64 sk, u64 a, u64 b, u64 c)
{
	return a;
}

static u64 count(enum op which, any_op op, u64 sk, u64 a, u64 b, u64 c)
{
	u64 result, took;

	result = timed(op, sk, a, b, c, &took);
	calls[which]++;
	spent[which] += took - min(took, overhead);
	return result;
}

/*
 * By registers, so that one form serves all operations and both kernels, whose
 * cong_control() differ in their arguments.
 */
#define METER(which, member)						\
static u64 meter_##member(u64 sk, u64 a, u64 b, u64 c)			\
{									\
	return count(which, (any_op)(void *)original.member, sk, a, b, c); \
}

METER(SSTHRESH, ssthresh)
METER(CONG_AVOID, cong_avoid)
METER(SET_STATE, set_state)
METER(CWND_EVENT, cwnd_event)
METER(IN_ACK_EVENT, in_ack_event)
METER(PKTS_ACKED, pkts_acked)
METER(MIN_TSO_SEGS, min_tso_segs)
METER(CONG_CONTROL, cong_control)
METER(UNDO_CWND, undo_cwnd)
METER(SNDBUF_EXPAND, sndbuf_expand)

static void *through(const void *present, void *meter)
{
	return present ? meter : NULL;
}

static void wrap(struct inet_connection_sock *icsk)
{
	original = *icsk->icsk_ca_ops;
	metered = original;
	metered.ssthresh = through(original.ssthresh, meter_ssthresh);
	metered.cong_avoid = through(original.cong_avoid, meter_cong_avoid);
	metered.set_state = through(original.set_state, meter_set_state);
	metered.cwnd_event = through(original.cwnd_event, meter_cwnd_event);
	metered.in_ack_event = through(original.in_ack_event, meter_in_ack_event);
	metered.pkts_acked = through(original.pkts_acked, meter_pkts_acked);
	metered.min_tso_segs = through(original.min_tso_segs, meter_min_tso_segs);
	metered.cong_control = through(original.cong_control, meter_cong_control);
	metered.undo_cwnd = through(original.undo_cwnd, meter_undo_cwnd);
	metered.sndbuf_expand = through(original.sndbuf_expand, meter_sndbuf_expand);
	memset(calls, 0, sizeof(calls));
	memset(spent, 0, sizeof(spent));
	icsk->icsk_ca_ops = &metered;
}

static ssize_t meter_write(struct file *file, const char __user *buf,
			   size_t size, loff_t *pos)
{
	struct socket *sock;
	int fd, err;

	err = kstrtoint_from_user(buf, size, 10, &fd);
	if (err)
		return err;
	sock = sockfd_lookup(fd, &err);
	if (!sock)
		return err;
	if (sk_is_tcp(sock->sk)) {
		lock_sock(sock->sk);
		wrap(inet_csk(sock->sk));
		release_sock(sock->sk);
	} else {
		err = -EINVAL;
	}
	sockfd_put(sock);
	return err ? err : size;
}

static int meter_show(struct seq_file *seq, void *v)
{
	int i;

	for (i = 0; i < NR_OPS; i++)
		if (calls[i])
			seq_printf(seq, "%s %llu %llu\n", names[i], calls[i],
				   spent[i]);
	return 0;
}

static int meter_open(struct inode *inode, struct file *file)
{
	return single_open(file, meter_show, NULL);
}

static const struct proc_ops meter_ops = {
	.proc_open	= meter_open,
	.proc_read	= seq_read,
	.proc_write	= meter_write,
	.proc_lseek	= seq_lseek,
	.proc_release	= single_release,
};

static int __init meter_init(void)
{
	int i;
	u64 took;

	overhead = U64_MAX;
	for (i = 0; i < 100; i++) {
		timed(empty_op, 0, 0, 0, 0, &took);
		overhead = min(overhead, took);
	}
	return proc_create("tcpdiag_meter", 0600, NULL, &meter_ops) ? 0 : -ENOMEM;
}

static void __exit meter_exit(void)
{
	remove_proc_entry("tcpdiag_meter", NULL);
}

module_init(meter_init);
module_exit(meter_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Instructions of congestion control, for tcpdiag's lab");
