// SPDX-License-Identifier: GPL-2.0
/*
 * The view sockets: one row for each full socket (Documentation/sockets.md).
 *
 * A position names a chain of the table and a place in it, so that a read can
 * continue where another ended, without state in between. Each record of a
 * batch (store/scan.c) is copied with no other lock held. For listeners, and for
 * sockets whose owner was not seen, holders are looked up once for each part of a
 * listing.
 *
 * A reader may ask for some sockets and columns only. What costs more than a few
 * loads is not read for others.
 */
#include <linux/cgroup.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/pid.h>
#include <linux/uidgid.h>
#include <linux/string.h>
#include <net/tcp.h>

#include "account/account.h"
#include "model/wanted.h"
#include "store/net.h"
#include "store/owner.h"
#include "store/phase.h"
#include "store/reader.h"
#include "store/record.h"
#include "store/scan.h"
#include "store/table.h"
#include "survey/flows.h"
#include "survey/holders.h"
#include "survey/listener_owner.h"
#include "view/view.h"

static const struct tcpdiag_column columns[] = {
	{ "local", TCPDIAG_KIND_END, TCPDIAG_A_SOCKETS_LOCAL },
	{ "remote", TCPDIAG_KIND_END, TCPDIAG_A_SOCKETS_REMOTE },
	{ "state", TCPDIAG_KIND_WORD, TCPDIAG_A_SOCKETS_STATE },
	{ "in_state_us", TCPDIAG_KIND_US, TCPDIAG_A_SOCKETS_IN_STATE_US },
	{ "age_us", TCPDIAG_KIND_US, TCPDIAG_A_SOCKETS_AGE_US },
	{ "role", TCPDIAG_KIND_WORD, TCPDIAG_A_SOCKETS_ROLE },
	{ "pid", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_PID },
	{ "comm", TCPDIAG_KIND_NAME, TCPDIAG_A_SOCKETS_COMM },
	{ "uid", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_UID },
	{ "inode", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_INODE },
	{ "cgroup", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_CGROUP },
	{ "cc", TCPDIAG_KIND_WORD, TCPDIAG_A_SOCKETS_CC },
	{ "estimated", TCPDIAG_KIND_FLAG, TCPDIAG_A_SOCKETS_ESTIMATED },
	{ "times", TCPDIAG_KIND_TIMES, TCPDIAG_A_SOCKETS_TIMES },
	{ "listener", TCPDIAG_KIND_END, TCPDIAG_A_SOCKETS_LISTENER },
	{ "srtt_us", TCPDIAG_KIND_US, TCPDIAG_A_SOCKETS_SRTT_US },
	{ "min_rtt_us", TCPDIAG_KIND_US, TCPDIAG_A_SOCKETS_MIN_RTT_US },
	{ "cwnd", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_CWND },
	{ "retransmits", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_RETRANSMITS },
	{ "notsent", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_NOTSENT },
	{ "unread", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_UNREAD },
	{ "rwnd", TCPDIAG_KIND_COUNT, TCPDIAG_A_SOCKETS_RWND },
	{ "blame", TCPDIAG_KIND_WORD, TCPDIAG_A_SOCKETS_BLAME },
};

#define PLACE_BITS	20

/**
 * struct frozen - data of the rows
 * @holders: which process holds which socket; NULL until needed
 * @scan: the batch
 * @i: index of the next socket in the batch
 * @rec: copy of the row's record, with a reference to its pid
 * @addr: addresses and ports of the row
 * @times: times of the row
 * @owner: owner of the row
 */
struct frozen {
	struct tcpdiag_holders *holders;
	struct tcpdiag_scan scan;
	unsigned int i;
	struct tcpdiag_record rec;
	struct tcpdiag_addr addr;
	struct tcpdiag_times times;
	struct tcpdiag_owner owner;
};

static int freeze_sockets(const struct tcpdiag_reader *reader, void *frozen)
{
	struct frozen *f = frozen;

	f->scan.net = reader->tn->net;
	return 0;
}

