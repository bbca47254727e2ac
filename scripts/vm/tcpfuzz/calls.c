// SPDX-License-Identifier: GPL-2.0
/* tcpfuzz: the table of calls, and what runs a sequence of them. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tcpfuzz.h"

struct world world;
unsigned long long *calls_made;

static const struct kind {
	const char *name;
	void (*run)(const struct call *c);
} table[] = {
	{ "socket", do_socket },
	{ "bind", do_bind },
	{ "listen", do_listen },
	{ "connect", do_connect },
	{ "accept", do_accept },
	{ "pair", do_pair },
	{ "shutdown", do_shutdown },
	{ "close", do_close },
	{ "reset", do_reset },
	{ "dup", do_dup },
	{ "send", do_send },
	{ "fastopen", do_fastopen },
	{ "receive", do_receive },
	{ "splice", do_splice },
	{ "sendfile", do_sendfile },
	{ "setsockopt", do_setsockopt },
	{ "getsockopt", do_getsockopt },
	{ "algorithm", do_algorithm },
	{ "repair", do_repair },
	{ "uring", do_uring },
	{ "sockmap", do_sockmap },
	{ "open", do_open },
	{ "read", do_read },
	{ "pread", do_pread },
	{ "seek", do_seek },
	{ "close-file", do_close_file },
	{ "read-whole", do_read_whole },
	{ "odd-file", do_odd_file },
	{ "race-file", do_race_file },
	{ "sysctl", do_sysctl },
	{ "parameter", do_parameter },
	{ "request", do_request },
	{ "subscribe", do_subscribe },
	{ "join", do_join },
	{ "read-netlink", do_read_netlink },
	{ "close-netlink", do_close_netlink },
	{ "race", do_race },
	{ "fork", do_fork },
	{ "pass", do_pass },
	{ "netns", do_netns },
	{ "new-netns", do_new_netns },
	{ "destroy", do_destroy },
	{ "sleep", do_sleep },
};

int kinds(void)
{
	return ARRAY_SIZE(table);
}

const char *kind_name(int kind)
{
	return table[kind].name;
}

int kind_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].name, name))
			return i;
	return -1;
}

static void let_go(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* Nothing is left of one sequence for the next, but what the kernel keeps. */
static void clear_world(void)
{
	int i;

	do_uring(&(struct call){ .b = 7 });
	for (i = 0; i < SOCKETS; i++)
		let_go(&world.sockets[i]);
	for (i = 0; i < FILES; i++)
		let_go(&world.files[i]);
	for (i = 0; i < NETLINKS; i++)
		let_go(&world.netlinks[i]);
	let_go(&world.map);
	let_go(&world.pipe[0]);
	let_go(&world.pipe[1]);
	do_netns(&(struct call){ .a = 0 });
}

void run_sequence(const struct sequence *s)
{
	int i;

	memset(world.sockets, -1, sizeof(world.sockets));
	memset(world.files, -1, sizeof(world.files));
	memset(world.netlinks, -1, sizeof(world.netlinks));
	world.map = -1;
	if (pipe2(world.pipe, O_NONBLOCK))
		return;
	for (i = 0; i < s->n; i++) {
		table[s->calls[i].kind].run(&s->calls[i]);
		__atomic_fetch_add(&calls_made[s->calls[i].kind], 1, __ATOMIC_RELAXED);
	}
	clear_world();
}
