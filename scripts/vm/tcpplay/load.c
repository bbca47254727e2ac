// SPDX-License-Identifier: GPL-2.0
/* tcpplay: commands that make load, and those that time it. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <linux/random.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tcpplay.h"

static long long now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/*
 * One connection's whole life: connect, accept, client closes, server closes
 * when it has seen that: a FIN may wait for ksoftirqd.
 */
static int one_life(int listener, const union address *a)
{
	int client = socket(a->any.sa_family, SOCK_STREAM, 0);
	int server, err;
	char byte;

	if (client < 0)
		return -errno;
	err = connect_to(client, a, true);
	server = err ? -1 : accept(listener, NULL, NULL);
	if (!err && server < 0)
		err = -errno;
	close(client);
	if (server >= 0) {
		if (read(server, &byte, 1) < 0 && !err)
			err = -errno;
		close(server);
	}
	return err;
}

static int churn(char **w, long long *ns)
{
	union address a;
	int err = parse_address(w[1], w[2], &a);
	int i, listener = open_listener(w[1], w[2], 128);

	if (err || listener < 0)
		return err ? err : -errno;
	*ns = now_ns();
	for (i = 0; i < atoi(w[3]) && !err; i++)
		err = one_life(listener, &a);
	*ns = now_ns() - *ns;
	close(listener);
	return err;
}

int do_churn(int n, char **w)
{
	long long ns;

	return churn(w, &ns);
}

static int set_lo_up(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0), err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
		err = -errno;
	close(fd);
	return err;
}

/* Move into a new network namespace, lo up; its descriptor keeps it. */
static int enter_namespace(void)
{
	static bool has_user_namespace;
	int err, flags = CLONE_NEWNET;

	if (!has_user_namespace && geteuid())
		flags |= CLONE_NEWUSER;
	if (unshare(flags) < 0)
		return -errno;
	has_user_namespace = true;
	err = set_lo_up();
	if (err)
		return err;
	err = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	return err < 0 ? -errno : err;
}

/*
 * Many network namespaces, each with so many connections that have ended. They
 * remain until the process ends, which stays in the last. Answers that one's
 * descriptor.
 */
int do_crowd(int n, char **w)
{
	int i, fd = -EINVAL, err = 0;
	long long ns;

	for (i = 0; i < atoi(w[1]) && !err; i++) {
		fd = enter_namespace();
		err = fd < 0 ? fd : churn(w + 1, &ns);
	}
	return err ? err : number(fd);
}

int do_time_churn(int n, char **w)
{
	long long ns = 0;
	int err = churn(w, &ns);

	return err ? err : number(ns);
}

/* So many calls of bind(), each for a new socket: how long they take. */
int do_time_binds(int n, char **w)
{
	int i, fd, err = 0;
	union address a;
	long long ns = 0;

	err = parse_address(w[1], w[2], &a);
	for (i = 0; i < atoi(w[3]) && !err; i++) {
		fd = socket(a.any.sa_family, SOCK_STREAM, 0);
		ns -= now_ns();
		if (bind(fd, &a.any, sizeof(a)) < 0)
			err = -errno;
		ns += now_ns();
		close(fd);
	}
	return err ? err : number(ns);
}

/*
 * The kernel takes its random number generator for seeded from here on, as on
 * any machine that has been up for a while. What it is fed is no secret.
 */
int do_seed_random(int n, char **w)
{
	struct {
		struct rand_pool_info info;
		unsigned char bytes[512];
	} seed = {
		.info.entropy_count = 8 * sizeof(seed.bytes),
		.info.buf_size = sizeof(seed.bytes),
	};
	int fd = open("/dev/random", O_WRONLY), err = 0;
	size_t i;

	if (fd < 0)
		return -errno;
	for (i = 0; i < sizeof(seed.bytes); i++)
		seed.bytes[i] = i * 37;
	if (ioctl(fd, RNDADDENTROPY, &seed) < 0)
		err = -errno;
	close(fd);
	return err;
}

static int read_whole(const char *path)
{
	static char buffer[65536];
	int fd = open(path, O_RDONLY);
	ssize_t got;
	int err;

	if (fd < 0)
		return -errno;
	while ((got = read(fd, buffer, sizeof(buffer))) > 0)
		;
	err = got < 0 ? -errno : 0;
	close(fd);
	return err;
}

int do_time_read(int n, char **w)
{
	long long ns = now_ns();
	int i, err = 0;

	for (i = 0; i < atoi(w[2]) && !err; i++)
		err = read_whole(w[1]);
	return err ? err : number(now_ns() - ns);
}

/* Sender and receiver take turns a chunk at a time: the same work each run. */
static int bulk(int client, int server, long long bytes)
{
	char chunk[CHUNK_BYTES];
	long long sent, got;
	ssize_t done;
	int err;

	for (sent = 0; sent < bytes; sent += CHUNK_BYTES) {
		err = send_bytes(client, CHUNK_BYTES);
		for (got = 0; !err && got < CHUNK_BYTES; got += done) {
			done = read(server, chunk, CHUNK_BYTES);
			if (done <= 0)
				err = done ? -errno : -EPIPE;
		}
		if (err)
			return err;
	}
	return 0;
}

int do_time_bulk(int n, char **w)
{
	int listener = open_listener(w[1], w[2], 1);
	int client = -1, server = -1;
	union address a;
	long long ns;
	int err = parse_address(w[1], w[2], &a);

	if (err || listener < 0)
		return err ? err : -errno;
	client = socket(a.any.sa_family, SOCK_STREAM, 0);
	err = connect_to(client, &a, true);
	if (!err)
		server = accept(listener, NULL, NULL);
	ns = now_ns();
	if (!err)
		err = bulk(client, server, atoll(w[3]));
	ns = now_ns() - ns;
	close(client);
	if (server >= 0)
		close(server);
	close(listener);
	return err ? err : number(ns);
}
