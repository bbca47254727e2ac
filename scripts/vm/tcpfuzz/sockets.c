// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: the calls on sockets that any program makes. Nothing here ever waits. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcpfuzz.h"

#ifndef IPPROTO_MPTCP
#define IPPROTO_MPTCP	262
#endif

#define PORTS	6

static const int sizes[] = { 0, 1, 10, 1000, 4096, 65536, 300000, 1460 };
static char buffer[300000];

/* Of this machine, or one that nobody has; a port of ours, 0 or one that is closed. */
socklen_t pick_address(union address *a, bool v6, unsigned char where, unsigned char port)
{
	unsigned short number = port % 8 < PORTS ? 5000 + port % 8 : port % 8 == 6 ? 0 : 9;

	memset(a, 0, sizeof(*a));
	if (v6) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_port = htons(number);
		if (where % 4 == 1)
			inet_pton(AF_INET6, "::ffff:127.0.0.1", &a->v6.sin6_addr);
		else if (where % 4 != 2)
			a->v6.sin6_addr = in6addr_loopback;
		return sizeof(a->v6);
	}
	a->v4.sin_family = AF_INET;
	a->v4.sin_port = htons(number);
	if (where % 8 == 7)
		a->v4.sin_addr.s_addr = htonl(0xcb007101);
	else if (where % 8 != 6)
		a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK + where % 3);
	return sizeof(a->v4);
}

int socket_at(unsigned char slot)
{
	return world.sockets[slot % SOCKETS];
}

/* Closes what was there. */
void put_socket(unsigned char slot, int fd)
{
	int *at = &world.sockets[slot % SOCKETS];

	if (*at >= 0)
		close(*at);
	*at = fd;
}

static bool is_v6(int fd)
{
	int family = AF_INET;
	socklen_t size = sizeof(family);

	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &size);
	return family == AF_INET6;
}

void do_socket(const struct call *c)
{
	int one = 1, fd;

	fd = socket(c->b & 1 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK,
		    c->b % 8 == 6 ? IPPROTO_MPTCP : 0);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	put_socket(c->a, fd);
}

void do_bind(const struct call *c)
{
	int fd = socket_at(c->a);
	union address a;
	socklen_t size = pick_address(&a, is_v6(fd), c->b, c->c);

	bind(fd, &a.any, size);
}

void do_listen(const struct call *c)
{
	listen(socket_at(c->a), c->b % 4 == 3 ? -1 : c->b % 64);
}

void do_connect(const struct call *c)
{
	int fd = socket_at(c->a);
	union address a;
	socklen_t size = pick_address(&a, is_v6(fd), c->b, c->c);

	if (c->b > 250)
		a.any.sa_family = AF_UNSPEC;
	connect(fd, &a.any, size);
}

void do_accept(const struct call *c)
{
	int fd = accept4(socket_at(c->a), NULL, NULL, SOCK_NONBLOCK);

	if (fd >= 0)
		put_socket(c->b, fd);
}

/* A listener, and a connection to it, in a, b and b + 1. */
void do_pair(const struct call *c)
{
	struct call steps = { .a = c->a, .b = c->c, .c = c->c };
	struct pollfd ready = { .events = POLLIN };

	do_socket(&steps);
	do_bind(&steps);
	steps.b = 16;
	do_listen(&steps);
	steps.a = c->b;
	steps.b = c->c;
	do_socket(&steps);
	do_connect(&steps);
	ready.fd = socket_at(c->a);
	poll(&ready, 1, 20);
	steps.a = c->a;
	steps.b = c->b + 1;
	do_accept(&steps);
}

void do_shutdown(const struct call *c)
{
	shutdown(socket_at(c->a), c->b % 3);
}

void do_close(const struct call *c)
{
	put_socket(c->a, -1);
}

void do_reset(const struct call *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = c->b % 4 == 3 };

	setsockopt(socket_at(c->a), SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	put_socket(c->a, -1);
}

void do_dup(const struct call *c)
{
	int fd = dup(socket_at(c->a));

	if (fd >= 0)
		put_socket(c->b, fd);
}

void do_send(const struct call *c)
{
	static const int flags[] = {
		0, MSG_OOB, MSG_MORE, MSG_EOR, MSG_ZEROCOPY, MSG_DONTROUTE,
	};

	send(socket_at(c->a), buffer, sizes[c->b % ARRAY_SIZE(sizes)],
	     flags[c->c % ARRAY_SIZE(flags)] | MSG_DONTWAIT | MSG_NOSIGNAL);
}

void do_fastopen(const struct call *c)
{
	int fd = socket_at(c->a);
	union address a;
	socklen_t size = pick_address(&a, is_v6(fd), c->b, c->c);

	sendto(fd, buffer, sizes[c->b % 4],
	       MSG_FASTOPEN | MSG_DONTWAIT | MSG_NOSIGNAL, &a.any, size);
}

void do_receive(const struct call *c)
{
	static const int flags[] = {
		0, MSG_PEEK, MSG_OOB, MSG_TRUNC, MSG_ERRQUEUE, MSG_WAITALL,
	};

	recv(socket_at(c->a), buffer, sizes[c->b % ARRAY_SIZE(sizes)],
	     flags[c->c % ARRAY_SIZE(flags)] | MSG_DONTWAIT);
}

void do_splice(const struct call *c)
{
	unsigned int flags = SPLICE_F_NONBLOCK | (c->c & 1 ? SPLICE_F_MORE : 0);

	splice(socket_at(c->a), NULL, world.pipe[1], NULL, 4096, flags);
	splice(world.pipe[0], NULL, socket_at(c->b), NULL, 4096, flags);
}

/* A file of ours straight into a socket. */
void do_sendfile(const struct call *c)
{
	sendfile(socket_at(c->a), world.files[c->b % FILES], NULL, 1 + c->c * 10);
}
