// SPDX-License-Identifier: GPL-2.0
/*
 * The test at load: whether this kernel does what the hooks rest on (enum
 * tcpdiag_assumption).
 *
 * Sockets of the kernel's own connect over 127.0.0.1 and ::1 in the initial
 * namespace, and the hooks tell selftest_log.c of them. All this happens before
 * the account has a probe on any tracepoint, and no socket is left for the walk,
 * so none of it is ever counted.
 *
 * What the network does not carry (lo is down, a firewall drops it) is not
 * tested. An assumption is contradicted only if the sockets themselves show that
 * something happened that the hooks did not tell, or told otherwise.
 *
 * For each family there are two connections. One goes to a listener of any
 * address, from a socket that is not bound, and is closed by its client: an
 * orphan in FIN_WAIT2, for which a minisocket stands in. The other goes to a
 * listener of one address, from a socket that is bound, and is only shut down by
 * its client, so that its minisocket is made when the peer closes. A third
 * socket finds no port.
 */
#include <linux/delay.h>
#include <linux/in.h>
#include <linux/in6.h>
#include <linux/ipv6.h>
#include <linux/ktime.h>
#include <linux/net.h>
#include <linux/netdevice.h>
#include <linux/slab.h>
#include <net/inet_hashtables.h>
#include <net/inet_timewait_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "hooks/selftest.h"
#include "store/flags.h"
#include "store/net.h"

/* All of it may take that long, and a look comes after that long. */
#define LIMIT_MS	40
#define LOOK_US		50

/* The two connections: to any address and closed; to one and shut down. */
enum { ANY, ONE, CONNECTIONS };

/**
 * struct connection - a connection of the test
 * @listener: where it goes
 * @client: who begins it
 * @server: the child that was accepted
 * @client_sk: the client's sock, with a reference that is kept to the end
 * @server_sk: the child's sock, the same
 * @mini: the client's minisocket; only compared
 * @listener_sk: the listener's sock; only compared
 * @port: the listener's
 * @from: the client's
 * @hash: place of the client in the kernel's table, and of its minisocket
 * @established: it was, at both ends
 */
struct connection {
	struct socket *listener;
	struct socket *client;
	struct socket *server;
	struct sock *client_sk;
	struct sock *server_sk;
	const void *mini;
	const void *listener_sk;
	u16 port;
	u16 from;
	unsigned int hash;
	bool established;
};

/**
 * struct test - the test of one family
 * @family: AF_INET or AF_INET6
 * @end: when it must have ended, ktime_get_ns()
 * @c: its connections
 * @refused_sk: the socket that found no port; only compared
 * @refused: there is one
 * @trust: what was found
 */
struct test {
	int family;
	u64 end;
	struct connection c[CONNECTIONS];
	const void *refused_sk;
	bool refused;
	enum tcpdiag_trust trust[TCPDIAG_ASSUMPTIONS];
};

/* Wait until a condition is true, or the time is over. */
#define wait_for(test, condition)					\
({									\
	bool _is;							\
									\
	while (!(_is = (condition)) && ktime_get_ns() < (test)->end)	\
		usleep_range(LOOK_US, 2 * LOOK_US);			\
	_is;								\
})

/* An address of the test; @any: the unspecified one, else the loopback's. */
static int address(const struct test *test, bool any, u16 port,
		   struct sockaddr_storage *to)
{
	struct sockaddr_in *in = (struct sockaddr_in *)to;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)to;

	memset(to, 0, sizeof(*to));
	if (test->family == AF_INET) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		in->sin_addr.s_addr = htonl(any ? INADDR_ANY : INADDR_LOOPBACK);
		return sizeof(*in);
	}
	in6->sin6_family = AF_INET6;
	in6->sin6_port = htons(port);
	if (!any)
		in6->sin6_addr = in6addr_loopback;
	return sizeof(*in6);
}

static struct socket *make(const struct test *test)
{
	struct socket *sock;

	if (sock_create_kern(&init_net, test->family, SOCK_STREAM, IPPROTO_TCP,
			     &sock))
		return NULL;
	tcpdiag_test_log_know(sock->sk);
	return sock;
}

/* An end that is not needed any more leaves nothing behind. */
static void abort_socket(struct socket **sock)
{
	if (!*sock)
		return;
	sock_no_linger((*sock)->sk);
	sock_release(*sock);
	*sock = NULL;
}

