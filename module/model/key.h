/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Keys of tables with slots (slots.h), and what is in those of destinations.
 */
#ifndef TCPDIAG_KEY_H
#define TCPDIAG_KEY_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * struct tcpdiag_key - a key
 * @word: anything; in small keys all 0 after the first
 * @rest: anything; keys of different kinds must differ here
 */
struct tcpdiag_key {
	u64 word[4];
	u32 rest;
};

/* Without a gap between the two, but with padding behind them. */
static_assert(offsetof(struct tcpdiag_key, rest) ==
	      sizeof_field(struct tcpdiag_key, word));

/**
 * tcpdiag_key_cmp() - compare two keys
 * @a: a key
 * @b: another one
 *
 * For any order that is the same every time. The padding at the end of a key is
 * not compared: nobody sets it.
 *
 * Context: any.
 * Return: below 0, 0 or above 0: @a comes before @b, is equal, comes after it.
 */
static inline int tcpdiag_key_cmp(const struct tcpdiag_key *a,
				  const struct tcpdiag_key *b)
{
	return memcmp(a, b, offsetofend(struct tcpdiag_key, rest));
}

/*
 * Keys of destinations hold addresses in network order. IPv4: the local one in
 * the upper half of the first word, the remote one in the lower. IPv6: the
 * local one, then the remote one. @rest has the remote port, in network order.
 * Connections that were accepted and closed here first have PEER_OWN and are
 * known by their local end only: its address and port stand in the place of the
 * remote ones.
 */
#define TCPDIAG_PEER_V6		BIT(16)
#define TCPDIAG_PEER_OWN	BIT(17)

/* Room for an address and a port as text, and for two of them. */
#define TCPDIAG_END_LEN		56
#define TCPDIAG_PAIR_LEN	(2 * TCPDIAG_END_LEN)

/* peer.c */
const char *tcpdiag_peer_end_name(char *buf, const u64 *word, u32 rest,
				  bool port);
const char *tcpdiag_peer_name(char *buf, const struct tcpdiag_key *key,
			      const char *between);

#endif /* TCPDIAG_KEY_H */
