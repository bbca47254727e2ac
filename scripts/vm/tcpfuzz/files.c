// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: the files of tcpdiag, read in every way; its sysctls and parameters. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tcpfuzz.h"

static const char *const paths[] = {
	"/proc/tcpdiag",
	"/proc/net/tcpdiag/states", "/proc/net/tcpdiag/transitions",
	"/proc/net/tcpdiag/histograms", "/proc/net/tcpdiag/sockets",
	"/proc/net/tcpdiag/close_wait", "/proc/net/tcpdiag/time_wait",
	"/proc/net/tcpdiag/resets", "/proc/net/tcpdiag/stalls",
	"/proc/net/tcpdiag/flows",
	"/proc/net/tcpdiag/ports", "/proc/net/tcpdiag/listeners",
	"/proc/net/tcpdiag/handshake", "/proc/net/tcpdiag/congestion",
	"/proc/net/tcpdiag/history",
	"/proc/net/tcpdiag/findings", "/proc/net/tcpdiag/self",
};

static const char *const sysctls[] = {
	"close_wait_leak_ms", "stale_established_ms", "stuck_last_ack_ms",
	"orphans", "stall_ms", "slow_accept_ms", "syn_flood_per_s", "failed_connects",
	"ports_percent", "churn_per_second", "ab_weights",
};

static const char *const parameters[] = {
	"max_records", "aimd_increase", "aimd_beta_percent",
	"cubic_fast_convergence", "bbr3_loss_percent",
};

static const char *const values[] = {
	"0", "1", "10", "50", "100", "1000", "60000", "86400000", "86400001",
	"1000000", "-1", "4294967295", "4294967296", "", " ", "\n", "abc", "1 2",
	"0x10", "010", "1000\n1000", "99999999999999999999", "Y", "N",
	"bbr3=1", "bbr3=1 cubic=0", "cubic_rfc9438=1000000", "aimd=", "=", "==",
	"aimd=1 aimd=2", "nothing=1", "bbr3=-1", "cubic=0", "ab_split=1",
	"cubic=1 reno=1 bbr3=1 aimd=1 cubic_rfc9438=1", "bbr3=1,aimd=2",
	"a-name-that-is-longer-than-any-algorithm-may-have=1", "bbr3 =1",
};

/* Sizes at which buffers end, and a few small ones. */
static const int sizes[] = { 1, 2, 7, 64, 100, 511, 1000, 4095, 4096, 8192, 65536 };

static char buffer[65536];

static int file_at(unsigned char slot)
{
	return world.files[slot % FILES];
}

static const char *path_of(unsigned char n)
{
	return paths[n % ARRAY_SIZE(paths)];
}

static void put_file(unsigned char slot, int fd)
{
	int *at = &world.files[slot % FILES];

	if (*at >= 0)
		close(*at);
	*at = fd;
}

void do_open(const struct call *c)
{
	put_file(c->a, open(path_of(c->b), O_RDONLY));
}

void do_close_file(const struct call *c)
{
	put_file(c->a, -1);
}

void do_read(const struct call *c)
{
	int n = 1 + c->c % 8;

	while (n-- && read(file_at(c->a), buffer, sizes[c->b % ARRAY_SIZE(sizes)]) > 0)
		;
}

void do_pread(const struct call *c)
{
	if (pread(file_at(c->a), buffer, sizes[c->b % ARRAY_SIZE(sizes)], c->c * 37) < 0)
		return;
}

void do_seek(const struct call *c)
{
	static const int whence[] = { SEEK_SET, SEEK_SET, SEEK_CUR, SEEK_END };

	lseek(file_at(c->a), c->c == 255 ? -1 : c->b * (c->c + 1LL),
	      whence[c->c % ARRAY_SIZE(whence)]);
}

void do_read_whole(const struct call *c)
{
	int fd = open(path_of(c->a), O_RDONLY);
	size_t size = sizes[c->b % ARRAY_SIZE(sizes)];
	int most = 4000;

	while (fd >= 0 && most-- && read(fd, buffer, size) > 0)
		if (c->c % 16 == 15)
			lseek(fd, c->c * most % 3000, SEEK_SET);
	if (fd >= 0)
		close(fd);
}

/* What these files do not offer, and memory that cannot be written to. */
void do_odd_file(const struct call *c)
{
	struct pollfd p = { .fd = file_at(c->a), .events = POLLIN | POLLPRI };
	void *map;

	switch (c->b % 6) {
	case 0:
		put_file(c->a, open(path_of(c->c), O_RDWR));
		break;
	case 1:
		poll(&p, 1, 0);
		break;
	case 2:
		ioctl(p.fd, FIONREAD, buffer);
		break;
	case 3:
		map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, p.fd, 0);
		if (map != MAP_FAILED)
			munmap(map, 4096);
		break;
	case 4:
		/* nowhere: a page that is not mapped any more */
		map = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(map, 4096);
		if (read(p.fd, map, 4096) < 0)
			return;
		break;
	default:
		if (write(p.fd, buffer, 10) < 0)
			return;
	}
}

static void *read_on(void *fd)
{
	char piece[200];
	int n = 30;

	while (n-- && read((long)fd, piece, sizeof(piece)) > 0)
		;
	return NULL;
}

/* Two read from one file, and it is closed meanwhile. */
void do_race_file(const struct call *c)
{
	int fd = open(path_of(c->a), O_RDONLY);
	pthread_t other;

	if (fd < 0 || pthread_create(&other, NULL, read_on, (void *)(long)fd))
		return;
	if (read(fd, buffer, sizes[c->b % ARRAY_SIZE(sizes)]) > 0 && c->c & 1)
		lseek(fd, c->c, SEEK_SET);
	close(fd);
	pthread_join(other, NULL);
}

/* One of the strings, or one with a byte changed. */
static void write_value(const char *path, unsigned char value, unsigned char change)
{
	char text[128];
	size_t length;
	int fd = open(path, O_RDWR);

	if (fd < 0)
		return;
	snprintf(text, sizeof(text), "%s", values[value % ARRAY_SIZE(values)]);
	length = strlen(text);
	if (change > 128 && length)
		text[change % length] = change;
	if (write(fd, text, length) < 0 || change & 1)
		lseek(fd, 0, SEEK_SET);
	if (read(fd, buffer, 1 + change) < 0)
		length = 0;
	close(fd);
}

void do_sysctl(const struct call *c)
{
	char path[100];

	snprintf(path, sizeof(path), "/proc/sys/net/tcpdiag/%s",
		 sysctls[c->a % ARRAY_SIZE(sysctls)]);
	write_value(path, c->b, c->c);
}

void do_parameter(const struct call *c)
{
	char path[100];

	snprintf(path, sizeof(path), "/sys/module/tcpdiag/parameters/%s",
		 parameters[c->a % ARRAY_SIZE(parameters)]);
	write_value(path, c->b, c->c);
}