static u64 position(unsigned int bucket, unsigned int place)
{
	return ((u64)bucket << PLACE_BITS) + place;
}

/* Whether the first socket at or after a position is in the batch. */
static bool in_batch(struct frozen *f, u64 pos)
{
	const struct tcpdiag_scan *scan = &f->scan;

	while (f->i < scan->n &&
	       position(scan->bucket, scan->found[f->i].place) < pos)
		f->i++;
	return f->i < scan->n;
}

/* The first socket at or after a position; NULL at the end. */
static struct sock *socket_at(struct frozen *f, u64 *pos)
{
	unsigned int buckets = tcpdiag_table_buckets();
	struct tcpdiag_scan *scan = &f->scan;

	if (*pos >= position(buckets, 0))
		return NULL;
	if (!scan->n || !in_batch(f, *pos)) {
		f->i = 0;
		if (!tcpdiag_scan_fill(scan, *pos >> PLACE_BITS,
				       *pos & ((1 << PLACE_BITS) - 1),
				       buckets)) {
			*pos = position(buckets, 0);
			return NULL;
		}
	}
	*pos = position(scan->bucket, scan->found[f->i].place);
	return scan->found[f->i].sk;
}

static void tuple_cells(struct tcpdiag_row *row, const struct sock *sk,
			const struct tcpdiag_addr *addr)
{
	struct tcpdiag_end end = {
		.v6 = sk->sk_family == AF_INET6,
		.v6only = sk->sk_ipv6only,
		.addr = addr->local,
		.port = addr->lport,
		.device = READ_ONCE(sk->sk_bound_dev_if),
	};

	tcpdiag_row_end(row, &end);
	end.addr = addr->remote;
	end.port = addr->rport;
	end.device = 0;
	tcpdiag_row_end(row, &end);
}

static void cgroup_cell(struct tcpdiag_row *row, struct sock *sk)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	tcpdiag_row_value(row, true,
			  cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data)));
#else
	tcpdiag_row_unknown(row, 1);
#endif
}

/* Whether the reader asks for one of these columns, BIT_ULL(attribute). */
static bool wants(const struct tcpdiag_reader *reader, u64 columns)
{
	return !reader->wanted || reader->wanted->columns & columns;
}

static bool has_cc(const struct sock *sk, const char *name)
{
	const struct tcp_congestion_ops *ca;
	bool same;

	rcu_read_lock();
	ca = READ_ONCE(inet_csk(sk)->icsk_ca_ops);
	same = ca && !strcmp(ca->name, name);
	rcu_read_unlock();
	return same;
}

static bool has_cgroup(struct sock *sk, u64 id)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	return cgroup_id(sock_cgroup_ptr(&sk->sk_cgrp_data)) == id;
#else
	return false;
#endif
}

static uid_t uid_of(const struct tcpdiag_reader *reader, const struct sock *sk)
{
	return from_kuid_munged(reader->user_ns, READ_ONCE(sk->sk_uid));
}

/* Whether a socket meets the reader's conditions, except for the pid. */
static bool is_wanted(const struct tcpdiag_reader *reader,
		      const struct frozen *f, struct sock *sk, u64 now)
{
	const struct tcpdiag_wanted *w = reader->wanted;
	const struct tcpdiag_record *rec = &f->rec;

	if (!w || !w->conditions)
		return true;
	if (w->conditions & TCPDIAG_WANTED(STATES) &&
	    !(w->states & BIT(rec->state)))
		return false;
	if (!tcpdiag_wanted_addr(w, sk->sk_family == AF_INET6, &f->addr))
		return false;
	if (w->conditions & TCPDIAG_WANTED(MIN_IN_STATE_US) &&
	    div_u64(tcpdiag_stay_ns(rec, now), NSEC_PER_USEC) < w->min_us)
		return false;
	if (w->conditions & TCPDIAG_WANTED(UID) && uid_of(reader, sk) != w->uid)
		return false;
	if (w->conditions & TCPDIAG_WANTED(CGROUP) && !has_cgroup(sk, w->cgroup))
		return false;
	return !(w->conditions & TCPDIAG_WANTED(CC)) || has_cc(sk, w->cc);
}

