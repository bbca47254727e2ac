/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who has to accept the connections of a listener, and who called listen().
 */
#ifndef TCPDIAG_SURVEY_LISTENER_OWNER_H
#define TCPDIAG_SURVEY_LISTENER_OWNER_H

#include <linux/types.h>

#include "model/owner.h"

struct pid;
struct sock;
struct tcpdiag_holders;
struct tcpdiag_reader;

/**
 * struct tcpdiag_listener_owner - the processes of a listener
 * @holder: a process that has it open now: if possible not the one that called
 *	listen(). If no process has, the one that did
 * @lister: the process that called listen(), if that is another one, or had
 *	another name then; else all 0
 * @holders: how many processes have it open now
 * @holders_known: @holders is known: the look is not older than the socket
 * @inherited: @lister is known, and @holder is another process of another name
 * @kept: if @inherited, @lister has it open too
 */
struct tcpdiag_listener_owner {
	struct tcpdiag_owner holder;
	struct tcpdiag_owner lister;
	unsigned int holders;
	bool holders_known;
	bool inherited;
	bool kept;
};

bool tcpdiag_listener_owner_read(struct tcpdiag_holders **h,
				 const struct tcpdiag_reader *reader,
				 struct tcpdiag_listener_owner *owner,
				 const struct sock *sk, u64 born_ns,
				 struct pid *seen, const char *comm);

#endif /* TCPDIAG_SURVEY_LISTENER_OWNER_H */
