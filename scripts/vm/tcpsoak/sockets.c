// SPDX-License-Identifier: GPL-2.0
/* tcpsoak: the steps that actors take with sockets. */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcpsoak.h"

/* An address of this machine: 127.0.0.0/8, of which host is the rest, or ::1. */
socklen_t loopback(union address *a, bool v6, unsigned int host, unsigned short port)
{
	memset(a, 0, sizeof(*a));
	if (v6) {
		a->v6.sin6_family = AF_INET6;
		a->v6.sin6_addr = in6addr_loopback;
		a->v6.sin6_port = htons(port);
		return sizeof(a->v6);
	}
	a->v4.sin_family = AF_INET;
	a->v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK + host);
	a->v4.sin_port = htons(port);
	return sizeof(a->v4);
}

int open_listener(const union address *a, socklen_t size, int backlog)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	int one = 1;

	if (fd < 0)
		return -1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(fd, &a->any, size) && !listen(fd, backlog))
		return fd;
	close(fd);
	return -1;
}

/* With wait, only a connection; without, whatever has come of it at once. */
int open_client(const union address *a, socklen_t size, bool wait)
{
	int fd = socket(a->any.sa_family,
			SOCK_STREAM | (wait ? 0 : SOCK_NONBLOCK), 0);

	if (fd < 0)
		return -1;
	if (connect(fd, &a->any, size) && wait) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A connection's two ends: returns the server's, or -1. */
int make_pair(const union address *a, socklen_t size, int listener, int *client)
{
	struct pollfd ready = { .fd = listener, .events = POLLIN };
	int server;

	*client = open_client(a, size, true);
	if (*client < 0)
		return -1;
	server = poll(&ready, 1, 5000) == 1 ? accept(listener, NULL, NULL) : -1;
	if (server >= 0)
		return server;
	close(*client);
	return -1;
}

void reset(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
	count(COUNT_RESETS, 1);
}
