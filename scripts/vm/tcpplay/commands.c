// SPDX-License-Identifier: GPL-2.0
/* tcpplay: commands that open, close, use and describe sockets. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tcpplay.h"

int do_listen(int n, char **w)
{
	return keep(w[1], open_listener(w[2], w[3], n > 4 ? atoi(w[4]) : 4096));
}

/* For options that must be set first: socket, opt, bind, then await or again. */
int do_socket(int n, char **w)
{
	return keep(w[1], socket(strcmp(w[2], "v6") ? AF_INET : AF_INET6, SOCK_STREAM,
				 strcmp(w[2], "mptcp") ? 0 : IPPROTO_MPTCP));
}

int do_bind(int n, char **w)
{
	int fd = find_fd(w[1]);
	union address a;
	int err = parse_address(w[2], w[3], &a);

	if (fd < 0 || err)
		return fd < 0 ? fd : err;
	return bind(fd, &a.any, address_size(&a)) ? -errno : 0;
}

int do_await(int n, char **w)
{
	int fd = find_fd(w[1]);

	if (fd < 0)
		return fd;
	return listen(fd, n > 2 ? atoi(w[2]) : 4096) ? -errno : 0;
}

static int open_towards(int n, char **w, bool blocking)
{
	bool from = n > 6 && !strcmp(w[4], "from");
	union address a;
	int fd, err = parse_address(w[2], w[3], &a);

	if (err)
		return err;
	if (n > 4 && !from)
		return -EINVAL;
	fd = open_client(a.any.sa_family, from ? w[5] : NULL, w[6]);
	err = keep(w[1], fd);
	if (err)
		return err;
	/* On failure the socket stays, as a program's would: close it. */
	return connect_to(fd, &a, blocking);
}

int do_connect(int n, char **w)
{
	return open_towards(n, w, true);
}

int do_start(int n, char **w)
{
	return open_towards(n, w, false);
}

int do_again(int n, char **w)
{
	int fd = find_fd(w[1]);
	union address a;
	int err = parse_address(w[2], w[3], &a);

	if (fd < 0 || err)
		return fd < 0 ? fd : err;
	return connect_to(fd, &a, true);
}

int do_finish(int n, char **w)
{
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : connect_outcome(fd);
}

int do_accept(int n, char **w)
{
	int listener = find_fd(w[2]);
	int err = listener < 0 ? listener : wait_for(listener, POLLIN);

	return err ? err : keep(w[1], accept(listener, NULL, NULL));
}

static int one_pair(const char *prefix, int i, int listener, char **addr)
{
	char name[NAME_BYTES];
	char *connect_words[4] = { "connect", name, addr[0], addr[1] };
	int err;

	snprintf(name, sizeof(name), "%sc%d", prefix, i);
	err = open_towards(4, connect_words, true);
	if (err)
		return err;
	err = wait_for(listener, POLLIN);
	if (err)
		return err;
	snprintf(name, sizeof(name), "%ss%d", prefix, i);
	return keep(name, accept(listener, NULL, NULL));
}

int do_pairs(int n, char **w)
{
	int listener = find_fd(w[3]);
	int i, err = listener < 0 ? listener : 0;

	for (i = 1; i <= atoi(w[2]) && !err; i++)
		err = one_pair(w[1], i, listener, w + 4);
	return err;
}

/*
 * One connection after another, all kept: how many were made, and how many
 * found no port.
 */
int do_fill(int n, char **w)
{
	int i, err = 0, made = 0, no_port = 0;
	char name[NAME_BYTES];
	char *connect_words[4] = { "connect", name, w[3], w[4] };

	for (i = 1; i <= atoi(w[2]) && !err; i++) {
		snprintf(name, sizeof(name), "%s%d", w[1], i);
		err = open_towards(4, connect_words, true);
		made += !err;
		if (err == -EADDRNOTAVAIL) {
			no_port++;
			err = forget(find_link(name));
		}
	}
	snprintf(value, sizeof(value), "%d %d", made, no_port);
	return err;
}

/* Both SYNs must be under way at once: put a delay on the path (netem). */
int do_simopen(int n, char **w)
{
	char *first[7] = { "start", w[1], w[3], w[5], "from", w[3], w[4] };
	char *second[7] = { "start", w[2], w[3], w[4], "from", w[3], w[5] };
	int err;

	err = open_towards(7, first, false);
	if (!err)
		err = open_towards(7, second, false);
	if (!err)
		err = connect_outcome(find_fd(w[1]));
	return err ? err : connect_outcome(find_fd(w[2]));
}

/* closing */

/*
 * The FIN may wait for ksoftirqd. A millisecond later the peer has it, so that
 * who closes second does so in CLOSE_WAIT.
 */
