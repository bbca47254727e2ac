// SPDX-License-Identifier: GPL-2.0
/*
 * The kernel's own counters of a namespace (what nstat shows), minus their
 * values when its account began.
 */
#include <net/ip.h>
#include <net/snmp.h>

#include "store/mibs.h"
#include "store/net.h"

static_assert(TCPDIAG_MIBS_KEPT <= TCPDIAG_MIBS_ROOM);

/* Where a counter is: in the group Tcp if @tcp, else in TcpExt. */
static const struct {
	bool tcp;
	int index;
} places[TCPDIAG_MIBS] = {
	[TCPDIAG_MIB_LISTEN_OVERFLOWS] = { false, LINUX_MIB_LISTENOVERFLOWS },
	[TCPDIAG_MIB_LISTEN_DROPS] = { false, LINUX_MIB_LISTENDROPS },
	[TCPDIAG_MIB_FULL_COOKIES] = {
		false, LINUX_MIB_TCPREQQFULLDOCOOKIES
	},
	[TCPDIAG_MIB_FULL_DROPS] = { false, LINUX_MIB_TCPREQQFULLDROP },
	[TCPDIAG_MIB_COOKIES_SENT] = { false, LINUX_MIB_SYNCOOKIESSENT },
	[TCPDIAG_MIB_COOKIES_VALID] = { false, LINUX_MIB_SYNCOOKIESRECV },
	[TCPDIAG_MIB_COOKIES_FAILED] = { false, LINUX_MIB_SYNCOOKIESFAILED },
	[TCPDIAG_MIB_SYN_RETRANS] = { false, LINUX_MIB_TCPSYNRETRANS },
	[TCPDIAG_MIB_EMBRYONIC_RSTS] = { false, LINUX_MIB_EMBRYONICRSTS },
	[TCPDIAG_MIB_OUT_RSTS] = { true, TCP_MIB_OUTRSTS },
	[TCPDIAG_MIB_TFO_ACTIVE] = { false, LINUX_MIB_TCPFASTOPENACTIVE },
	[TCPDIAG_MIB_TFO_ACTIVE_FAIL] = {
		false, LINUX_MIB_TCPFASTOPENACTIVEFAIL
	},
	[TCPDIAG_MIB_TFO_BLACKHOLE] = {
		false, LINUX_MIB_TCPFASTOPENBLACKHOLE
	},
	[TCPDIAG_MIB_TFO_PASSIVE] = { false, LINUX_MIB_TCPFASTOPENPASSIVE },
	[TCPDIAG_MIB_TFO_PASSIVE_FAIL] = {
		false, LINUX_MIB_TCPFASTOPENPASSIVEFAIL
	},
	[TCPDIAG_MIB_TFO_COOKIES] = {
		false, LINUX_MIB_TCPFASTOPENCOOKIEREQD
	},
	[TCPDIAG_MIB_TFO_OVERFLOWS] = {
		false, LINUX_MIB_TCPFASTOPENLISTENOVERFLOW
	},
	[TCPDIAG_MIB_TIME_WAIT_OVERFLOWS] = {
		false, LINUX_MIB_TCPTIMEWAITOVERFLOW
	},
	[TCPDIAG_MIB_TIME_WAIT_RECYCLED] = {
		false, LINUX_MIB_TIMEWAITRECYCLED
	},
	[TCPDIAG_MIB_ABORTS_ON_MEMORY] = { false, LINUX_MIB_TCPABORTONMEMORY },
	[TCPDIAG_MIB_PAWS_ACTIVE] = { false, LINUX_MIB_PAWSACTIVEREJECTED },
	[TCPDIAG_MIB_PAWS_ESTABLISHED] = { false, LINUX_MIB_PAWSESTABREJECTED },
	[TCPDIAG_MIB_RCVQ_DROPS] = { false, LINUX_MIB_TCPRCVQDROP },
	[TCPDIAG_MIB_OFO_DROPS] = { false, LINUX_MIB_TCPOFODROP },
	[TCPDIAG_MIB_OFO_PRUNED] = { false, LINUX_MIB_OFOPRUNED },
	[TCPDIAG_MIB_RCV_PRUNED] = { false, LINUX_MIB_RCVPRUNED },
	[TCPDIAG_MIB_RP_FILTER] = { false, LINUX_MIB_IPRPFILTER },
	[TCPDIAG_MIB_MD5_MISSING] = { false, LINUX_MIB_TCPMD5NOTFOUND },
	[TCPDIAG_MIB_MD5_UNEXPECTED] = { false, LINUX_MIB_TCPMD5UNEXPECTED },
	[TCPDIAG_MIB_MD5_WRONG] = { false, LINUX_MIB_TCPMD5FAILURE },
	[TCPDIAG_MIB_LOW_TTL] = { false, LINUX_MIB_TCPMINTTLDROP },
	[TCPDIAG_MIB_CHECKSUM_ERRORS] = { true, TCP_MIB_CSUMERRORS },
	[TCPDIAG_MIB_IN_SEGS] = { true, TCP_MIB_INSEGS },
	[TCPDIAG_MIB_OUT_SEGS] = { true, TCP_MIB_OUTSEGS },
	[TCPDIAG_MIB_RETRANS_SEGS] = { true, TCP_MIB_RETRANSSEGS },
	[TCPDIAG_MIB_TIMEOUTS] = { false, LINUX_MIB_TCPTIMEOUTS },
	[TCPDIAG_MIB_LOSS_PROBES] = { false, LINUX_MIB_TCPLOSSPROBES },
	[TCPDIAG_MIB_FAST_RETRANS] = { false, LINUX_MIB_TCPFASTRETRANS },
	[TCPDIAG_MIB_SPURIOUS_RTOS] = { false, LINUX_MIB_TCPSPURIOUSRTOS },
};

/**
 * tcpdiag_mib_total() - read a counter since the namespace began
 * @net: the namespace
 * @mib: the counter
 *
 * Context: process; the namespace is alive. Cost: grows with CPUs.
 * Return: its value.
 */
u64 tcpdiag_mib_total(const struct net *net, enum tcpdiag_mib mib)
{
	void __percpu *mibs = places[mib].tcp ?
			      (void __percpu *)net->mib.tcp_statistics :
			      (void __percpu *)net->mib.net_statistics;
	u64 total = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		total += snmp_get_cpu_field(mibs, cpu, places[mib].index);
	return total;
}

/**
 * tcpdiag_mibs_begin() - remember the present values of the counters
 * @tn: a namespace whose account begins
 *
 * Context: process.
 */
void tcpdiag_mibs_begin(struct tcpdiag_net *tn)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_MIBS_KEPT; i++)
		tn->mibs_before[i] = tcpdiag_mib_total(tn->net, i);
}

/**
 * tcpdiag_mib() - read a counter since the account began
 * @tn: the namespace
 * @mib: the counter, below TCPDIAG_MIBS_KEPT
 *
 * Context: process; the namespace is alive. Cost: grows with CPUs.
 * Return: its growth.
 */
u64 tcpdiag_mib(const struct tcpdiag_net *tn, enum tcpdiag_mib mib)
{
	return tcpdiag_mib_total(tn->net, mib) - tn->mibs_before[mib];
}