/* Listen on a port that the kernel chooses; only the loopback's segments come. */
static bool begin_listening(const struct test *test, struct connection *c,
			    bool any)
{
	struct sockaddr_storage at;
	int len = address(test, any, 0, &at);

	c->listener = make(test);
	if (!c->listener)
		return false;
	c->listener_sk = c->listener->sk;
	if (sock_bindtoindex(c->listener->sk, init_net.loopback_dev->ifindex,
			     true) ||
	    kernel_bind(c->listener, (void *)&at, len))
		return false;
	c->port = inet_sk(c->listener->sk)->inet_num;
	tcpdiag_test_log_know_port(c->port);
	return !kernel_listen(c->listener, CONNECTIONS);
}

/* 0 or the error, once it is known that connect() has nothing to wait for. */
static int begin_connecting(const struct test *test, struct socket *sock,
			    u16 port)
{
	struct sockaddr_storage to;
	int len = address(test, false, port, &to);

	return kernel_connect(sock, (void *)&to, len, O_NONBLOCK);
}

static bool bind_to_loopback(const struct test *test, struct socket *sock)
{
	struct sockaddr_storage at;
	int len = address(test, false, 0, &at);

	return !kernel_bind(sock, (void *)&at, len);
}

/* Whether the accepted socket is the one that the client is connected to. */
static bool is_peer(const struct connection *c, const struct socket *server)
{
	return ntohs(inet_sk(server->sk)->inet_dport) == c->from;
}

/*
 * Others may find the port and connect to it; they are sent away. However many come,
 * the test ends in time.
 */
static bool accept_peer(const struct test *test, struct connection *c)
{
	while (ktime_get_ns() < test->end &&
	       !kernel_accept(c->listener, &c->server, O_NONBLOCK)) {
		if (is_peer(c, c->server))
			return true;
		abort_socket(&c->server);
	}
	c->server = NULL;
	return false;
}

static bool is_in(const struct sock *sk, int state)
{
	return READ_ONCE(sk->sk_state) == state;
}

/* False if the network does not carry it. */
static bool establish(struct test *test, struct connection *c, bool bound)
{
	int err;

	c->client = make(test);
	if (!c->client || (bound && !bind_to_loopback(test, c->client)))
		return false;
	c->client_sk = c->client->sk;
	sock_hold(c->client_sk);
	err = begin_connecting(test, c->client, c->port);
	if ((err && err != -EINPROGRESS) ||
	    !wait_for(test, is_in(c->client_sk, TCP_ESTABLISHED)))
		return false;
	c->from = inet_sk(c->client_sk)->inet_num;
	c->hash = c->client_sk->sk_hash;
	if (!wait_for(test, accept_peer(test, c)))
		return false;
	c->server_sk = c->server->sk;
	sock_hold(c->server_sk);
	c->established = wait_for(test, is_in(c->server_sk, TCP_ESTABLISHED));
	return c->established;
}

#ifdef IP_LOCAL_PORT_RANGE
static bool allow_one_port(struct socket *sock, u16 port)
{
	u32 range = port << 16 | port;

	return !sock->ops->setsockopt(sock, SOL_IP, IP_LOCAL_PORT_RANGE,
				      KERNEL_SOCKPTR(&range), sizeof(range));
}
#else
static bool allow_one_port(struct socket *sock, u16 port)
{
	return false;
}
#endif

/* Connect to where another socket is connected, from its port only. */
static void connect_without_port(struct test *test)
{
	const struct connection *c = &test->c[ANY];
	struct socket *sock = make(test);

	if (!sock)
		return;
	test->refused_sk = sock->sk;
	test->refused = allow_one_port(sock, c->from) &&
			begin_connecting(test, sock, c->port) == -EADDRNOTAVAIL;
	abort_socket(&sock);
}

/* A client's minisocket, with a reference; found without the hooks. */
static struct inet_timewait_sock *find_mini(const struct connection *c)
{
	struct inet_hashinfo *info = init_net.ipv4.tcp_death_row.hashinfo;
	spinlock_t *lock = inet_ehash_lockp(info, c->hash);
	struct inet_timewait_sock *tw, *found = NULL;
	struct hlist_nulls_node *pos;
	struct sock *sk;

	spin_lock_bh(lock);
	sk_nulls_for_each(sk, pos, &inet_ehash_bucket(info, c->hash)->chain) {
		if (sk->sk_state != TCP_TIME_WAIT)
			continue;
		tw = inet_twsk(sk);
		if (net_eq(twsk_net(tw), &init_net) && tw->tw_num == c->from &&
		    tw->tw_dport == htons(c->port) &&
		    refcount_inc_not_zero(&tw->tw_refcnt)) {
			found = tw;
			break;
		}
	}
	spin_unlock_bh(lock);
	return found;
}