#define PROCESS_COLUMNS							\
	(BIT_ULL(TCPDIAG_A_SOCKETS_PID) | BIT_ULL(TCPDIAG_A_SOCKETS_COMM))
#define OWNER_COLUMNS							\
	(PROCESS_COLUMNS | BIT_ULL(TCPDIAG_A_SOCKETS_UID) |		\
	 BIT_ULL(TCPDIAG_A_SOCKETS_INODE) |				\
	 BIT_ULL(TCPDIAG_A_SOCKETS_CGROUP))
#define FLOW_COLUMNS							\
	(BIT_ULL(TCPDIAG_A_SOCKETS_SRTT_US) |				\
	 BIT_ULL(TCPDIAG_A_SOCKETS_MIN_RTT_US) |			\
	 BIT_ULL(TCPDIAG_A_SOCKETS_CWND) |				\
	 BIT_ULL(TCPDIAG_A_SOCKETS_RETRANSMITS) |			\
	 BIT_ULL(TCPDIAG_A_SOCKETS_NOTSENT) |				\
	 BIT_ULL(TCPDIAG_A_SOCKETS_UNREAD) |				\
	 BIT_ULL(TCPDIAG_A_SOCKETS_RWND))
#define TIMES_COLUMNS							\
	(BIT_ULL(TCPDIAG_A_SOCKETS_AGE_US) | BIT_ULL(TCPDIAG_A_SOCKETS_TIMES))

/* Whether the process that owns a socket has to be found. */
static bool wants_process(const struct tcpdiag_reader *reader)
{
	return reader->owners &&
	       (wants(reader, PROCESS_COLUMNS) ||
		reader->wanted->conditions & TCPDIAG_WANTED(PID));
}

static bool is_owner_wanted(const struct tcpdiag_reader *reader,
			    const struct tcpdiag_owner *owner)
{
	const struct tcpdiag_wanted *w = reader->wanted;

	return !w || !(w->conditions & TCPDIAG_WANTED(PID)) ||
	       owner->pid == w->pid;
}

/* Of a listener, who has to accept; else the owner. False if memory is short. */
static bool read_owner(const struct tcpdiag_reader *reader, struct frozen *f,
		       const struct sock *sk, u64 born_ns)
{
	struct tcpdiag_record *rec = &f->rec;
	struct tcpdiag_listener_owner listener;
	bool done;

	if (rec->state != TCP_LISTEN)
		return tcpdiag_holders_name(&f->holders, reader, &f->owner, sk,
					    born_ns, rec->pid, rec->comm);
	done = tcpdiag_listener_owner_read(&f->holders, reader, &listener, sk,
					   born_ns, rec->pid, rec->comm);
	f->owner = listener.holder;
	return done;
}

static void owner_cells(const struct tcpdiag_reader *reader, struct frozen *f,
			struct tcpdiag_row *row, struct sock *sk)
{
	unsigned long ino;

	if (!reader->owners || !wants(reader, OWNER_COLUMNS)) {
		tcpdiag_row_unknown(row, 5);
		return;
	}
	tcpdiag_row_owner(row, &f->owner);
	tcpdiag_row_value(row, true, uid_of(reader, sk));
	ino = wants(reader, BIT_ULL(TCPDIAG_A_SOCKETS_INODE)) ?
	      sock_i_ino(sk) : 0;
	tcpdiag_row_value(row, ino, ino);
	cgroup_cell(row, sk);
}

/* Copy the algorithm's name, because it is freed with its module. */
static void cc_cell(const struct tcpdiag_reader *reader,
		    struct tcpdiag_row *row, const struct sock *sk)
{
	const struct tcp_congestion_ops *ca;

