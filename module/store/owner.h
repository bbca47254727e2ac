/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processes, as a reader may see them.
 */
#ifndef TCPDIAG_STORE_OWNER_H
#define TCPDIAG_STORE_OWNER_H

#include "model/owner.h"

struct pid;

bool tcpdiag_owner_is_alive(struct pid *pid);
void tcpdiag_owner_read(struct tcpdiag_owner *owner, struct pid *seen,
			const char *comm, struct pid *holder);
bool tcpdiag_owner_descriptors(struct pid *pid, u64 *used, u64 *limit);

#endif /* TCPDIAG_STORE_OWNER_H */