int do_close(int n, char **w)
{
	struct named_socket **link = find_link(w[1]);
	int err = *link ? forget(link) : -ENOENT;

	usleep(1000);
	return err;
}

int do_closeall(int n, char **w)
{
	return number(forget_prefix(w[1]));
}

int do_shutdown(int n, char **w)
{
	int fd = find_fd(w[1]);
	int how;

	if (!strcmp(w[2], "rd"))
		how = SHUT_RD;
	else if (!strcmp(w[2], "wr"))
		how = SHUT_WR;
	else if (!strcmp(w[2], "rdwr"))
		how = SHUT_RDWR;
	else
		return -EINVAL;
	if (fd < 0)
		return fd;
	return shutdown(fd, how) ? -errno : 0;
}

int do_reset(int n, char **w)
{
	struct named_socket **link = find_link(w[1]);
	int err = *link ? reset_on_close(*link) : -ENOENT;

	return err ? err : forget(link);
}

int do_disconnect(int n, char **w)
{
	struct sockaddr nobody = { .sa_family = AF_UNSPEC };
	int fd = find_fd(w[1]);

	if (fd < 0)
		return fd;
	return connect(fd, &nobody, sizeof(nobody)) ? -errno : 0;
}

/* data */

int do_send(int n, char **w)
{
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : send_bytes(fd, atoll(w[2]));
}

/*
 * So many bytes in each write(). The kernel asks for room in the send buffer only when
 * it begins a segment of 64 KiB: smaller writes may join the end of the one before.
 */
int do_write(int n, char **w)
{
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : write_bytes(fd, atoll(w[2]), atoi(w[3]));
}

static int choose(int fd, const char *cc)
{
	return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, cc, strlen(cc));
}

/* Sends, and takes another of the algorithms, at random, every 16 KiB. */
int do_switch(int n, char **w)
{
	long long left = atoll(w[2]);
	int fd = find_fd(w[1]);
	int err = fd < 0 ? fd : 0;

	while (left > 0 && !err) {
		const char *cc = w[3 + rand() % (n - 3)];

		if (choose(fd, cc))
			return -errno;
		err = send_bytes(fd, left < CHUNK_BYTES ? left : CHUNK_BYTES);
		left -= CHUNK_BYTES;
	}
	return err;
}

/*
 * Asks for an algorithm again and again until a file is there, and gives it back
 * each time. The value: how often TCP had it.
 */
int do_insist(int n, char **w)
{
	int fd = find_fd(w[1]);
	long long had = 0, tries;

	if (fd < 0)
		return fd;
	for (tries = 0; tries % 64 || access(w[3], F_OK); tries++) {
		if (choose(fd, w[2]))
			continue;
		had++;
		if (choose(fd, "reno"))
			return -errno;
	}
	return number(had);
}

int do_recv(int n, char **w)
{
	int fd = find_fd(w[1]);
	ssize_t got = fd < 0 ? fd : receive(fd, atoll(w[2]));

	return got < 0 ? got : number(got);
}

/* Receives so many bytes, in as many reads as it takes; less at the end. */
int do_take(int n, char **w)
{
	int fd = find_fd(w[1]);
	long long left = atoll(w[2]), total = 0;
	ssize_t got = 0;

	if (fd < 0)
		return fd;
	while (left > total &&
	       (got = receive(fd, left - total < CHUNK_BYTES ?
				  left - total : CHUNK_BYTES)) > 0)
		total += got;
	return got < 0 ? got : number(total);
}

int do_drain(int n, char **w)
{
	int fd = find_fd(w[1]);
	long long total = 0;
	ssize_t got;

	if (fd < 0)
		return fd;
	while ((got = receive(fd, CHUNK_BYTES)) > 0)
		total += got;
	return got < 0 ? got : number(total);
}

/* options and facts */

static const struct {
	const char *name;
	int level;
	int option;
} int_options[] = {
	{ "nodelay", IPPROTO_TCP, TCP_NODELAY },
	{ "cork", IPPROTO_TCP, TCP_CORK },
	{ "linger2", IPPROTO_TCP, TCP_LINGER2 },
	{ "syncnt", IPPROTO_TCP, TCP_SYNCNT },
	{ "defer", IPPROTO_TCP, TCP_DEFER_ACCEPT },
	{ "fastopen", IPPROTO_TCP, TCP_FASTOPEN },
	{ "fastopen_connect", IPPROTO_TCP, TCP_FASTOPEN_CONNECT },
	{ "user_timeout", IPPROTO_TCP, TCP_USER_TIMEOUT },
	{ "repair", IPPROTO_TCP, TCP_REPAIR },
	{ "keepalive", SOL_SOCKET, SO_KEEPALIVE },
	{ "keepidle", IPPROTO_TCP, TCP_KEEPIDLE },
	{ "keepintvl", IPPROTO_TCP, TCP_KEEPINTVL },
	{ "keepcnt", IPPROTO_TCP, TCP_KEEPCNT },
	{ "v6only", IPPROTO_IPV6, IPV6_V6ONLY },
	{ "defer_accept", IPPROTO_TCP, TCP_DEFER_ACCEPT },
	{ "sndbuf", SOL_SOCKET, SO_SNDBUF },
	{ "rcvbuf", SOL_SOCKET, SO_RCVBUF },
	{ "mark", SOL_SOCKET, SO_MARK },
	{ "reuseaddr", SOL_SOCKET, SO_REUSEADDR },
	{ "reuseport", SOL_SOCKET, SO_REUSEPORT },
	{ "bind_address_no_port", IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT },
};

