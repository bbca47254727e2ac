// SPDX-License-Identifier: GPL-2.0
/*
 * What the other files stand on: the run as it was asked for, its clock, waiting for
 * sockets, namespaces, and the end with an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "flows.h"

#define MAX_EVENTS	64

struct run run = {
	.sample_us = 50000,
	.bin_us = 200000,
};

static long long origin_us;
static int epoll_fd;

static long long clock_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000LL + t.tv_nsec / 1000;
}

/* The run begins: now_us() counts from here. */
void clock_begin(void)
{
	origin_us = clock_us();
}

/* Since the run began. */
long long now_us(void)
{
	return clock_us() - origin_us;
}

void fatal(const char *format, ...)
{
	int error = errno;
	va_list arguments;

	va_start(arguments, format);
	fprintf(stderr, "labflows: ");
	vfprintf(stderr, format, arguments);
	fprintf(stderr, ": %s\n", strerror(error));
	va_end(arguments);
	exit(1);
}

/* A socket belongs for good to the namespace in which it was made. */
void enter_netns(const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		fatal("cannot enter %s", path);
	close(fd);
}

/* Before anything is watched. */
void base_begin(void)
{
	epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (epoll_fd < 0)
		fatal("epoll_create1");
}

void watch(struct end *end, unsigned int events)
{
	struct epoll_event event = { .events = events, .data.ptr = end };

	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, end->fd, &event))
		fatal("epoll_ctl");
}

void unwatch(struct end *end)
{
	if (epoll_ctl(epoll_fd, EPOLL_CTL_DEL, end->fd, NULL))
		fatal("epoll_ctl");
}

/* Until a time since the run began, or until sockets are ready, which are served. */
void wait_for_events(long long until)
{
	struct epoll_event events[MAX_EVENTS];
	long long left = until - now_us();
	struct timespec timeout;
	int i, n;

	if (left < 0)
		left = 0;
	timeout.tv_sec = left / 1000000;
	timeout.tv_nsec = left % 1000000 * 1000;
	n = epoll_pwait2(epoll_fd, events, MAX_EVENTS, &timeout, NULL);
	if (n < 0 && errno != EINTR)
		fatal("epoll_pwait2");
	for (i = 0; i < n; i++) {
		struct end *end = events[i].data.ptr;

		end->ready(end->flow);
	}
}
