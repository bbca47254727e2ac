/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of the kernel that views print beside ours.
 */
#ifndef TCPDIAG_MIBS_H
#define TCPDIAG_MIBS_H

#include <linux/types.h>

struct net;
struct tcpdiag_net;

/**
 * enum tcpdiag_mib - counters of the kernel that views print
 * @TCPDIAG_MIB_LISTEN_OVERFLOWS: TcpExtListenOverflows
 * @TCPDIAG_MIB_LISTEN_DROPS: TcpExtListenDrops
 * @TCPDIAG_MIB_FULL_COOKIES: TcpExtTCPReqQFullDoCookies
 * @TCPDIAG_MIB_FULL_DROPS: TcpExtTCPReqQFullDrop
 * @TCPDIAG_MIB_COOKIES_SENT: TcpExtSyncookiesSent
 * @TCPDIAG_MIB_COOKIES_VALID: TcpExtSyncookiesRecv
 * @TCPDIAG_MIB_COOKIES_FAILED: TcpExtSyncookiesFailed
 * @TCPDIAG_MIB_SYN_RETRANS: TcpExtTCPSynRetrans
 * @TCPDIAG_MIB_EMBRYONIC_RSTS: TcpExtEmbryonicRsts
 * @TCPDIAG_MIB_OUT_RSTS: TcpOutRsts
 * @TCPDIAG_MIB_TFO_ACTIVE: TcpExtTCPFastOpenActive
 * @TCPDIAG_MIB_TFO_ACTIVE_FAIL: TcpExtTCPFastOpenActiveFail
 * @TCPDIAG_MIB_TFO_BLACKHOLE: TcpExtTCPFastOpenBlackhole
 * @TCPDIAG_MIB_TFO_PASSIVE: TcpExtTCPFastOpenPassive
 * @TCPDIAG_MIB_TFO_PASSIVE_FAIL: TcpExtTCPFastOpenPassiveFail
 * @TCPDIAG_MIB_TFO_COOKIES: TcpExtTCPFastOpenCookieReqd
 * @TCPDIAG_MIB_TFO_OVERFLOWS: TcpExtTCPFastOpenListenOverflow
 * @TCPDIAG_MIB_TIME_WAIT_OVERFLOWS: TcpExtTCPTimeWaitOverflow
 * @TCPDIAG_MIB_TIME_WAIT_RECYCLED: TcpExtTWRecycled
 * @TCPDIAG_MIB_ABORTS_ON_MEMORY: TcpExtTCPAbortOnMemory
 * @TCPDIAG_MIBS: how many there are
 */
enum tcpdiag_mib {
	TCPDIAG_MIB_LISTEN_OVERFLOWS,
	TCPDIAG_MIB_LISTEN_DROPS,
	TCPDIAG_MIB_FULL_COOKIES,
	TCPDIAG_MIB_FULL_DROPS,
	TCPDIAG_MIB_COOKIES_SENT,
	TCPDIAG_MIB_COOKIES_VALID,
	TCPDIAG_MIB_COOKIES_FAILED,
	TCPDIAG_MIB_SYN_RETRANS,
	TCPDIAG_MIB_EMBRYONIC_RSTS,
	TCPDIAG_MIB_OUT_RSTS,
	TCPDIAG_MIB_TFO_ACTIVE,
	TCPDIAG_MIB_TFO_ACTIVE_FAIL,
	TCPDIAG_MIB_TFO_BLACKHOLE,
	TCPDIAG_MIB_TFO_PASSIVE,
	TCPDIAG_MIB_TFO_PASSIVE_FAIL,
	TCPDIAG_MIB_TFO_COOKIES,
	TCPDIAG_MIB_TFO_OVERFLOWS,
	TCPDIAG_MIB_TIME_WAIT_OVERFLOWS,
	TCPDIAG_MIB_TIME_WAIT_RECYCLED,
	TCPDIAG_MIB_ABORTS_ON_MEMORY,
	TCPDIAG_MIBS,
};

void tcpdiag_mibs_begin(struct tcpdiag_net *tn);
u64 tcpdiag_mib_total(const struct net *net, enum tcpdiag_mib mib);
u64 tcpdiag_mib(const struct tcpdiag_net *tn, enum tcpdiag_mib mib);

#endif /* TCPDIAG_MIBS_H */
