// SPDX-License-Identifier: GPL-2.0
/* tcpsoak: what was done how often. */
#include <stdio.h>

#include "tcpsoak.h"

struct shared *shared;

static const char *const names[COUNTS] = {
	[COUNT_CONNECTIONS] = "connections",
	[COUNT_REFUSED] = "refused connects",
	[COUNT_ABANDONED] = "abandoned connects",
	[COUNT_RESETS] = "resets",
	[COUNT_REPAIRED] = "repaired connections",
	[COUNT_LISTENERS] = "listeners",
	[COUNT_QUEUES_FILLED] = "accept queues filled",
	[COUNT_SWITCHES] = "algorithm switches",
	[COUNT_BYTES] = "bytes sent",
	[COUNT_READS] = "reads",
	[COUNT_READS_FAILED] = "reads failed",
	[COUNT_SEEKS] = "seeks",
	[COUNT_SYSCTLS_TAKEN] = "sysctl writes taken",
	[COUNT_SYSCTLS_REFUSED] = "sysctl writes refused",
	[COUNT_NAMESPACES] = "namespaces of a user",
	[COUNT_NAMESPACES_REFUSED] = "namespaces not made",
	[COUNT_NO_PORT] = "connects without a port",
};

void count(enum count what, unsigned long long n)
{
	__atomic_fetch_add(&shared->counts[what], n, __ATOMIC_RELAXED);
}

void print_counts(void)
{
	int i;

	for (i = 0; i < COUNTS; i++)
		printf("%llu %s\n", shared->counts[i], names[i]);
}
