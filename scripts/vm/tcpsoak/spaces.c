// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsoak: a user without any privilege makes namespaces, which is all that he needs
 * to be root there, and lets go of them with everything in them still open.
 */
#include <errno.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tcpsoak.h"

#define PAIRS	8

static void lo_up(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(fd, SIOCSIFFLAGS, &lo);
	close(fd);
}

/* Two ports are there, so the third connect finds none. */
static void run_out_of_ports(const union address *a, socklen_t size)
{
	int i;

	write_sysctl("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001");
	for (i = 0; i < 4; i++)
		if (open_client(a, size, true) < 0 && errno == EADDRNOTAVAIL)
			count(COUNT_NO_PORT, 1);
}

static void live_in_it(void)
{
	int i, listener, client, server;
	union address a;
	socklen_t size = loopback(&a, draw(2), 0, 8080);

	lo_up();
	listener = open_listener(&a, size, 32);
	for (i = 0; listener >= 0 && i < PAIRS; i++) {
		server = make_pair(&a, size, listener, &client);
		if (server < 0)
			break;
		count(COUNT_CONNECTIONS, 1);
		if (draw(2))
			close(client);
		if (draw(4) == 0)
			close(server);
		if (draw(4) == 0)
			read_something();
	}
	write_sysctl("/proc/sys/net/tcpdiag/close_wait_leak_ms",
		     draw(2) ? "1000" : "0");
	if (draw(4) == 0)
		run_out_of_ports(&a, size);
	if (draw(8) == 0)
		usleep(1500000);
	read_something();
}

void act_namespaces(void)
{
	pid_t pid = fork();

	if (pid) {
		waitpid(pid, NULL, 0);
		return;
	}
	if (!setresgid(NOBODY, NOBODY, NOBODY) &&
	    !setresuid(NOBODY, NOBODY, NOBODY) &&
	    !unshare(CLONE_NEWUSER | CLONE_NEWNET)) {
		count(COUNT_NAMESPACES, 1);
		live_in_it();
	} else {
		count(COUNT_NAMESPACES_REFUSED, 1);
	}
	_exit(0);
}
