// SPDX-License-Identifier: GPL-2.0
/*
 * Who has to accept the connections of a listener. Often that is not the
 * process that called listen(): a service manager listens and passes the
 * descriptor on, or a parent listens and its children accept. Both may keep the
 * descriptor, so another process that has it comes before the one that listened.
 *
 * A socket that no process has in its table of descriptors may be the kernel's,
 * a direct descriptor of io_uring, or in a message on its way.
 */
#include <linux/string.h>

#include "store/owner.h"
#include "survey/holders.h"
#include "survey/listener_owner.h"

/* The process that listened is of no interest if it is the one that holds. */
static void drop_if_same(struct tcpdiag_owner *lister,
			 const struct tcpdiag_owner *holder)
{
	if (lister->pid == holder->pid && !strcmp(lister->comm, holder->comm))
		memset(lister, 0, sizeof(*lister));
}

/**
 * tcpdiag_listener_owner_read() - name the processes of a listener
 * @h: NULL at first; set by tcpdiag_holders_get(). The caller puts it in any
 *	case
 * @reader: who wants to know
 * @owner: the result; all its bytes are set
 * @sk: the listener; only compared, never followed
 * @born_ns: when it was there already, ktime_get_ns()
 * @seen: the process that was seen to call listen(); NULL for none, or the
 *	kernel
 * @comm: its name then
 *
 * Context: process, the reader's; may sleep. Cost: as tcpdiag_holders_get().
 * Return: false if memory is short.
 */
bool tcpdiag_listener_owner_read(struct tcpdiag_holders **h,
				 const struct tcpdiag_reader *reader,
				 struct tcpdiag_listener_owner *owner,
				 const struct sock *sk, u64 born_ns,
				 struct pid *seen, const char *comm)
{
	struct pid *holder;

	memset(owner, 0, sizeof(*owner));
	if (!tcpdiag_holders_need(h, reader))
		return false;
	holder = tcpdiag_holders_of(*h, sk, born_ns, seen, &owner->holders);
	owner->holders_known = tcpdiag_holders_knows(*h, born_ns);
	if (!holder) {
		tcpdiag_owner_read(&owner->holder, seen, comm, NULL);
		return true;
	}
	tcpdiag_owner_read(&owner->holder, NULL, "", holder);
	tcpdiag_owner_read(&owner->lister, seen, comm, NULL);
	drop_if_same(&owner->lister, &owner->holder);
	owner->inherited = seen && *owner->lister.comm && seen != holder &&
			   strcmp(owner->lister.comm, owner->holder.comm);
	owner->kept = owner->inherited &&
		      tcpdiag_holders_has(*h, sk, born_ns, seen);
	return true;
}
