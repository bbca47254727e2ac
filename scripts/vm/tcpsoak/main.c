// SPDX-License-Identifier: GPL-2.0
/*
 * tcpsoak: starts the actors, ends them, prints what they did.
 *
 * usage: tcpsoak SEED SECONDS ACTOR...
 *
 * Each line of the output is a number and what it counts. Status 1 if an actor died
 * of anything but the end.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tcpsoak.h"

static const struct actor {
	const char *name;
	void (*act)(void);
} actors[] = {
	{ "churn", act_churn },
	{ "fail", act_fail },
	{ "listen", act_listen },
	{ "switch", act_switch },
	{ "read", act_read },
	{ "read-as-nobody", act_read_as_nobody },
	{ "sysctl", act_sysctl },
	{ "namespaces", act_namespaces },
};

static const struct actor *find_actor(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actors); i++)
		if (!strcmp(actors[i].name, name))
			return &actors[i];
	fprintf(stderr, "tcpsoak: no actor %s\n", name);
	exit(2);
}

static pid_t start(const struct actor *actor, unsigned long long seed)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	seed_random(seed);
	while (!__atomic_load_n(&shared->stop, __ATOMIC_RELAXED))
		actor->act();
	_exit(0);
}

/*
 * All of them have ten minutes to see that it is over, for a single act takes a minute
 * on the kernel with all checkers and a busy host; then they are killed.
 */
static int wait_for_all(int n)
{
	int status, failed = 0, tenths = 6000;
	pid_t pid;

	while (n > 0 && tenths > 0) {
		pid = waitpid(-1, &status, WNOHANG);
		if (pid > 0) {
			n--;
			failed |= status != 0;
		}
		if (!pid) {
			tenths--;
			usleep(100000);
		}
	}
	if (n) {
		fprintf(stderr, "tcpsoak: %d actors do not end\n", n);
		signal(SIGTERM, SIG_IGN);
		kill(0, SIGTERM);
	}
	return failed || n;
}

int main(int argc, char **argv)
{
	struct rlimit files = { 4096, 4096 };
	int i, n = 0, failed = 0;
	unsigned long long seed;

	if (argc < 4) {
		fprintf(stderr, "usage: tcpsoak SEED SECONDS ACTOR...\n");
		return 2;
	}
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		return 2;
	setpgid(0, 0);
	signal(SIGPIPE, SIG_IGN);
	setrlimit(RLIMIT_NOFILE, &files);
	seed = strtoull(argv[1], NULL, 0);
	for (i = 3; i < argc; i++) {
		if (start(find_actor(argv[i]), seed + i) > 0)
			n++;
		else
			failed = 1;
	}
	sleep(atoi(argv[2]));
	__atomic_store_n(&shared->stop, true, __ATOMIC_RELAXED);
	failed |= wait_for_all(n);
	print_counts();
	return failed;
}