static bool has_mini(struct connection *c, struct inet_timewait_sock **tw)
{
	*tw = find_mini(c);
	c->mini = *tw;
	return *tw;
}

static void end_mini(struct inet_timewait_sock *tw)
{
	local_bh_disable();
	inet_twsk_deschedule_put(tw);
	local_bh_enable();
}

/* Its FIN is acknowledged at once, not after the usual delay. */
static void acknowledge(const struct connection *c)
{
	tcp_sock_set_quickack(c->server_sk, 1);
}

/* The client closes first, and its minisocket waits for the peer's FIN. */
static bool close_client(struct test *test, struct connection *c)
{
	struct inet_timewait_sock *tw;
	bool done;

	sock_release(c->client);
	c->client = NULL;
	if (!wait_for(test, is_in(c->server_sk, TCP_CLOSE_WAIT)))
		return false;
	acknowledge(c);
	if (!wait_for(test, has_mini(c, &tw)))
		return false;
	sock_release(c->server);
	c->server = NULL;
	done = wait_for(test, READ_ONCE(tw->tw_substate) == TCP_TIME_WAIT);
	end_mini(tw);
	return done;
}

/* The client shuts down and stays open; its peer closes. */
static bool shut_client(struct test *test, struct connection *c)
{
	struct inet_timewait_sock *tw;

	if (kernel_sock_shutdown(c->client, SHUT_WR) ||
	    !wait_for(test, is_in(c->server_sk, TCP_CLOSE_WAIT)))
		return false;
	acknowledge(c);
	if (!wait_for(test, is_in(c->client_sk, TCP_FIN_WAIT2)))
		return false;
	sock_release(c->server);
	c->server = NULL;
	if (!wait_for(test, is_in(c->client_sk, TCP_CLOSE)))
		return false;
	if (!wait_for(test, has_mini(c, &tw)))
		return false;
	end_mini(tw);
	return true;
}

/* The event after an event, of the same socket; NULL if there is none. */
static const struct tcpdiag_test_event *
next_of(unsigned int index, const void *sk)
{
	const struct tcpdiag_test_event *e;

	while ((e = tcpdiag_test_log_at(++index)))
		if (e->sk == sk && e->kind != TCPDIAG_TEST_REQUEST)
			return e;
	return NULL;
}

/*
 * The index of the first event of a kind that is of both; -1 for none. Not before
 * @from: a minisocket may be where another was.
 */
static int find(unsigned int from, enum tcpdiag_test_kind kind, const void *sk,
		const void *other)
{
	const struct tcpdiag_test_event *e;
	unsigned int i;

	for (i = from; (e = tcpdiag_test_log_at(i)); i++)
		if (e->kind == kind && e->sk == sk && e->other == other)
			return i;
	return -1;
}

/* The change of a socket into a state; NULL if it was not told. */
static const struct tcpdiag_test_event *find_entry(const void *sk, int state)
{
	const struct tcpdiag_test_event *e;
	unsigned int i;

	for (i = 0; (e = tcpdiag_test_log_at(i)); i++)
		if (e->kind == TCPDIAG_TEST_STATE && e->sk == sk &&
		    e->new == state)
			return e;
	return NULL;
}

static bool is_requested(const struct connection *c)
{
	const struct tcpdiag_test_event *e;
	unsigned int i;

	for (i = 0; (e = tcpdiag_test_log_at(i)); i++)
		if (e->kind == TCPDIAG_TEST_REQUEST && e->sk == c->listener_sk)
			return true;
	return false;
}

/* Its birth tells what its record says of its listener; then it is established. */
static bool is_born(const struct test *test, const struct connection *c)
{
	const struct tcpdiag_test_event *e = find_entry(c->server_sk,
							TCP_SYN_RECV);
	const struct tcpdiag_test_event *done = find_entry(c->server_sk,
							   TCP_ESTABLISHED);
	u8 flags = test->family == AF_INET6 ? TCPDIAG_F_LISTENER_V6 : 0;

	if (c == &test->c[ANY])
		flags |= TCPDIAG_F_LISTENER_ANY;
	return e && e->old == TCP_LISTEN && e->port == c->port &&
	       e->flags == flags && done && done->old == TCP_SYN_RECV && e < done;
}

