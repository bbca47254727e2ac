// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsoak: actors that make, use and end connections. Each function does a little
 * and returns, so that its process sees when it is over.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcpsoak.h"

#define LISTENERS	100
#define ROUND		32
#define CHUNK		8192
#define SEPARATORS	"\n "

/* Every order in which the two ends of a connection may go. */
static void end_pair(int client, int server)
{
	switch (draw(6)) {
	case 0:
		close(client);
		close(server);
		break;
	case 1:
		close(server);
		close(client);
		break;
	case 2:
		shutdown(client, SHUT_WR);
		close(server);
		close(client);
		break;
	case 3:
		shutdown(client, SHUT_RDWR);
		shutdown(server, SHUT_RDWR);
		close(client);
		close(server);
		break;
	case 4:
		reset(client);
		close(server);
		break;
	default:
		reset(server);
		close(client);
	}
}

/* Connections that come and go, on the one listener that each round has. */
void act_churn(void)
{
	union address a;
	socklen_t size = loopback(&a, draw(3) == 0, draw(4), 20000 + draw(2000));
	int listener = open_listener(&a, size, 64);
	int i, client, server;

	if (listener < 0)
		return;
	for (i = 0; i < ROUND; i++) {
		server = make_pair(&a, size, listener, &client);
		if (server < 0)
			break;
		if (draw(2) && write(client, "hello", 5) == 5)
			count(COUNT_BYTES, 5);
		end_pair(client, server);
		count(COUNT_CONNECTIONS, 1);
	}
	close(listener);
}

static void repair(void)
{
	union address a;
	socklen_t size = loopback(&a, false, 0, 9);
	int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;

	if (!setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &one, sizeof(one)) &&
	    !connect(fd, &a.any, size))
		count(COUNT_REPAIRED, 1);
	close(fd);
}

/* What does not become a connection, or not in the usual way. */
void act_fail(void)
{
	union address a;
	socklen_t size = loopback(&a, draw(2), 0, 9);
	int fd;

	switch (draw(3)) {
	case 0:
		if (open_client(&a, size, true) < 0 && errno == ECONNREFUSED)
			count(COUNT_REFUSED, 1);
		break;
	case 1:
		/* TEST-NET-3: make soak routes it to a device that drops all */
		size = loopback(&a, false, 0, 9);
		a.v4.sin_addr.s_addr = htonl(0xcb007100 + draw(256));
		fd = open_client(&a, size, false);
		if (fd < 0)
			break;
		usleep(1000 * draw(20));
		close(fd);
		count(COUNT_ABANDONED, 1);
		break;
	default:
		repair();
	}
}

/* Connects until the queue is full, or nearly. */
static void fill_queue(const union address *a, socklen_t size)
{
	int clients[4], i;

	for (i = 0; i < 4; i++)
		clients[i] = open_client(a, size, false);
	usleep(2000);
	for (i = 0; i < 4; i++)
		if (clients[i] >= 0)
			close(clients[i]);
	count(COUNT_QUEUES_FILLED, 1);
}

/* Many listeners, most of them idle; some have a queue that nobody empties. */
void act_listen(void)
{
	int fds[LISTENERS], i;
	union address a;
	socklen_t size;

	for (i = 0; i < LISTENERS; i++) {
		size = loopback(&a, draw(4) == 0, 10 + draw(3), 30000 + i);
		fds[i] = open_listener(&a, size, 2);
		if (fds[i] < 0)
			continue;
		count(COUNT_LISTENERS, 1);
		if (draw(10) == 0)
			fill_queue(&a, size);
	}
	for (i = 0; i < LISTENERS; i++)
		if (fds[i] >= 0)
			close(fds[i]);
}

/* One of the algorithms that are there now, by its place in their list. */
static bool pick_algorithm(char *name, size_t bytes)
{
	FILE *f = fopen("/proc/sys/net/ipv4/tcp_available_congestion_control", "r");
	char list[1024], *word, *rest = NULL;
	unsigned int n = 0;

	*name = '\0';
	if (!f)
		return false;
	if (fgets(list, sizeof(list), f))
		for (word = strtok_r(list, SEPARATORS, &rest); word;
		     word = strtok_r(NULL, SEPARATORS, &rest))
			if (draw(++n) == 0)
				snprintf(name, bytes, "%s", word);
	fclose(f);
	return *name;
}

/* One connection under load, whose ends change their algorithm again and again. */
void act_switch(void)
{
	static char chunk[CHUNK];
	union address a;
	socklen_t size = loopback(&a, false, 20, 25000 + draw(1000));
	int listener = open_listener(&a, size, 4);
	int i, client, server = -1;
	char name[16];
	ssize_t n;

	if (listener >= 0)
		server = make_pair(&a, size, listener, &client);
	if (server < 0) {
		if (listener >= 0)
			close(listener);
		return;
	}
	for (i = 0; i < ROUND && pick_algorithm(name, sizeof(name)); i++) {
		if (!setsockopt(draw(4) ? client : server, IPPROTO_TCP,
				TCP_CONGESTION, name, strlen(name)))
			count(COUNT_SWITCHES, 1);
		n = send(client, chunk, sizeof(chunk), MSG_DONTWAIT);
		if (n > 0)
			count(COUNT_BYTES, n);
		while (recv(server, chunk, sizeof(chunk), MSG_DONTWAIT) > 0)
			;
	}
	end_pair(client, server);
	close(listener);
	count(COUNT_CONNECTIONS, 1);
}
