// SPDX-License-Identifier: GPL-2.0
/*
 * labflows: what the kernel counted in both namespaces during the run
 * (/proc/net/snmp and netstat, the counters of nstat), and what the meter did.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "flows.h"

#define MAX_COUNTERS	512
#define NAME_BYTES	48
#define SEPARATORS	"\n: "
#define METER		"/proc/tcpdiag_meter"

struct counter {
	char name[NAME_BYTES];
	long long value;
};

static struct namespace {
	const char *name;
	struct counter before[MAX_COUNTERS];
} namespaces[] = {
	{ .name = "snd" },
	{ .name = "rcv" },
};

static long long idle_before;

/* A line of names, then one of values, both with the group first: "Tcp: ...". */
static int read_pairs(FILE *file, struct counter *counters, int n)
{
	static char names[16384], values[16384];
	char *name, *value, *next_name, *next_value;
	char *group;

	while (n < MAX_COUNTERS && fgets(names, sizeof(names), file) &&
	       fgets(values, sizeof(values), file)) {
		group = strtok_r(names, SEPARATORS, &next_name);
		strtok_r(values, SEPARATORS, &next_value);
		while (n < MAX_COUNTERS &&
		       (name = strtok_r(NULL, SEPARATORS, &next_name)) &&
		       (value = strtok_r(NULL, SEPARATORS, &next_value))) {
			snprintf(counters[n].name, NAME_BYTES, "%s%s", group,
				 name);
			counters[n++].value = atoll(value);
		}
	}
	return n;
}

static int read_counters(const char *netns, struct counter *counters)
{
	static const char *const paths[] = {
		"/proc/thread-self/net/snmp",
		"/proc/thread-self/net/netstat",
	};
	int i, n = 0;

	enter_netns(netns);
	for (i = 0; i < 2; i++) {
		FILE *file = fopen(paths[i], "r");

		if (!file)
			fatal("%s", paths[i]);
		n = read_pairs(file, counters, n);
		fclose(file);
	}
	return n;
}

/* How long the CPU has been idle, in hundredths of a second. */
static long long idle_time(void)
{
	FILE *file = fopen("/proc/stat", "r");
	long long idle;

	if (!file || fscanf(file, "cpu %*d %*d %*d %lld", &idle) != 1)
		fatal("/proc/stat");
	fclose(file);
	return idle;
}

void counters_begin(void)
{
	int i;

	idle_before = idle_time();
	for (i = 0; i < 2; i++)
		read_counters(namespaces[i].name, namespaces[i].before);
}

/*
 * usage: n NAMESPACE COUNTER INCREASE, where there was any
 *        c IDLE_US ALL_US   the emulated CPU: were it busy all the time, it and
 *                           not the path would be what was measured
 */
void counters_print(void)
{
	static struct counter after[MAX_COUNTERS];
	int i, k, n;

	printf("c %lld %lld\n", (idle_time() - idle_before) * 10000, now_us());
	for (i = 0; i < 2; i++) {
		const struct counter *before = namespaces[i].before;

		n = read_counters(namespaces[i].name, after);
		for (k = 0; k < n; k++)
			if (after[k].value != before[k].value)
				printf("n %s %s %lld\n", namespaces[i].name,
				       after[k].name,
				       after[k].value - before[k].value);
	}
}

/* scripts/lab/meter; the flow's algorithm is set and its socket connects. */
void meter_begin(const struct flow *flow)
{
	FILE *file = fopen(METER, "w");

	if (!file || fprintf(file, "%d", flow->tx.fd) < 0 || fclose(file))
		fatal(METER);
}

/* usage: m OPERATION CALLS INSTRUCTIONS */
void meter_print(void)
{
	FILE *file = fopen(METER, "r");
	char line[128];

	if (!file)
		fatal(METER);
	while (fgets(line, sizeof(line), file))
		printf("m %s", line);
	fclose(file);
}
