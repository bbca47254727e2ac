// SPDX-License-Identifier: GPL-2.0
/* tcpplay: the table of named sockets, and the steps commands are made of. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tcpplay.h"

#define BUCKETS		65536

char value[512];

struct named_socket {
	struct named_socket *next;
	int fd;
	char name[NAME_BYTES];
};

static struct named_socket *table[BUCKETS];

static struct named_socket **bucket_of(const char *name)
{
	unsigned int hash = 5381;

	while (*name)
		hash = hash * 33 + (unsigned char)*name++;
	return &table[hash % BUCKETS];
}

/* The link that points to the socket of that name, or to NULL. */
struct named_socket **find_link(const char *name)
{
	struct named_socket **link = bucket_of(name);

	while (*link && strcmp((*link)->name, name))
		link = &(*link)->next;
	return link;
}

int find_fd(const char *name)
{
	struct named_socket *s = *find_link(name);

	return s ? s->fd : -ENOENT;
}

/* Takes the descriptor over, also when it fails. */
int keep(const char *name, int fd)
{
	struct named_socket **link = find_link(name);
	struct named_socket *s;

	if (fd < 0)
		return -errno;
	if (*link || strlen(name) >= NAME_BYTES) {
		close(fd);
		return *link ? -EEXIST : -ENAMETOOLONG;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		close(fd);
		return -ENOMEM;
	}
	s->fd = fd;
	memcpy(s->name, name, strlen(name) + 1);
	*link = s;
	return 0;
}

int forget(struct named_socket **link)
{
	struct named_socket *s = *link;
	int err = close(s->fd) ? -errno : 0;

	*link = s->next;
	free(s);
	return err;
}

/* Closes every socket whose name begins so; returns how many. */
int forget_prefix(const char *prefix)
{
	struct named_socket **link;
	int i, closed = 0;

	for (i = 0; i < BUCKETS; i++) {
		link = &table[i];
		while (*link) {
			if (strncmp((*link)->name, prefix, strlen(prefix))) {
				link = &(*link)->next;
				continue;
			}
			forget(link);
			closed++;
		}
	}
	return closed;
}

/* Calls what() for every socket whose name begins so, until it fails. */
int each_prefix(const char *prefix, int (*what)(int fd))
{
	struct named_socket *s;
	int i, err;

	for (i = 0; i < BUCKETS; i++) {
		for (s = table[i]; s; s = s->next) {
			if (strncmp(s->name, prefix, strlen(prefix)))
				continue;
			err = what(s->fd);
			if (err)
				return err;
		}
	}
	return 0;
}

socklen_t address_size(const union address *a)
{
	return a->any.sa_family == AF_INET6 ? sizeof(a->v6) : sizeof(a->v4);
}

int parse_address(const char *text, const char *port, union address *a)
{
	bool v6 = strchr(text, ':');

	memset(a, 0, sizeof(*a));
	a->any.sa_family = v6 ? AF_INET6 : AF_INET;
	if (inet_pton(a->any.sa_family, text, v6 ? (void *)&a->v6.sin6_addr :
						   (void *)&a->v4.sin_addr) != 1)
		return -EINVAL;
	if (v6)
		a->v6.sin6_port = htons(atoi(port));
	else
		a->v4.sin_port = htons(atoi(port));
	return 0;
}

int wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, PATIENCE_MS);

	if (n < 0)
		return -errno;
	return n ? 0 : -EAGAIN;
}

int number(long long n)
{
	snprintf(value, sizeof(value), "%lld", n);
	return 0;
}

int set_int(int fd, int level, int option, int v)
{
	return setsockopt(fd, level, option, &v, sizeof(v)) ? -errno : 0;
}

int open_listener(const char *addr, const char *port, int backlog)
{
	union address a;
	int fd, err = parse_address(addr, port, &a);

	if (err) {
		errno = -err;
		return -1;
	}
	fd = socket(a.any.sa_family, SOCK_STREAM, 0);
	if (fd < 0)
		return -1;
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (a.any.sa_family == AF_INET6)
		set_int(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
	if (bind(fd, &a.any, address_size(&a)) || listen(fd, backlog)) {
		err = errno;
		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

/* A socket bound to [from, from_port] when given, not yet connected. */
int open_client(int family, const char *from, const char *from_port)
{
	union address a;
	int fd = socket(family, SOCK_STREAM, 0);
	int err;

	if (fd < 0 || !from)
		return fd;
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	err = parse_address(from, from_port, &a);
	if (!err && bind(fd, &a.any, address_size(&a)))
		err = -errno;
	if (err) {
		close(fd);
		errno = -err;
		return -1;
	}
	return fd;
}

static void set_blocking(int fd, bool blocking)
{
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK);
}

int connect_to(int fd, const union address *a, bool blocking)
{
	int err = 0;

	set_blocking(fd, blocking);
	if (connect(fd, &a->any, address_size(a)))
		err = -errno;
	return !blocking && err == -EINPROGRESS ? 0 : err;
}

int connect_outcome(int fd)
{
	socklen_t size = sizeof(int);
	int outcome = 0;
	int err = wait_for(fd, POLLOUT);

	if (err)
		return err;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &outcome, &size))
		return -errno;
	set_blocking(fd, true);
	return -outcome;
}

/* The next close() sends RST. */
int reset_on_close(struct named_socket *s)
{
	struct linger hard = { .l_onoff = 1, .l_linger = 0 };

	return setsockopt(s->fd, SOL_SOCKET, SO_LINGER, &hard, sizeof(hard)) ?
		-errno : 0;
}

static char chunk[4 * CHUNK_BYTES];

int write_bytes(int fd, long long bytes, size_t each)
{
	ssize_t done;

	if (each < 1 || each > sizeof(chunk))
		return -EINVAL;
	while (bytes > 0) {
		done = write(fd, chunk, (size_t)bytes < each ? (size_t)bytes : each);
		if (done < 0)
			return -errno;
		bytes -= done;
	}
	return 0;
}

int send_bytes(int fd, long long bytes)
{
	return write_bytes(fd, bytes, CHUNK_BYTES);
}

ssize_t receive(int fd, size_t bytes)
{
	int err = wait_for(fd, POLLIN);
	ssize_t got;

	if (err)
		return err;
	got = read(fd, chunk, bytes < CHUNK_BYTES ? bytes : CHUNK_BYTES);
	return got < 0 ? -errno : got;
}