	if (!wants(reader, BIT_ULL(TCPDIAG_A_SOCKETS_CC))) {
		tcpdiag_row_unknown(row, 1);
		return;
	}
	rcu_read_lock();
	ca = READ_ONCE(inet_csk(sk)->icsk_ca_ops);
	if (ca)
		tcpdiag_row_made_word(row, "%s", ca->name);
	else
		tcpdiag_row_unknown(row, 1);
	rcu_read_unlock();
}

/* The listener of a passive socket: its address is the socket's, or any. */
static void listener_cell(struct tcpdiag_row *row, const struct frozen *f,
			  const struct sock *sk)
{
	const struct tcpdiag_record *rec = &f->rec;
	struct tcpdiag_end end = {
		.v6 = sk->sk_family == AF_INET6,
		.v6only = true,
		.addr = f->addr.local,
		.port = rec->listener_port,
	};

	if (rec->role != TCPDIAG_ROLE_PASSIVE ||
	    !tcpdiag_phase_hears(TCPDIAG_SOURCE_CHILDREN)) {
		tcpdiag_row_unknown(row, 1);
		return;
	}
	if (rec->flags & TCPDIAG_F_LISTENER_ANY) {
		memset(&end.addr, 0, sizeof(end.addr));
		end.v6 = rec->flags & TCPDIAG_F_LISTENER_V6;
		end.v6only = sk->sk_ipv6only;
	}
	tcpdiag_row_end(row, &end);
}

/* What came and was not read. A FIN has a sequence number, and is no data. */
static u32 unread(const struct sock *sk)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	s32 bytes = READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);

	return max(bytes - sock_flag(sk, SOCK_DONE), 0);
}

/*
 * How the connection goes: the socket has a reference and is not locked, so each
 * figure is true, and two may be of slightly different moments.
 */
static void flow_cells(const struct tcpdiag_reader *reader,
		       struct tcpdiag_row *row, const struct sock *sk, u8 state)
{
	const struct tcp_sock *tp = tcp_sk(sk);
	u32 srtt = READ_ONCE(tp->srtt_us) >> 3, min_rtt = tcp_min_rtt(tp);
	bool connected = BIT(state) & TCPDIAG_CONNECTED;
	s32 notsent;

	if (!wants(reader, FLOW_COLUMNS) ||
	    !(connected || state == TCP_SYN_SENT)) {
		tcpdiag_row_unknown(row, 7);
		return;
	}
	notsent = READ_ONCE(tp->write_seq) - READ_ONCE(tp->snd_nxt);
	tcpdiag_row_value(row, connected && srtt, srtt);
	tcpdiag_row_value(row, connected && min_rtt != ~0U, min_rtt);
	tcpdiag_row_value(row, connected, READ_ONCE(tp->snd_cwnd));
	tcpdiag_row_value(row, true, READ_ONCE(tp->total_retrans));
	tcpdiag_row_value(row, connected, max(notsent, 0));
	tcpdiag_row_value(row, connected, unread(sk));
	tcpdiag_row_value(row, connected, READ_ONCE(tp->snd_wnd));
}

/* What most of a connection's life went to. */
static void blame_cell(const struct tcpdiag_reader *reader,
		       const struct frozen *f, struct tcpdiag_row *row,
		       const struct sock *sk)
{
	enum tcpdiag_clock_part part;
	unsigned int percent;

	if (wants(reader, BIT_ULL(TCPDIAG_A_SOCKETS_BLAME)) &&
	    BIT(f->rec.state) & TCPDIAG_CONNECTED &&
	    tcpdiag_flows_blame(sk, &part, &percent))
		tcpdiag_row_made_word(row, "%s:%u%%", tcpdiag_clock_name(part),
				      percent);
	else
		tcpdiag_row_unknown(row, 1);
}

