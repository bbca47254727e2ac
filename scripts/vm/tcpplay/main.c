// SPDX-License-Identifier: GPL-2.0
/* tcpplay: the table of commands, and the loop that answers them. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tcpplay.h"

#define MAX_WORDS	12

static int do_help(int n, char **w);

static const struct command {
	const char *name;
	int min_arguments;
	int (*run)(int n, char **w);
	const char *usage;
} commands[] = {
	{ "listen", 3, do_listen, "N ADDR PORT [BACKLOG]" },
	{ "socket", 2, do_socket, "N v4|v6|mptcp" },
	{ "bind", 3, do_bind, "N ADDR PORT" },
	{ "await", 1, do_await, "N [BACKLOG]" },
	{ "connect", 3, do_connect, "N ADDR PORT [from ADDR PORT]" },
	{ "start", 3, do_start, "N ADDR PORT [from ADDR PORT]" },
	{ "again", 3, do_again, "N ADDR PORT" },
	{ "finish", 1, do_finish, "N" },
	{ "accept", 2, do_accept, "N LISTENER" },
	{ "pairs", 5, do_pairs, "PREFIX COUNT LISTENER ADDR PORT" },
	{ "fill", 4, do_fill, "PREFIX COUNT ADDR PORT" },
	{ "simopen", 5, do_simopen, "A B ADDR PORT_A PORT_B" },
	{ "close", 1, do_close, "N" },
	{ "closeall", 1, do_closeall, "PREFIX" },
	{ "shutdown", 2, do_shutdown, "N rd|wr|rdwr" },
	{ "reset", 1, do_reset, "N" },
	{ "disconnect", 1, do_disconnect, "N" },
	{ "send", 2, do_send, "N BYTES" },
	{ "write", 3, do_write, "N BYTES EACH" },
	{ "switch", 3, do_switch, "N BYTES CC..." },
	{ "insist", 3, do_insist, "N CC PATH" },
	{ "recv", 2, do_recv, "N BYTES" },
	{ "take", 2, do_take, "N BYTES" },
	{ "drain", 1, do_drain, "N" },
	{ "opt", 3, do_opt, "N OPTION VALUE" },
	{ "getcc", 1, do_getcc, "N" },
	{ "countcc", 1, do_countcc, "PREFIX" },
	{ "port", 1, do_port, "N" },
	{ "peerport", 1, do_peerport, "N" },
	{ "inode", 1, do_inode, "N" },
	{ "info", 1, do_info, "N" },
	{ "pid", 0, do_pid, "" },
	{ "comm", 1, do_comm, "NAME" },
	{ "uid", 1, do_uid, "UID" },
	{ "nofile", 1, do_nofile, "COUNT" },
	{ "heir", 1, do_heir, "N [stays|as NAME]" },
	{ "fd", 1, do_fd, "N" },
	{ "adopt", 3, do_adopt, "N PID FD" },
	{ "adrift", 1, do_adrift, "N" },
	{ "serve", 2, do_serve, "LISTENER BYTES [once|idle MS]" },
	{ "visit", 4, do_visit, "ADDR PORT COUNT BYTES [end]" },
	{ "load", 2, do_load, "MODULE NTH" },
	{ "sleep", 1, do_sleep, "MS" },
	{ "flood", 5, do_flood, "SOURCE ADDR PORT COUNT PER_S" },
	{ "time-flood", 4, do_time_flood, "SOURCE ADDR PORT COUNT" },
	{ "time-scan", 4, do_time_scan, "SOURCE ADDR PORT COUNT" },
	{ "time-repeats", 4, do_time_repeats, "SOURCE ADDR PORT COUNT" },
	{ "churn", 3, do_churn, "ADDR PORT COUNT" },
	{ "crowd", 4, do_crowd, "NAMESPACES ADDR PORT COUNT" },
	{ "time-churn", 3, do_time_churn, "ADDR PORT COUNT" },
	{ "time-binds", 3, do_time_binds, "ADDR PORT COUNT" },
	{ "seed-random", 0, do_seed_random, "" },
	{ "time-read", 2, do_time_read, "PATH COUNT" },
	{ "time-sleep", 1, do_time_sleep, "MS" },
	{ "time-bulk", 3, do_time_bulk, "ADDR PORT BYTES" },
	{ "time-requests", 3, do_time_requests, "ADDR PORT COUNT" },
	{ "listen-many", 4, do_listen_many, "PREFIX COUNT PORT same|each" },
	{ "dups", 1, do_dups, "COUNT" },
	{ "tenants", 1, do_tenants, "COUNT" },
	{ "stuck", 1, do_stuck, "N" },
	{ "help", 0, do_help, "" },
};

static int do_help(int n, char **w)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(stderr, "%s %s\n", commands[i].name, commands[i].usage);
	return 0;
}

static const struct command *find_command(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static int run_line(char *line)
{
	const struct command *command;
	char *words[MAX_WORDS] = { 0 };
	char *rest = NULL;
	int n = 0;

	line[strcspn(line, "\n")] = '\0';
	if (!strncmp(line, "comm ", 5)) {
		words[1] = line + 5;
		return do_comm(2, words);
	}
	for (words[0] = strtok_r(line, " ", &rest); words[n] && n < MAX_WORDS - 1;)
		words[++n] = strtok_r(NULL, " ", &rest);
	if (!n)
		return -EINVAL;
	command = find_command(words[0]);
	if (!command)
		return -EOPNOTSUPP;
	return n > command->min_arguments ? command->run(n, words) : -EINVAL;
}

int main(void)
{
	static char line[4096];
	int err;

	signal(SIGPIPE, SIG_IGN);
	while (fgets(line, sizeof(line), stdin)) {
		value[0] = '\0';
		err = run_line(line);
		if (err < 0)
			printf("err %s\n", strerrorname_np(-err) ?: "UNKNOWN");
		else
			printf("ok%s%s\n", *value ? " " : "", value);
		fflush(stdout);
	}
	return 0;
}
