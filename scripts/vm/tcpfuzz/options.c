// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: options of sockets. */
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "tcpfuzz.h"

/* Newer than the headers that this may be built with */
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY	37
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE	51
#endif

#define TCP(o)	{ IPPROTO_TCP, TCP_ ## o }
#define SOL(o)	{ SOL_SOCKET, SO_ ## o }

static const struct option {
	int level, name;
} options[] = {
	TCP(NODELAY), TCP(MAXSEG), TCP(CORK), TCP(KEEPIDLE), TCP(KEEPINTVL),
	TCP(KEEPCNT), TCP(SYNCNT), TCP(LINGER2), TCP(DEFER_ACCEPT),
	TCP(WINDOW_CLAMP), TCP(QUICKACK), TCP(MD5SIG), TCP(THIN_LINEAR_TIMEOUTS),
	TCP(THIN_DUPACK), TCP(USER_TIMEOUT), TCP(REPAIR), TCP(REPAIR_QUEUE),
	TCP(QUEUE_SEQ), TCP(REPAIR_OPTIONS), TCP(FASTOPEN), TCP(TIMESTAMP),
	TCP(NOTSENT_LOWAT), TCP(SAVE_SYN), TCP(REPAIR_WINDOW),
	TCP(FASTOPEN_CONNECT), TCP(ULP), TCP(FASTOPEN_NO_COOKIE),
	TCP(ZEROCOPY_RECEIVE), TCP(INQ), TCP(TX_DELAY), TCP(INFO), TCP(CC_INFO),
	TCP(CONGESTION), TCP(FASTOPEN_KEY), TCP(SAVED_SYN),
	SOL(REUSEADDR), SOL(REUSEPORT), SOL(KEEPALIVE), SOL(SNDBUF),
	SOL(RCVBUF), SOL(RCVLOWAT), SOL(PRIORITY), SOL(MARK), SOL(ZEROCOPY),
	SOL(BUSY_POLL), SOL(MAX_PACING_RATE), SOL(INCOMING_CPU), SOL(TIMESTAMPING),
	SOL(OOBINLINE), SOL(PEEK_OFF), SOL(DONTROUTE), SOL(TXTIME), SOL(ERROR),
	SOL(BINDTODEVICE), SOL(DETACH_FILTER), SOL(ACCEPTCONN),
	{ IPPROTO_IP, IP_TTL }, { IPPROTO_IP, IP_TRANSPARENT },
	{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT }, { IPPROTO_IP, IP_FREEBIND },
	{ IPPROTO_IP, IP_LOCAL_PORT_RANGE }, { IPPROTO_IP, IP_MTU_DISCOVER },
	{ IPPROTO_IP, IP_RECVERR }, { IPPROTO_IP, IP_MINTTL },
	{ IPPROTO_IPV6, IPV6_V6ONLY }, { IPPROTO_IPV6, IPV6_ADDRFORM },
	{ IPPROTO_IPV6, IPV6_UNICAST_HOPS },
};

/* A number four times over, for those that want two or more; or a name. */
void do_setsockopt(const struct call *c)
{
	static const int values[] = {
		0, 1, 2, 5, -1, 100, 1000, 65535, 1 << 20, 0x7fffffff,
		-(1 << 30),
	};
	const struct option *o = &options[c->b % ARRAY_SIZE(options)];
	int number = values[c->c % ARRAY_SIZE(values)];
	int v[4] = { number, number, number, number };
	socklen_t size = c->c > 240 ? c->c - 240U : sizeof(int);

	if (o->name == IPV6_ADDRFORM && o->level == IPPROTO_IPV6)
		v[0] = AF_INET;
	if (o->name == TCP_ULP && o->level == IPPROTO_TCP) {
		size = c->c & 1 ? 3 : 5;
		memcpy(v, c->c & 1 ? "tls" : "mptcp", size);
	}
	setsockopt(socket_at(c->a), o->level, o->name, v, size);
}

void do_getsockopt(const struct call *c)
{
	const struct option *o = &options[c->b % ARRAY_SIZE(options)];
	char value[256] = "";
	socklen_t size = c->c;

	getsockopt(socket_at(c->a), o->level, o->name, value, &size);
}

void do_algorithm(const struct call *c)
{
	static const char *const names[] = {
		"cubic", "reno", "bbr", "dctcp", "bbr3", "cubic_rfc9438", "aimd",
		"ab_split", "nothing", "",
	};
	const char *name = names[c->b % ARRAY_SIZE(names)];

	setsockopt(socket_at(c->a), IPPROTO_TCP, TCP_CONGESTION, name,
		   strlen(name));
}

/* A connection that is restored, not made: wholly, or a step of it. */
void do_repair(const struct call *c)
{
	int fd = socket_at(c->a), on = 1, off = c->c & 1 ? -1 : 0, queue = 1 + c->b % 2;
	struct call to = { .a = c->a, .b = c->c % 6, .c = c->c };

	setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on));
	if (c->b & 2)
		do_connect(&to);
	if (c->b & 4) {
		setsockopt(fd, IPPROTO_TCP, TCP_REPAIR_QUEUE, &queue, sizeof(queue));
		setsockopt(fd, IPPROTO_TCP, TCP_QUEUE_SEQ, &queue, sizeof(queue));
	}
	if (c->b & 8)
		send(fd, "restored", 8, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (!(c->b & 16))
		setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &off, sizeof(off));
}
