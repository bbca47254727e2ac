/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The reader: which namespace it is shown, and what it may see of it.
 */
#ifndef TCPDIAG_STORE_READER_H
#define TCPDIAG_STORE_READER_H

#include <linux/types.h>

struct tcpdiag_net;
struct tcpdiag_wanted;
struct user_namespace;

/**
 * struct tcpdiag_reader - a reader, as fixed when the file was opened
 * @tn: the namespace that is read
 * @user_ns: the reader's user namespace, in whose terms uids are shown
 * @owners: the reader may see which process owns a socket
 * @hurried: it must not wait for looks that take long: the worker
 * @wanted: which sockets and columns it asks for; NULL for all
 */
struct tcpdiag_reader {
	struct tcpdiag_net *tn;
	struct user_namespace *user_ns;
	bool owners;
	bool hurried;
	const struct tcpdiag_wanted *wanted;
};

#endif /* TCPDIAG_STORE_READER_H */
