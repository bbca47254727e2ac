/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How users share max_records (shares.c).
 */
#ifndef TCPDIAG_MODEL_SHARES_H
#define TCPDIAG_MODEL_SHARES_H

#include <linux/types.h>
#include <linux/uidgid.h>

struct ucounts;

/**
 * struct tcpdiag_shares - the records of the machine and who shares them
 * @cap: the most records, max_records
 * @records: records that exist, in use or spare; those beyond the cap (of
 *	listeners, for example) are not among them
 * @users: users that have at least one record
 * @shared: network namespaces belong to more than one user
 */
struct tcpdiag_shares {
	unsigned long cap;
	unsigned long records;
	unsigned int users;
	bool shared;
};

/**
 * struct tcpdiag_shares_seen - what one reader may know of the shares
 * @user_records: records of the user that its namespace belongs to, in all of
 *	that user's namespaces
 * @share: how many of them nobody takes
 * @user_taken: records that were taken from TIME_WAITs of that user
 * @machine: the reader may know what follows
 * @records: records that exist on the machine
 * @users: users that have at least one
 * @taken: records that were taken from TIME_WAITs
 * @top: the reader may know what follows
 * @top_uid: the user with the most records, as the reader's user namespace has
 *	it
 * @top_records: how many these are
 */
struct tcpdiag_shares_seen {
	u64 user_records;
	u64 share;
	u64 user_taken;
	bool machine;
	u64 records;
	u64 users;
	u64 taken;
	bool top;
	u32 top_uid;
	u64 top_records;
};

kuid_t tcpdiag_shares_payer(const struct ucounts *ucounts);
unsigned long tcpdiag_shares_limit(const struct tcpdiag_shares *s);
unsigned long tcpdiag_shares_share(const struct tcpdiag_shares *s,
				   unsigned long mine);
bool tcpdiag_shares_admits(const struct tcpdiag_shares *s, unsigned long mine);
bool tcpdiag_shares_is_low(const struct tcpdiag_shares *s);
unsigned long tcpdiag_shares_wanted(const struct tcpdiag_shares *s);
unsigned long tcpdiag_shares_borrowed(const struct tcpdiag_shares *s,
				      unsigned long mine);

#endif /* TCPDIAG_MODEL_SHARES_H */