/* Only a bound socket has a port when connect() begins, in the task. */
static bool is_connected(const struct connection *c, bool bound)
{
	const struct tcpdiag_test_event *e = find_entry(c->client_sk,
							TCP_SYN_SENT);
	const struct tcpdiag_test_event *done = find_entry(c->client_sk,
							   TCP_ESTABLISHED);

	return e && e->old == TCP_CLOSE && !e->softirq &&
	       e->port == (bound ? c->from : 0) && done &&
	       done->old == TCP_SYN_SENT;
}

static bool is_refused(const struct test *test)
{
	const struct tcpdiag_test_event *e = find_entry(test->refused_sk,
							TCP_CLOSE);

	return e && e->old == TCP_SYN_SENT && e->cause == TCPDIAG_CAUSE_NO_PORT;
}

/* The socket is told with its minisocket, then to be in CLOSE, then no more. */
static bool is_replaced(const struct connection *c, int substate)
{
	int at = find(0, TCPDIAG_TEST_MINI_BEGIN, c->client_sk, c->mini);
	const struct tcpdiag_test_event *begin, *close;

	if (at < 0)
		return false;
	begin = tcpdiag_test_log_at(at);
	close = next_of(at, c->client_sk);
	if (begin->old != TCP_FIN_WAIT2 || begin->new != substate || !close ||
	    close->kind != TCPDIAG_TEST_STATE || close->old != TCP_FIN_WAIT2 ||
	    close->new != TCP_CLOSE)
		return false;
	if (begin->softirq && (!close->softirq || close->cpu != begin->cpu))
		return false;
	return find(at, TCPDIAG_TEST_MINI_END, NULL, c->mini) > at;
}

static enum tcpdiag_trust trust_if(bool holds)
{
	return holds ? TCPDIAG_TRUST_VERIFIED : TCPDIAG_TRUST_CONTRADICTED;
}

static void judge_beginning(struct test *test)
{
	const struct connection *any = &test->c[ANY], *one = &test->c[ONE];
	enum tcpdiag_trust *trust = test->trust;

	trust[TCPDIAG_ASSUMED_CHILDREN] = trust_if(is_born(test, any) &&
						   is_born(test, one));
	trust[TCPDIAG_ASSUMED_CONNECTS] =
		trust_if(is_connected(any, false) && is_connected(one, true) &&
			 (!test->refused || is_refused(test)));
	/* with SYN cookies for all there are no requests */
	if (READ_ONCE(init_net.ipv4.sysctl_tcp_syncookies) != 2)
		trust[TCPDIAG_ASSUMED_REQUESTS] =
			trust_if(is_requested(any) && is_requested(one));
}

static void judge_end(struct test *test)
{
	const struct connection *any = &test->c[ANY], *one = &test->c[ONE];
	bool holds = is_replaced(any, TCP_FIN_WAIT2) &&
		     find(0, TCPDIAG_TEST_MINI_SEGMENT, NULL, any->mini) >= 0 &&
		     find_entry(any->client_sk, TCP_CLOSE) <
		     tcpdiag_test_log_at(find(0, TCPDIAG_TEST_DESTROY,
					      any->client_sk, NULL)) &&
		     is_replaced(one, TCP_TIME_WAIT);

	test->trust[TCPDIAG_ASSUMED_TIME_WAITS] = trust_if(holds);
}

/* Nothing may be left for the walk. */
static void clean(struct connection *c)
{
	struct inet_timewait_sock *tw;

	abort_socket(&c->client);
	abort_socket(&c->server);
	abort_socket(&c->listener);
	tw = c->from ? find_mini(c) : NULL;
	if (tw)
		end_mini(tw);
	if (c->client_sk)
		sock_put(c->client_sk);
	if (c->server_sk)
		sock_put(c->server_sk);
}

/* False if the network does not carry the connections. */
static bool connect_both(struct test *test)
{
	struct connection *any = &test->c[ANY], *one = &test->c[ONE];

	if (!begin_listening(test, any, true) ||
	    !begin_listening(test, one, false) ||
	    !establish(test, any, false) || !establish(test, one, true))
		return false;
	connect_without_port(test);
	return true;
}

/* @trust has what was found; what could not be tested stays unverified. */
static void run_family(struct test *test)
{
	bool ended = false;

	tcpdiag_test_log_clear();
	if (connect_both(test)) {
		ended = close_client(test, &test->c[ANY]) &&
			shut_client(test, &test->c[ONE]);
		if (tcpdiag_test_log_is_whole())
			judge_beginning(test);
	}
	if (ended && tcpdiag_test_log_is_whole())
		judge_end(test);
	clean(&test->c[ANY]);
	clean(&test->c[ONE]);
}

