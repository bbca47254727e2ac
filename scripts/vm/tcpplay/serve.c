// SPDX-License-Identifier: GPL-2.0
/* tcpplay: commands for services that answer by themselves, and for their clients. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcpplay.h"

#define SERVED		64
#define REQUEST_BYTES	100

/* What a service does with a connection. */
struct manners {
	int answer_bytes;	/* to whatever one read() gets */
	bool once;		/* closes after an answer, as HTTP/1.0 does */
	int idle_ms;		/* closes after so long without a request; -1: never */
};

static struct pollfd served[1 + SERVED];
static int count;

static void part_with(int i)
{
	close(served[i].fd);
	served[i] = served[--count];
}

static void serve_one(int i, const struct manners *m)
{
	if (receive(served[i].fd, CHUNK_BYTES) <= 0 ||
	    send_bytes(served[i].fd, m->answer_bytes) || m->once)
		part_with(i);
}

static void welcome(void)
{
	int fd = accept(served[0].fd, NULL, NULL);

	if (fd < 0)
		return;
	if (count > SERVED) {
		close(fd);
		return;
	}
	served[count++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

/* Idle is a service on which nothing at all has come for so long. */
static void serve(int listener, const struct manners *m)
{
	int i, ready;

	served[count++] = (struct pollfd){ .fd = listener, .events = POLLIN };
	for (;;) {
		ready = poll(served, count, m->idle_ms);
		for (i = count - 1; i > 0; i--)
			if (!ready)
				part_with(i);
			else if (served[i].revents)
				serve_one(i, m);
		if (ready > 0 && served[0].revents)
			welcome();
	}
}

/* A child accepts on the listener and answers, beside us, until we end. */
int do_serve(int n, char **w)
{
	struct manners m = {
		.answer_bytes = atoi(w[2]),
		.once = n > 3 && !strcmp(w[3], "once"),
		.idle_ms = n > 4 && !strcmp(w[3], "idle") ? atoi(w[4]) : -1,
	};
	int fd = find_fd(w[1]);
	pid_t pid = fd < 0 ? 0 : fork_with(fd, true);

	if (fd < 0)
		return fd;
	if (pid < 0)
		return -errno;
	if (!pid)
		serve(fd, &m);
	return number(pid);
}

static int one_visit(const union address *a, int bytes, bool to_the_end)
{
	int fd = socket(a->any.sa_family, SOCK_STREAM, 0);
	ssize_t got = 0;
	int err;

	if (fd < 0)
		return -errno;
	err = connect_to(fd, a, true);
	if (!err)
		err = send_bytes(fd, REQUEST_BYTES);
	while (!err && bytes > 0) {
		got = receive(fd, bytes);
		if (got <= 0)
			err = got ? got : -EPIPE;
		bytes -= got;
	}
	if (!err && to_the_end)
		err = receive(fd, 1);
	close(fd);
	return err;
}

/*
 * Connections one after another: a request, its answer, and we close, or wait for the
 * server to close first.
 */
int do_visit(int n, char **w)
{
	bool to_the_end = n > 5 && !strcmp(w[5], "end");
	union address a;
	int i, err = parse_address(w[1], w[2], &a);

	for (i = 0; i < atoi(w[3]) && !err; i++)
		err = one_visit(&a, atoi(w[4]), to_the_end);
	return err;
}
