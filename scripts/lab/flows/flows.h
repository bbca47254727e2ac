/* SPDX-License-Identifier: GPL-2.0 */
/*
 * labflows: the traffic of one run of the lab. One process holds both ends of
 * every flow, the senders in the network namespace snd, the receivers in rcv,
 * so that one clock times everything and little is spent on switching.
 */
#ifndef LAB_FLOWS_H
#define LAB_FLOWS_H

#include <stdbool.h>

#define MAX_FLOWS	256

struct flow;

/* What epoll hands back: one end of a flow. */
struct end {
	struct flow *flow;
	void (*ready)(struct flow *flow);
	int fd;			/* -1: not open */
};

struct flow {
	char cc[16];
	int index;
	long long start_us;	/* since the run began, as all times here */
	long long stop_us;
	long long bytes;	/* to send; 0: until stop_us */
	long long on_us;	/* data for so long, then none for off_us */
	long long off_us;	/* 0: data all the time */
	long long trickle_us;	/* at first, for so long, little data */

	struct end tx, listener, rx;
	bool started, ended;
	bool resting;		/* between two times of data, until wake_us */
	long long wake_us;
	long long begun_us;	/* connect() was called */
	long long finished_us;	/* all bytes received; 0: not yet */
	long long queued;	/* bytes given to the kernel */
	long long received;	/* bytes read */
	long long received_now;	/* bytes that had come, when last looked at */
	long long *bins;	/* the same at the end of each bin_us */
};

struct run {
	long long duration_us;
	long long sample_us;
	long long bin_us;
	struct flow flows[MAX_FLOWS];
	int nr_flows;
	bool meter;		/* count the first flow's instructions */
	bool ipv6;
	unsigned long long seed;	/* of the qdiscs' chance; 0: as it comes */
};

extern struct run run;

/* base.c */
void base_begin(void);
void clock_begin(void);
long long now_us(void);
void fatal(const char *format, ...);
void enter_netns(const char *name);
void watch(struct end *end, unsigned int events);
void unwatch(struct end *end);
void wait_for_events(long long until);

/* flow.c */
void flow_prepare(struct flow *flow);
void flow_start(struct flow *flow);
void flow_end(struct flow *flow);
void flow_wake(struct flow *flow);
void flow_bin(struct flow *flow, long long bin);
long long flow_next_us(const struct flow *flow);
void flow_sample(const struct flow *flow, const char *word);
void flow_print(const struct flow *flow);

/* script.c */
void script_add(const char *line);
void script_open(void);
long long script_next_us(void);
void script_run(long long now);
void script_close(void);

/* seed.c */
void seed_qdiscs(unsigned long long seed);

/* counters.c */
void counters_begin(void);
void counters_print(void);
void meter_begin(const struct flow *flow);
void meter_print(void);

#endif /* LAB_FLOWS_H */
