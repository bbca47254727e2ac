/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is said of segments that do not leave this host.
 */
#ifndef TCPDIAG_NOT_SENT_H
#define TCPDIAG_NOT_SENT_H

#define TCPDIAG_HOST_NOT_SENT \
	"this host drops it itself: look for a rule for what leaves it (nft list ruleset, iptables-save, tc filter show dev DEVICE egress, IPAddressDeny= of systemd), a full table of connection tracking (conntrack -C), a full queue (tc -s qdisc: dropped), a route that is gone (ip route get ADDRESS); nstat TcpExtTCPRetransFail counts what could not be sent again"

#endif /* TCPDIAG_NOT_SENT_H */
