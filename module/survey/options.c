// SPDX-License-Identifier: GPL-2.0
/*
 * Finds connections without options that their peers agreed to in others, among
 * those that the worker's cursor comes to (stalls.c). The handshake itself pays
 * nothing.
 */
#include <linux/jhash.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include <net/tcp.h>

#include "model/options.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/mibs.h"
#include "store/net.h"
#include "store/record.h"
#include "store/role.h"
#include "survey/options.h"
#include "survey/sampled.h"

/* A request that was answered by a cookie is complete by then, or is not any more. */
#define COOKIE_NS	(64 * (u64)NSEC_PER_SEC)

/**
 * struct tcpdiag_options_seen - options of a namespace
 * @since_ns: since when the sysctl of each option has been on, ktime_get_ns(); 0 if
 *	it is off
 * @cookies: SYN cookies that were sent
 * @cookie_ns: when one was last found to have been sent
 * @memory: what peers have agreed to
 */
struct tcpdiag_options_seen {
	u64 since_ns[TCPDIAG_OPTIONS];
	u64 cookies;
	u64 cookie_ns;
	struct tcpdiag_options_memory memory;
};

/* The worker's: a salt for hashes. */
static u32 salt;

static void note_setting(u64 *since, bool on, u64 now)
{
	if (!on)
		*since = 0;
	else if (!*since)
		*since = now;
}

/**
 * tcpdiag_options_tick() - once a second, before the looks: note what is offered
 * @tn: the namespace
 *
 * Context: process, the worker's; may sleep.
 */
void tcpdiag_options_tick(struct tcpdiag_net *tn)
{
	const struct netns_ipv4 *ipv4 = &tn->net->ipv4;
	struct tcpdiag_options_seen *seen = tn->options_seen;
	u64 now = ktime_get_ns(), cookies;

	if (!seen) {
		seen = kvzalloc(sizeof(*seen), TCPDIAG_GFP);
		if (!seen) {
			atomic64_inc(&tn->alloc_failed);
			return;
		}
		tn->options_seen = seen;
	}
	if (!salt)
		salt = get_random_u32();
	note_setting(&seen->since_ns[0],
		     READ_ONCE(ipv4->sysctl_tcp_window_scaling), now);
	note_setting(&seen->since_ns[1], READ_ONCE(ipv4->sysctl_tcp_timestamps),
		     now);
	note_setting(&seen->since_ns[2], READ_ONCE(ipv4->sysctl_tcp_sack), now);
	cookies = tcpdiag_mib_total(tn->net, TCPDIAG_MIB_COOKIES_SENT);
	if (cookies != seen->cookies)
		seen->cookie_ns = now;
	seen->cookies = cookies;
}

/* A signature leaves no room for timestamps. */
static bool is_signed(const struct tcp_sock *tp)
{
#ifdef CONFIG_TCP_MD5SIG
	if (rcu_access_pointer(tp->md5sig_info))
		return true;
#endif
#ifdef CONFIG_TCP_AO
	if (rcu_access_pointer(tp->ao_info))
		return true;
#endif
	return false;
}

/* What this end offered, or would have agreed to, when the connection was made. */
static unsigned int offered(const struct tcpdiag_options_seen *seen,
			    u64 made_ns)
{
	unsigned int i, mask = 0;

	for (i = 0; i < TCPDIAG_OPTIONS; i++)
		if (seen->since_ns[i] && seen->since_ns[i] < made_ns)
			mask |= BIT(i);
	return mask;
}

static unsigned int had(const struct tcp_sock *tp)
{
	return (tp->rx_opt.wscale_ok ? TCPDIAG_OPTION_SCALE : 0) |
	       (tp->rx_opt.tstamp_ok ? TCPDIAG_OPTION_TIMES : 0) |
	       (tp->rx_opt.sack_ok ? TCPDIAG_OPTION_SACK : 0);
}

static u64 hash_of(const struct sock *sk, bool connected)
{
	struct tcpdiag_addr addr;
	u32 words[6];

	tcpdiag_addr_read(sk, &addr);
	memcpy(words, &addr.remote, sizeof(addr.remote));
	words[4] = connected ? addr.rport : addr.lport;
	words[5] = connected | (sk->sk_family == AF_INET6) << 1;
	return (u64)jhash2(words, ARRAY_SIZE(words), salt) << 32 |
	       jhash2(words, ARRAY_SIZE(words), ~salt);
}

/**
 * tcpdiag_options_look() - look at the options of a connection
 * @rec: its record
 *
 * A handshake older than the module, or than the present sysctls, says nothing; nor
 * does one that this end may have answered by a SYN cookie, which keeps few options.
 *
 * Context: the worker's; the record's shard is locked.
 */
void tcpdiag_options_look(const struct tcpdiag_record *rec)
{
	struct tcpdiag_options_seen *seen = rec->shard->net->options_seen;
	struct tcpdiag_sample_look look = { .kind = TCPDIAG_SAMPLE_STRIPPED };
	const struct sock *sk = rec->key;
	bool connected;
	unsigned int want, have;
	u64 made;
	u8 state;

	lockdep_assert_held(&rec->shard->lock);
	state = tcpdiag_read_begin(rec, &made);
	if (!seen || state != TCP_ESTABLISHED ||
	    rec->flags & (TCPDIAG_F_EST_AGE | TCPDIAG_F_EST_STAY))
		return;
	connected = tcpdiag_has_connected(rec);
	if (!connected && seen->cookie_ns && made < seen->cookie_ns + COOKIE_NS)
		return;
	want = offered(seen, made);
	/* clients behind one address differ in timestamps: Windows has none */
	if (!connected || is_signed(tcp_sk(sk)))
		want &= ~TCPDIAG_OPTION_TIMES;
	have = had(tcp_sk(sk));
	look.mask = tcpdiag_options_meet(&seen->memory, hash_of(sk, connected),
					 want, have,
					 div64_u64(tcpdiag_coarse_ns(),
						   60 * (u64)NSEC_PER_SEC));
	look.figure[0] = !(have & TCPDIAG_OPTION_TIMES);
	if (look.mask && !tcpdiag_read_again(rec, state, made))
		tcpdiag_sampled_add(rec, &look);
}

/**
 * tcpdiag_options_release() - free what belongs to a namespace that ends
 * @tn: the namespace
 *
 * Context: process; neither reader nor worker is left.
 */
void tcpdiag_options_release(struct tcpdiag_net *tn)
{
	kvfree(tn->options_seen);
}