/* Time in each state, including the open stay; return the sum. */
static u64 read_times(struct tcpdiag_times *times,
		      const struct tcpdiag_record *rec, u64 now)
{
	unsigned int state;
	u64 ns, age = 0;

	times->states = 0;
	for (state = 1; state < TCPDIAG_STATES; state++) {
		ns = state <= TCPDIAG_FULL_STATES && state != TCP_TIME_WAIT &&
		     state != TCP_CLOSE ? rec->spent_ns[state - 1] : 0;
		if (state == rec->state)
			ns += tcpdiag_stay_ns(rec, now);
		times->us[state] = div_u64(ns, NSEC_PER_USEC);
		if (times->us[state] || state == rec->state)
			times->states |= BIT(state);
		age += times->us[state];
	}
	return age;
}

static const char *const role_names[] = {
	[TCPDIAG_ROLE_UNKNOWN]	= "unknown",
	[TCPDIAG_ROLE_ACTIVE]	= "active",
	[TCPDIAG_ROLE_PASSIVE]	= "passive",
	[TCPDIAG_ROLE_LISTENER]	= "listener",
};

static void fill(const struct tcpdiag_reader *reader, struct frozen *f,
		 struct tcpdiag_row *row, struct sock *sk, u64 stay_ns, u64 age)
{
	const struct tcpdiag_record *rec = &f->rec;

	tuple_cells(row, sk, &f->addr);
	tcpdiag_row_word(row, tcpdiag_fsm_state_name(rec->state));
	tcpdiag_row_value(row, true, div_u64(stay_ns, NSEC_PER_USEC));
	tcpdiag_row_value(row, true, age);
	tcpdiag_row_word(row, role_names[rec->role]);
	owner_cells(reader, f, row, sk);
	cc_cell(reader, row, sk);
	tcpdiag_row_flag(row, rec->flags & TCPDIAG_F_EST_AGE);
	tcpdiag_row_times(row, &f->times);
	listener_cell(row, f, sk);
	flow_cells(reader, row, sk, rec->state);
	blame_cell(reader, f, row, sk);
}

/*
 * 1 if the row of a socket is filled, 0 if the reader does not ask for it,
 * or -ENOMEM.
 */
static int row_of(const struct tcpdiag_reader *reader, struct frozen *f,
		  struct tcpdiag_row *row, struct sock *sk)
{
	u64 now = ktime_get_ns();
	u64 age = 0;

	if (!is_wanted(reader, f, sk, now))
		return 0;
	if (wants(reader, TIMES_COLUMNS) || wants_process(reader))
		age = read_times(&f->times, &f->rec, now);
	if (wants_process(reader) &&
	    !read_owner(reader, f, sk, now - age * NSEC_PER_USEC))
		return -ENOMEM;
	if (!is_owner_wanted(reader, &f->owner))
		return 0;
	fill(reader, f, row, sk, tcpdiag_stay_ns(&f->rec, now), age);
	return 1;
}

static int socket_row(const struct tcpdiag_reader *reader, void *frozen,
		      u64 *pos, struct tcpdiag_row *row)
{
	struct frozen *f = frozen;
	struct sock *sk;
	int found;

	for (; (sk = socket_at(f, pos)); (*pos)++) {
		if (!tcpdiag_scan_copy(sk, &f->rec, &f->addr))
			continue;
		found = row_of(reader, f, row, sk);
		put_pid(f->rec.pid);
		if (found)
			return found;
	}
	return 0;
}

static u32 sockets_generation(const struct tcpdiag_reader *reader)
{
	return tcpdiag_account_generation(reader->tn);
}

static void thaw_sockets(void *frozen)
{
	struct frozen *f = frozen;

	tcpdiag_scan_put(&f->scan);
	tcpdiag_holders_put(f->holders);
}

const struct tcpdiag_view tcpdiag_view_sockets = {
	.name = "sockets",
	.column = columns,
	.columns = ARRAY_SIZE(columns),
	.owners = true,
	.frozen_size = sizeof(struct frozen),
	.resumes = true,
	.freeze = freeze_sockets,
	.row = socket_row,
	.thaw = thaw_sockets,
	.generation = sockets_generation,
};
