// SPDX-License-Identifier: GPL-2.0
/*
 * tcpplay: commands that make very many of something, or keep something locked, as
 * a user without rights might.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tcpplay.h"

#define FIRST_PORT	10000
#define PORTS		20000
#define PER_BYTE	250
/* The kernel has room for 32,768 in a group of SO_REUSEPORT. */
#define GROUP		30000
#define NOBODY		65534

/* COUNT listeners: all on PORT, 127.0.0.1 first, or each at an end of its own. */
int do_listen_many(int n, char **w)
{
	bool same = n > 4 && !strcmp(w[4], "same");
	char name[NAME_BYTES], addr[32], port[16];
	union address a;
	int i, fd, err;

	for (i = 0; i < atoi(w[2]); i++) {
		snprintf(name, sizeof(name), "%.32s%d", w[1], i);
		if (same)
			snprintf(addr, sizeof(addr), "127.0.0.%d",
				 1 + i / GROUP);
		else
			snprintf(addr, sizeof(addr), "127.%d.%d.%d",
				 1 + i / PORTS, 1 + i / PER_BYTE % PER_BYTE,
				 1 + i % PER_BYTE);
		snprintf(port, sizeof(port), "%d", FIRST_PORT + i % PORTS);
		err = parse_address(addr, same ? w[3] : port, &a);
		if (err)
			return err;
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (fd < 0)
			return -errno;
		set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
		err = bind(fd, &a.any, address_size(&a)) || listen(fd, 16) ?
		      -errno : 0;
		if (err) {
			close(fd);
			return err;
		}
		err = keep(name, fd);
		if (err)
			return err;
	}
	return 0;
}

/* COUNT descriptors, which whoever looks for holders has to go through. */
int do_dups(int n, char **w)
{
	int i;

	for (i = 0; i < atoi(w[1]); i++)
		if (dup(STDIN_FILENO) < 0)
			return -errno;
	return 0;
}

/* The loopback device of a new namespace. */
static int raise_loopback(void)
{
	struct ifreq request = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	int err = 0;

	if (fd < 0)
		return -errno;
	if (ioctl(fd, SIOCSIFFLAGS, &request))
		err = -errno;
	close(fd);
	return err;
}

/* One connection whose peer has closed it; the descriptor is never closed. */
static int leak_one(void)
{
	union address a;
	int listener, client, server, err;
	char byte;

	err = parse_address("127.0.0.1", "8080", &a);
	listener = open_listener("127.0.0.1", "8080", 1);
	client = socket(AF_INET, SOCK_STREAM, 0);
	if (err || listener < 0 || client < 0)
		return err ?: -errno;
	err = connect_to(client, &a, true);
	server = err ? -1 : accept(listener, NULL, NULL);
	close(client);
	if (server >= 0 && read(server, &byte, 1) < 0)
		err = -errno;
	return server < 0 && !err ? -errno : err;
}

static int one_tenant(void)
{
	int err = unshare(CLONE_NEWNET) ? -errno : 0;

	if (!err)
		err = raise_loopback();
	return err ?: leak_one();
}

static int all_tenants(int count)
{
	int i, err = 0;

	if (setresgid(NOBODY, NOBODY, NOBODY) ||
	    setresuid(NOBODY, NOBODY, NOBODY) || unshare(CLONE_NEWUSER))
		return -errno;
	for (i = 0; i < count && !err; i++)
		err = one_tenant();
	return err;
}

/* To be called after the last change of uid, which would undo it. */
static void end_with_parent(void)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/*
 * A process of nobody that makes COUNT namespaces, with a socket in CLOSE_WAIT and
 * a listener in each, and lives until this one ends. The answer is its pid.
 */
int do_tenants(int n, char **w)
{
	int report[2], err = 0;
	pid_t child;

	if (pipe(report))
		return -errno;
	child = fork();
	if (!child) {
		err = all_tenants(atoi(w[1]));
		end_with_parent();
		if (write(report[1], &err, sizeof(err)) == sizeof(err) && !err)
			pause();
		_exit(1);
	}
	close(report[1]);
	if (child < 0 || read(report[0], &err, sizeof(err)) != sizeof(err))
		err = child < 0 ? -errno : -ECHILD;
	close(report[0]);
	return err ?: number(child);
}

/* Memory whose first use sleeps, because nobody provides it. */
static void *endless_fault(void)
{
	struct uffdio_register region = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	void *memory = mmap(NULL, CHUNK_BYTES, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	region.range.start = (unsigned long)memory;
	region.range.len = CHUNK_BYTES;
	if (fd < 0 || memory == MAP_FAILED || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &region))
		return NULL;
	return memory;
}

/*
 * A process that sends from such memory on a connection: it sleeps with the socket
 * locked until it is killed. The answer is its pid.
 */
int do_stuck(int n, char **w)
{
	int fd = find_fd(w[1]);
	pid_t child;
	void *memory;

	if (fd < 0)
		return fd;
	child = fork();
	if (child < 0)
		return -errno;
	if (child)
		return number(child);
	end_with_parent();
	memory = endless_fault();
	if (memory)
		send(fd, memory, CHUNK_BYTES, 0);
	_exit(1);
}
