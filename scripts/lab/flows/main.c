// SPDX-License-Identifier: GPL-2.0
/*
 * labflows: reads what to do from stdin, does it, prints what it measured.
 *
 *   duration MS                       of the run
 *   sample MS                         between samples of TCP_INFO
 *   bin MS                            of the receiver's byte counts
 *   flow CC START STOP BYTES ON OFF TRICKLE
 *                                     times in ms; BYTES 0: until STOP; data for
 *                                     ON, none for OFF, and so on, unless OFF is 0;
 *                                     for TRICKLE at first a few packets now and then
 *   meter 1                           count the first flow's instructions
 *   ipv6 1                            flows are of IPv6
 *   seed N                            of netem's chance, where the kernel takes one
 *   at MS NAMESPACE TC-COMMAND        a change of the path
 *
 * What it prints: see flow_sample(), flow_print(), counters_print(). All
 * figures are the kernel's (TCP_INFO, /proc/net) or bytes that were read.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "flows.h"

static void read_flow(const char *line)
{
	struct flow *flow = &run.flows[run.nr_flows];

	if (run.nr_flows == MAX_FLOWS ||
	    sscanf(line, "%15s %lld %lld %lld %lld %lld %lld", flow->cc,
		   &flow->start_us, &flow->stop_us, &flow->bytes,
		   &flow->on_us, &flow->off_us, &flow->trickle_us) != 7) {
		errno = EINVAL;
		fatal("flow %s", line);
	}
	flow->start_us *= 1000;
	flow->stop_us *= 1000;
	flow->on_us *= 1000;
	flow->off_us *= 1000;
	flow->trickle_us *= 1000;
	flow->index = run.nr_flows++;
}

static void read_line(char *line)
{
	char *rest = strchr(line, ' ');

	line[strcspn(line, "\n")] = '\0';
	if (!rest) {
		errno = EINVAL;
		fatal("%s", line);
	}
	*rest++ = '\0';
	if (!strcmp(line, "duration")) {
		run.duration_us = atoll(rest) * 1000;
	} else if (!strcmp(line, "sample")) {
		run.sample_us = atoll(rest) * 1000;
	} else if (!strcmp(line, "bin")) {
		run.bin_us = atoll(rest) * 1000;
	} else if (!strcmp(line, "flow")) {
		read_flow(rest);
	} else if (!strcmp(line, "meter")) {
		run.meter = atoi(rest);
	} else if (!strcmp(line, "ipv6")) {
		run.ipv6 = atoi(rest);
	} else if (!strcmp(line, "seed")) {
		run.seed = strtoull(rest, NULL, 10);
	} else if (!strcmp(line, "at")) {
		script_add(rest);
	} else {
		errno = EINVAL;
		fatal("%s", line);
	}
}

static void start_and_end_flows(long long now)
{
	struct flow *flow;

	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++) {
		if (!flow->started && now >= flow->start_us)
			flow_start(flow);
		if (flow->started && !flow->ended &&
		    (now >= flow->stop_us || flow->finished_us))
			flow_end(flow);
		flow_wake(flow);
	}
}

static void sample_flows(void)
{
	struct flow *flow;

	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++)
		if (flow->started && !flow->ended)
			flow_sample(flow, "s");
}

static long long earlier(long long a, long long b)
{
	return a < b ? a : b;
}

static long long next_flow_event(void)
{
	long long next = run.duration_us;
	struct flow *flow;

	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++)
		next = earlier(next, flow_next_us(flow));
	return next;
}

static void close_bin(long long bin)
{
	struct flow *flow;

	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++)
		flow_bin(flow, bin);
}

static void play(void)
{
	long long next_sample = run.sample_us;
	long long now, bin = 0;

	while ((now = now_us()) < run.duration_us) {
		script_run(now);
		start_and_end_flows(now);
		if (now >= next_sample) {
			sample_flows();
			next_sample += run.sample_us;
		}
		if (now >= (bin + 1) * run.bin_us)
			close_bin(bin++);
		wait_for_events(earlier(earlier(next_sample, script_next_us()),
					earlier(next_flow_event(),
						(bin + 1) * run.bin_us)));
	}
	if (bin < run.duration_us / run.bin_us)
		close_bin(bin);
}

int main(void)
{
	struct flow *flow;
	char line[512];

	signal(SIGPIPE, SIG_IGN);
	base_begin();
	while (fgets(line, sizeof(line), stdin))
		read_line(line);
	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++)
		flow_prepare(flow);
	if (run.seed)
		seed_qdiscs(run.seed);
	script_open();
	counters_begin();
	/* To wait for a page of the host's is to lose any amount of virtual time. */
	if (mlockall(MCL_CURRENT | MCL_FUTURE))
		fatal("mlockall");
	clock_begin();
	play();
	for (flow = run.flows; flow < run.flows + run.nr_flows; flow++) {
		if (flow->started && !flow->ended)
			flow_end(flow);
		flow_print(flow);
	}
	script_close();
	counters_print();
	if (run.meter)
		meter_print();
	puts("end");
	return 0;
}
