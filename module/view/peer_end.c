// SPDX-License-Identifier: GPL-2.0
/*
 * The ends of a destination (model/key.h) as cells.
 */
#include <linux/string.h>
#include <net/inet_sock.h>

#include "model/key.h"
#include "view/peer_end.h"
#include "view/view.h"

/* @v6: the first word of an IPv6 address; @v4: an IPv4 address. */
static void fill(struct tcpdiag_end *end, const struct tcpdiag_key *key,
		 const u64 *v6, u32 v4)
{
	memset(end, 0, sizeof(*end));
	end->v6 = key->rest & TCPDIAG_PEER_V6;
	/* the wildcard address of a connection is not printed as `*` */
	end->v6only = true;
	if (end->v6)
		memcpy(&end->addr, v6, sizeof(end->addr));
	else
		end->addr.s6_addr32[0] = (__force __be32)v4;
}

/**
 * tcpdiag_row_peer_local() - fill in the local address of a destination
 * @row: the row
 * @key: the destination
 *
 * Context: any.
 */
void tcpdiag_row_peer_local(struct tcpdiag_row *row,
			    const struct tcpdiag_key *key)
{
	struct tcpdiag_end end;

	fill(&end, key, key->word, upper_32_bits(key->word[0]));
	tcpdiag_row_end(row, &end);
}

/**
 * tcpdiag_row_peer_remote() - fill in the remote address and port of a
 *	destination; of accepted connections the local ones
 * @row: the row
 * @key: the destination
 *
 * Context: any.
 */
void tcpdiag_row_peer_remote(struct tcpdiag_row *row,
			     const struct tcpdiag_key *key)
{
	struct tcpdiag_end end;

	fill(&end, key, key->word + 2, lower_32_bits(key->word[0]));
	end.port = ntohs((__force __be16)key->rest);
	tcpdiag_row_end(row, &end);
}