int do_opt(int n, char **w)
{
	int fd = find_fd(w[1]);
	size_t i;

	if (fd < 0)
		return fd;
	if (!strcmp(w[2], "cc"))
		return setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, w[3],
				  strlen(w[3])) ? -errno : 0;
	if (!strcmp(w[2], "device"))
		return setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, w[3],
				  strlen(w[3])) ? -errno : 0;
	for (i = 0; i < ARRAY_SIZE(int_options); i++)
		if (!strcmp(w[2], int_options[i].name))
			return set_int(fd, int_options[i].level,
				       int_options[i].option, atoi(w[3]));
	return -EINVAL;
}

int do_getcc(int n, char **w)
{
	int fd = find_fd(w[1]);
	socklen_t size = 16;

	if (fd < 0)
		return fd;
	memset(value, 0, sizeof(value));
	return getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, value, &size) ?
		-errno : 0;
}

#define CC_NAMES	16
#define CC_NAME_BYTES	16

static struct {
	char name[CC_NAME_BYTES];
	int count;
} cc_counts[CC_NAMES];

static int count_cc(int fd)
{
	char name[CC_NAME_BYTES] = { 0 };
	socklen_t size = sizeof(name);
	int i;

	if (getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, &size))
		return -errno;
	for (i = 0; i < CC_NAMES; i++) {
		if (!*cc_counts[i].name)
			memcpy(cc_counts[i].name, name, sizeof(name));
		if (!memcmp(cc_counts[i].name, name, sizeof(name))) {
			cc_counts[i].count++;
			return 0;
		}
	}
	return -ENOSPC;
}

/* NAME=COUNT of each algorithm that sockets use whose name begins so. */
int do_countcc(int n, char **w)
{
	size_t used = 0;
	int i, err;

	memset(cc_counts, 0, sizeof(cc_counts));
	err = each_prefix(w[1], count_cc);
	for (i = 0; i < CC_NAMES && cc_counts[i].count; i++)
		used += snprintf(value + used, sizeof(value) - used, "%s%s=%d",
				 used ? " " : "", cc_counts[i].name,
				 cc_counts[i].count);
	return err;
}

static int answer_port(int err, const union address *a)
{
	if (err)
		return -errno;
	return number(ntohs(a->any.sa_family == AF_INET6 ? a->v6.sin6_port :
							   a->v4.sin_port));
}

int do_port(int n, char **w)
{
	union address a = { 0 };
	socklen_t size = sizeof(a);
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : answer_port(getsockname(fd, &a.any, &size), &a);
}

int do_peerport(int n, char **w)
{
	union address a = { 0 };
	socklen_t size = sizeof(a);
	int fd = find_fd(w[1]);

	return fd < 0 ? fd : answer_port(getpeername(fd, &a.any, &size), &a);
}

int do_inode(int n, char **w)
{
	int fd = find_fd(w[1]);
	struct stat s;

	if (fd < 0)
		return fd;
	return fstat(fd, &s) ? -errno : number(s.st_ino);
}

static const char *const state_names[] = {
	"0", "ESTABLISHED", "SYN_SENT", "SYN_RECV", "FIN_WAIT1", "FIN_WAIT2",
	"TIME_WAIT", "CLOSE", "CLOSE_WAIT", "LAST_ACK", "LISTEN", "CLOSING",
};

int do_info(int n, char **w)
{
	struct tcp_info info = { 0 };
	socklen_t size = sizeof(info);
	int fd = find_fd(w[1]);

	if (fd < 0)
		return fd;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size))
		return -errno;
	snprintf(value, sizeof(value),
		 "%s retransmits=%u total_retrans=%u cwnd=%u rtt_us=%u",
		 info.tcpi_state < ARRAY_SIZE(state_names) ?
			 state_names[info.tcpi_state] : "?",
		 info.tcpi_retransmits, info.tcpi_total_retrans,
		 info.tcpi_snd_cwnd, info.tcpi_rtt);
	return 0;
}
