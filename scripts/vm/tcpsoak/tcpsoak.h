/* SPDX-License-Identifier: GPL-2.0 */
/*
 * tcpsoak: many actors at once, each a process that does one kind of thing to TCP
 * or to tcpdiag until time is up, for make soak. Each counts what it did in memory
 * that all share; the table in main.c lists the actors, that in count.c the counts.
 * Whatever an actor opened is closed when it ends.
 */
#ifndef TCPSOAK_H
#define TCPSOAK_H

#include <stdbool.h>
#include <stddef.h>
#include <netinet/in.h>

#include "../random.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define NOBODY		65534

/* What is counted. The names are in count.c, in this order. */
enum count {
	COUNT_CONNECTIONS,
	COUNT_REFUSED,
	COUNT_ABANDONED,
	COUNT_RESETS,
	COUNT_REPAIRED,
	COUNT_LISTENERS,
	COUNT_QUEUES_FILLED,
	COUNT_SWITCHES,
	COUNT_BYTES,
	COUNT_READS,
	COUNT_READS_FAILED,
	COUNT_SEEKS,
	COUNT_SYSCTLS_TAKEN,
	COUNT_SYSCTLS_REFUSED,
	COUNT_NAMESPACES,
	COUNT_NAMESPACES_REFUSED,
	COUNT_NO_PORT,
	COUNTS
};

/* What all processes share. */
struct shared {
	bool stop;
	unsigned long long counts[COUNTS];
};

extern struct shared *shared;

void count(enum count what, unsigned long long n);
void print_counts(void);

/* sockets.c */
union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

socklen_t loopback(union address *a, bool v6, unsigned int host, unsigned short port);
int open_listener(const union address *a, socklen_t size, int backlog);
int open_client(const union address *a, socklen_t size, bool wait);
int make_pair(const union address *a, socklen_t size, int listener, int *client);
void reset(int fd);

/* actors.c */
void act_churn(void);
void act_fail(void);
void act_listen(void);
void act_switch(void);

/* files.c */
void act_read(void);
void act_read_as_nobody(void);
void act_sysctl(void);
void read_something(void);
void write_sysctl(const char *name, const char *value);

/* spaces.c */
void act_namespaces(void);

#endif
