/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes, as a reader may see them.
 */
#ifndef TCPDIAG_STORE_OWNER_H
#define TCPDIAG_STORE_OWNER_H

#include <linux/types.h>

#include "model/owner.h"

struct pid;

/**
 * tcpdiag_owner_is_kernel() - whether a kernel thread connected or listened
 * @seen: the process that was seen, or NULL
 * @comm: its name; without a process it is the kernel's, or empty
 *
 * Context: any.
 * Return: true if it did.
 */
static inline bool tcpdiag_owner_is_kernel(const struct pid *seen,
					   const char *comm)
{
	return !seen && *comm;
}

unsigned int tcpdiag_owner_threads(struct pid *pid);
bool tcpdiag_owner_is_alive(struct pid *pid);
void tcpdiag_owner_read(struct tcpdiag_owner *owner, struct pid *seen,
			const char *comm, struct pid *holder);
bool tcpdiag_owner_descriptors(struct pid *pid, u64 *used, u64 *limit);

#endif /* TCPDIAG_STORE_OWNER_H */