/*
 * Where there is no IPv6, nothing can be wrong with it. A socket would not tell
 * without side effects: making one loads the family's module.
 */
static bool has_family(int family)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (family == AF_INET6) {
		struct ipv6_devconf *conf = READ_ONCE(init_net.ipv6.devconf_all);

		return conf && !READ_ONCE(conf->disable_ipv6);
	}
#endif
	return family == AF_INET;
}

/* Of two families the worse counts. */
static enum tcpdiag_trust worse(enum tcpdiag_trust a, enum tcpdiag_trust b)
{
	if (a == TCPDIAG_TRUST_CONTRADICTED || b == TCPDIAG_TRUST_CONTRADICTED)
		return TCPDIAG_TRUST_CONTRADICTED;
	return min(a, b);
}

/**
 * tcpdiag_test_run() - test what the hooks rest on
 *
 * Its results are in tcpdiag_phase_trust(). If memory is short nothing is
 * verified.
 *
 * Context: process, may sleep; the probes and functions of selftest_log.c are
 * attached, and no others.
 */
void tcpdiag_test_run(void)
{
	static const int families[] = { AF_INET, AF_INET6 };
	enum tcpdiag_trust trust[TCPDIAG_ASSUMPTIONS];
	u64 began = ktime_get_ns();
	struct test *test;
	unsigned int i, k;

	for (k = 0; k < TCPDIAG_ASSUMPTIONS; k++)
		trust[k] = TCPDIAG_TRUST_VERIFIED;
	for (i = 0; i < ARRAY_SIZE(families); i++) {
		if (!has_family(families[i]))
			continue;
		test = kzalloc(sizeof(*test), GFP_KERNEL);
		if (test) {
			test->family = families[i];
			test->end = began + LIMIT_MS * NSEC_PER_MSEC;
			run_family(test);
		}
		for (k = 0; k < TCPDIAG_ASSUMPTIONS; k++)
			trust[k] = worse(trust[k], test ? test->trust[k] :
					 TCPDIAG_TRUST_UNVERIFIED);
		kfree(test);
	}
	for (k = 0; k < TCPDIAG_ASSUMPTIONS; k++)
		tcpdiag_phase_set_trust(k, trust[k]);
	tcpdiag_phase_set_test_ns(ktime_get_ns() - began);
}

/**
 * tcpdiag_test_trusts() - whether the figures that rest on an assumption are
 *	shown
 * @assumption: the assumption
 *
 * Context: any.
 * Return: true if it was verified; or if it could not be tested, on a kernel
 * that all scenarios were run on.
 */
bool tcpdiag_test_trusts(enum tcpdiag_assumption assumption)
{
	switch (tcpdiag_phase_trust(assumption)) {
	case TCPDIAG_TRUST_VERIFIED:
		return true;
	case TCPDIAG_TRUST_UNVERIFIED:
		return tcpdiag_kernel_is_tested();
	default:
		return false;
	}
}

static bool any_is(enum tcpdiag_trust trust)
{
	unsigned int k;

	for (k = 0; k < TCPDIAG_ASSUMPTIONS; k++)
		if (tcpdiag_phase_trust(k) == trust)
			return true;
	return false;
}

/**
 * tcpdiag_test_tell() - tell the log what the test means for the figures
 *
 * Says nothing if all is as on the kernels that tcpdiag was tested on.
 *
 * Context: process.
 */
void tcpdiag_test_tell(void)
{
	if (tcpdiag_kernel_is_newer())
		pr_notice("tcpdiag: this kernel is newer than Linux %s, the newest that this version was tested on: see self_test_* in /proc/net/tcpdiag/self\n",
			  TCPDIAG_NEWEST_TESTED);
	if (any_is(TCPDIAG_TRUST_CONTRADICTED))
		pr_warn("tcpdiag: this kernel does not do what tcpdiag rests on: the figures concerned are shown as - (self_test_* in /proc/net/tcpdiag/self): use a version of tcpdiag that knows this kernel\n");
	else if (any_is(TCPDIAG_TRUST_UNVERIFIED) && !tcpdiag_kernel_is_tested())
		pr_warn("tcpdiag: it was not tested on this kernel, and the test at load could not try all of it: the figures concerned are shown as - (self_test_* in /proc/net/tcpdiag/self); Documentation/self.md says what prevents the test\n");
}
