// SPDX-License-Identifier: GPL-2.0
/*
 * Dumps any view, one message a row.
 *
 * A view that resumes by position is frozen for each buffer of the listing; if
 * rows came or went between two buffers, NLM_F_DUMP_INTR says so. Any other is
 * frozen once, so that all of it is of one moment, and thawed when the dump ends
 * or its socket is closed. The reader is fixed by the request.
 */
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/user_namespace.h>
#include <net/genetlink.h>

#include "compat.h"
#include "model/wanted.h"
#include "netlink/netlink.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/net.h"
#include "store/reader.h"
#include "view/view.h"

/**
 * struct dump - state of one dump
 * @reader: the reader, with a reference to its user namespace
 * @wanted: what it asks for
 * @view: the view; NULL before the first buffer
 * @frozen: what the view has gathered, or NULL
 * @pos: position of the next row
 * @row: that row
 */
struct dump {
	struct tcpdiag_reader reader;
	struct tcpdiag_wanted wanted;
	const struct tcpdiag_view *view;
	void *frozen;
	u64 pos;
	struct tcpdiag_row row;
};

/**
 * struct context - what the netlink core keeps for a dump
 * @dump: its state
 */
struct context {
	struct dump *dump;
};

static struct context *context(struct netlink_callback *cb)
{
	BUILD_BUG_ON(sizeof(struct context) > sizeof(cb->ctx));
	return (struct context *)cb->ctx;
}

static void thaw(struct dump *d)
{
	tcpdiag_view_thaw(d->view, d->frozen);
	d->frozen = NULL;
}

static int freeze(struct dump *d)
{
	void *frozen;

	if (d->frozen)
		return 0;
	frozen = tcpdiag_view_freeze(d->view, &d->reader);
	if (IS_ERR(frozen))
		return PTR_ERR(frozen);
	d->frozen = frozen;
	return 0;
}

static struct dump *dump_alloc(const struct sk_buff *request, int *err)
{
	struct dump *d;

	d = kvzalloc(sizeof(*d), TCPDIAG_GFP);
	if (!d) {
		*err = -ENOMEM;
		return NULL;
	}
	*err = tcpdiag_netlink_reader(&d->reader, request);
	if (*err) {
		kvfree(d);
		return NULL;
	}
	d->reader.user_ns = get_user_ns(d->reader.user_ns);
	d->wanted.columns = U64_MAX;
	return d;
}

static void dump_free(struct dump *d)
{
	thaw(d);
	put_user_ns(d->reader.user_ns);
	kvfree(d);
}

/**
 * tcpdiag_nl_dump_start() - begin to dump a view
 * @cb: the dump
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_dump_start(struct netlink_callback *cb)
{
	int err;

	context(cb)->dump = dump_alloc(cb->skb, &err);
	return err;
}

/**
 * tcpdiag_nl_sockets_start() - begin to dump sockets, those the request asks for
 * @cb: the dump
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_sockets_start(struct netlink_callback *cb)
{
	struct dump *d;
	int err;

	d = dump_alloc(cb->skb, &err);
	if (!d)
		return err;
	err = tcpdiag_netlink_parse(&d->wanted, &d->reader,
				    tcpdiag_genl_dump_attrs(cb), cb->extack);
	if (err) {
		dump_free(d);
		return err;
	}
	d->reader.wanted = &d->wanted;
	context(cb)->dump = d;
	return 0;
}

/**
 * tcpdiag_nl_dump_done() - end a dump, read to its end or not
 * @cb: the dump
 *
 * Context: process, may sleep; maybe a worker.
 * Return: 0.
 */
int tcpdiag_nl_dump_done(struct netlink_callback *cb)
{
	dump_free(context(cb)->dump);
	return 0;
}

static int put_message(struct sk_buff *skb, struct netlink_callback *cb,
		       const struct dump *d)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	void *message;
	int err;

	message = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
			      cb->nlh->nlmsg_seq, &tcpdiag_nl_family,
			      NLM_F_MULTI, request->cmd);
	if (!message)
		return -EMSGSIZE;
	genl_dump_check_consistent(cb, message);
	err = tcpdiag_netlink_put_row(skb, &d->row, d->wanted.columns);
	if (err)
		genlmsg_cancel(skb, message);
	else
		genlmsg_end(skb, message);
	return err;
}

/* 1 for a row that was put, 0 at the end, or a negative errno. */
static int put_next(struct sk_buff *skb, struct netlink_callback *cb,
		    struct dump *d)
{
	int found, err;

	if (d->pos > TCPDIAG_POS_MAX)
		return 0;
	found = tcpdiag_view_row(d->view, &d->reader, d->frozen, &d->pos,
				 &d->row);
	if (found <= 0)
		return found;
	err = put_message(skb, cb, d);
	if (err)
		return err;
	d->pos++;
	return 1;
}

/* Zero is no generation for the netlink core. */
static unsigned int generation(const struct dump *d)
{
	if (!d->view->generation)
		return 1;
	return d->view->generation(&d->reader) ?: 1;
}

/* Fill a buffer with rows. */
static int dump(struct sk_buff *skb, struct netlink_callback *cb,
		const struct tcpdiag_view *view)
{
	struct dump *d = context(cb)->dump;
	int found;

	d->view = view;
	found = freeze(d);
	if (found)
		return found;
	cb->seq = generation(d);
	do {
		found = put_next(skb, cb, d);
	} while (found > 0);
	if (view->resumes)
		thaw(d);
	if (found == -EMSGSIZE && skb->len)
		return skb->len;
	return found;
}

/* The operation of a view; the prototype is generated. */
#define DUMPIT(name)							\
int tcpdiag_nl_##name##_dumpit(struct sk_buff *skb,			\
			       struct netlink_callback *cb)		\
{									\
	return dump(skb, cb, &tcpdiag_view_##name);			\
}

DUMPIT(states)
DUMPIT(transitions)
DUMPIT(histograms)
DUMPIT(sockets)
DUMPIT(close_wait)
DUMPIT(congestion)
DUMPIT(listeners)
DUMPIT(handshake)
DUMPIT(resets)
DUMPIT(stalls)
DUMPIT(flows)
DUMPIT(time_wait)
DUMPIT(ports)
DUMPIT(findings)
DUMPIT(history)
DUMPIT(self)
