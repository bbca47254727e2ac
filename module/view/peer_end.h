/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ends of a destination (model/peer.h) as cells.
 */
#ifndef TCPDIAG_VIEW_PEER_END_H
#define TCPDIAG_VIEW_PEER_END_H

struct tcpdiag_key;
struct tcpdiag_row;

void tcpdiag_row_peer_local(struct tcpdiag_row *row,
			    const struct tcpdiag_key *key);
void tcpdiag_row_peer_remote(struct tcpdiag_row *row,
			     const struct tcpdiag_key *key);

#endif /* TCPDIAG_VIEW_PEER_END_H */
