// SPDX-License-Identifier: GPL-2.0
/*
 * labflows: changes of the bottleneck during a run. A tc of the namespace rtr
 * is started beforehand and reads its commands from a pipe, for starting a
 * program takes too long in an emulated machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flows.h"

#define MAX_STEPS	32

static struct step {
	long long at_us;
	char command[256];
} steps[MAX_STEPS];

static int nr_steps, done_steps;
static FILE *tc;

/* In the order of time: "MS TC-COMMAND" */
void script_add(const char *line)
{
	struct step *step = &steps[nr_steps];

	if (nr_steps == MAX_STEPS ||
	    sscanf(line, "%lld %255[^\n]", &step->at_us, step->command) != 2) {
		errno = EINVAL;
		fatal("at %s", line);
	}
	step->at_us *= 1000;
	nr_steps++;
}

void script_open(void)
{
	if (!nr_steps)
		return;
	tc = popen("tc -n rtr -batch -", "w");
	if (!tc)
		fatal("tc");
	/* it is at its first read when the run begins */
	sleep(1);
}

long long script_next_us(void)
{
	return done_steps < nr_steps ? steps[done_steps].at_us
				     : run.duration_us;
}

void script_run(long long now)
{
	for (; done_steps < nr_steps && now >= steps[done_steps].at_us;
	     done_steps++) {
		fprintf(tc, "%s\n", steps[done_steps].command);
		fflush(tc);
		printf("at %lld %s\n", now, steps[done_steps].command);
	}
}

void script_close(void)
{
	int status;

	if (!tc)
		return;
	status = pclose(tc);
	if (status) {
		errno = EINVAL;
		fatal("a tc command of the run failed, status %d", status);
	}
}
