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

#define REQUEST_BYTES	100

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

/*
 * How long the CPUs have been idle, by the kernel's own clock: what is left of the time
 * that has passed is work. Only root can read that.
 */
static int read_idle(long long *ns)
{
	FILE *f = fopen("/proc/timer_list", "r");
	unsigned long long part;
	char line[256];

	if (!f)
		return -errno;
	*ns = 0;
	while (fgets(line, sizeof(line), f))
		if (sscanf(line, " .idle_sleeptime : %llu", &part) == 1)
			*ns += part;
	fclose(f);
	return 0;
}

/* Both ends of a connection. */
struct pair {
	int listener, client, server;
};

static int open_pair(char **w, struct pair *p)
{
	union address a;
	int err = parse_address(w[1], w[2], &a);

	p->listener = open_listener(w[1], w[2], 1);
	p->client = -1;
	p->server = -1;
	if (err || p->listener < 0)
		return err ? err : -errno;
	p->client = socket(a.any.sa_family, SOCK_STREAM, 0);
	err = connect_to(p->client, &a, true);
	if (err)
		return err;
	p->server = accept(p->listener, NULL, NULL);
	return p->server < 0 ? -errno : 0;
}

static void close_pair(struct pair *p)
{
	if (p->client >= 0)
		close(p->client);
	if (p->server >= 0)
		close(p->server);
	if (p->listener >= 0)
		close(p->listener);
}

static int receive_all(int fd, long long bytes)
{
	char chunk[CHUNK_BYTES];
	ssize_t done;

	for (; bytes > 0; bytes -= done) {
		done = read(fd, chunk, CHUNK_BYTES);
		if (done <= 0)
			return done ? -errno : -EPIPE;
	}
	return 0;
}

/* Sender and receiver take turns a chunk at a time: the same work each run. */
static int bulk(struct pair *p, long long bytes)
{
	long long sent;
	int err = 0;

	for (sent = 0; sent < bytes && !err; sent += CHUNK_BYTES) {
		err = send_bytes(p->client, CHUNK_BYTES);
		if (!err)
			err = receive_all(p->server, CHUNK_BYTES);
	}
	return err;
}

static int requests(struct pair *p, long long count)
{
	int err = 0;

	for (; count > 0 && !err; count--) {
		err = send_bytes(p->client, REQUEST_BYTES);
		if (!err)
			err = receive_all(p->server, REQUEST_BYTES);
		if (!err)
			err = send_bytes(p->server, REQUEST_BYTES);
		if (!err)
			err = receive_all(p->client, REQUEST_BYTES);
	}
	return err;
}

/* Answers how long the CPU was at work while a connection was made to do that. */
static int time_pair(char **w, int (*use)(struct pair *p, long long amount))
{
	long long ns, idle[2];
	struct pair p;
	int err = open_pair(w, &p);

	if (!err)
		err = read_idle(&idle[0]);
	ns = now_ns();
	if (!err)
		err = use(&p, atoll(w[3]));
	ns = now_ns() - ns;
	if (!err)
		err = read_idle(&idle[1]);
	close_pair(&p);
	return err ? err : number(ns - (idle[1] - idle[0]));
}

/* How long the CPU is at work while nothing is asked of it. */
int do_time_sleep(int n, char **w)
{
	long long ns, idle[2];
	int err = read_idle(&idle[0]);

	ns = now_ns();
	usleep(atoll(w[1]) * 1000);
	ns = now_ns() - ns;
	if (!err)
		err = read_idle(&idle[1]);
	return err ? err : number(ns - (idle[1] - idle[0]));
}

int do_time_bulk(int n, char **w)
{
	return time_pair(w, bulk);
}

int do_time_requests(int n, char **w)
{
	return time_pair(w, requests);
}
