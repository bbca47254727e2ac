// SPDX-License-Identifier: GPL-2.0
/*
 * labflows: changes of the path during a run. A tc for each of its ends is
 * started beforehand and reads its commands from a pipe, for starting a program
 * takes too long in an emulated machine.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "flows.h"

#define MAX_STEPS	32

/* A namespace, and the tc that changes its qdiscs. */
static struct place {
	const char *name;
	const char *start;
	FILE *tc;
} places[] = {
	{ "rtr", "tc -n rtr -batch -", NULL },	/* rate and buffer */
	{ "rcv", "tc -n rcv -batch -", NULL },	/* delay */
	{ NULL, NULL, NULL },
};

static struct step {
	long long at_us;
	char place[4];
	char command[256];
} steps[MAX_STEPS];

static int nr_steps, done_steps;

static struct place *place_of(const struct step *step)
{
	struct place *place;

	for (place = places; place->name; place++)
		if (!strcmp(place->name, step->place))
			return place;
	errno = EINVAL;
	fatal("at %s", step->place);
	return NULL;
}

/* In the order of time: "MS NAMESPACE TC-COMMAND" */
void script_add(const char *line)
{
	struct step *step = &steps[nr_steps];

	if (nr_steps == MAX_STEPS ||
	    sscanf(line, "%lld %3s %255[^\n]", &step->at_us, step->place,
		   step->command) != 3) {
		errno = EINVAL;
		fatal("at %s", line);
	}
	step->at_us *= 1000;
	nr_steps++;
}

void script_open(void)
{
	struct place *place;

	if (!nr_steps)
		return;
	for (place = places; place->name; place++) {
		place->tc = popen(place->start, "w");
		if (!place->tc)
			fatal("%s", place->start);
	}
	/* they are at their first read when the run begins */
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
		const struct step *step = &steps[done_steps];
		FILE *tc = place_of(step)->tc;

		fprintf(tc, "%s\n", step->command);
		fflush(tc);
		printf("at %lld %s %s\n", now, step->place, step->command);
	}
}

void script_close(void)
{
	struct place *place;
	int status;

	for (place = places; place->name; place++) {
		if (!place->tc)
			continue;
		status = pclose(place->tc);
		if (status) {
			errno = EINVAL;
			fatal("a tc command of the run failed, status %d", status);
		}
	}
}
