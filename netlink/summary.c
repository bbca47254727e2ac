// SPDX-License-Identifier: GPL-2.0
/*
 * The summary: what is wrong in short, and the view states, in one message.
 */
#include <linux/err.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <net/genetlink.h>
#include <net/tcp.h>

#include "diagnose/diagnosis.h"
#include "netlink/netlink.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/net.h"
#include "store/phase.h"
#include "store/reader.h"
#include "view/view.h"

/* Findings in the summary; the operation findings has all of them. */
#define FINDINGS	5

/* Room for it: five findings of at most 1.5 KiB and twelve states of 0.2. */
#define SUMMARY_SIZE	12000

static int put_module(struct sk_buff *skb, const struct tcpdiag_reader *reader)
{
	u64 ns = ktime_get_ns() - tcpdiag_phase_loaded_ns();

	if (nla_put_string(skb, TCPDIAG_A_SUMMARY_VERSION,
			   THIS_MODULE->version) ||
	    nla_put_u64_64bit(skb, TCPDIAG_A_SUMMARY_UPTIME_US,
			      div_u64(ns, NSEC_PER_USEC), TCPDIAG_A_PAD) ||
	    nla_put_u32(skb, TCPDIAG_A_SUMMARY_NETNS,
			reader->tn->net->ns.inum))
		return -EMSGSIZE;
	return nla_put_u8(skb, TCPDIAG_A_SUMMARY_OWNERS, reader->owners);
}

static int put_default_cc(struct sk_buff *skb, const struct net *net)
{
	const struct tcp_congestion_ops *ca;
	int err = 0;

	rcu_read_lock();
	ca = rcu_dereference(net->ipv4.tcp_congestion_control);
	if (ca)
		err = nla_put_string(skb, TCPDIAG_A_SUMMARY_DEFAULT_CC,
				     ca->name);
	rcu_read_unlock();
	return err;
}

/* One change: in the program if there is one, else on the host. */
static int put_finding(struct sk_buff *skb, const struct tcpdiag_finding *f)
{
	const char *change = *f->application ? f->application : f->host;
	struct nlattr *nest;

	nest = nla_nest_start(skb, TCPDIAG_A_SUMMARY_FINDING);
	if (!nest ||
	    nla_put_string(skb, TCPDIAG_A_FINDING_SEVERITY,
			   tcpdiag_findings_severity_name(f->severity)) ||
	    nla_put_string(skb, TCPDIAG_A_FINDING_CODE, f->code) ||
	    nla_put_string(skb, TCPDIAG_A_FINDING_WHAT, f->what) ||
	    (*change && nla_put_string(skb, TCPDIAG_A_FINDING_CHANGE, change)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_severities(struct sk_buff *skb,
			  const struct tcpdiag_findings *findings)
{
	u32 n[TCPDIAG_CRITICAL + 1] = { 0 };
	unsigned int i;

	for (i = 0; i < findings->n; i++)
		n[findings->found[i].severity]++;
	if (nla_put_u32(skb, TCPDIAG_A_SUMMARY_FINDINGS, findings->total) ||
	    nla_put_u32(skb, TCPDIAG_A_SUMMARY_CRITICALS,
			n[TCPDIAG_CRITICAL]) ||
	    nla_put_u32(skb, TCPDIAG_A_SUMMARY_WARNINGS, n[TCPDIAG_WARNING]))
		return -EMSGSIZE;
	return nla_put_u32(skb, TCPDIAG_A_SUMMARY_NOTES, n[TCPDIAG_NOTE]);
}

static int put_findings(struct sk_buff *skb,
			const struct tcpdiag_reader *reader)
{
	struct tcpdiag_diagnosis *d = tcpdiag_diagnose(reader);
	unsigned int i;
	int err;

	if (!d)
		return -ENOMEM;
	err = put_severities(skb, &d->findings);
	for (i = 0; i < min_t(unsigned int, d->findings.n, FINDINGS); i++)
		err = err ?: put_finding(skb, &d->findings.found[i]);
	tcpdiag_diagnosis_put(d);
	return err;
}

/* 1 for a state that was put, 0 after the last one, or a negative errno. */
static int put_state(struct sk_buff *skb, const struct tcpdiag_reader *reader,
		     void *frozen, u64 *pos, struct tcpdiag_row *row)
{
	struct nlattr *nest;
	int found;

	found = tcpdiag_view_row(&tcpdiag_view_states, reader, frozen, pos,
				 row);
	if (found <= 0)
		return found;
	nest = nla_nest_start(skb, TCPDIAG_A_SUMMARY_STATE);
	if (!nest || tcpdiag_netlink_put_row(skb, row, U64_MAX))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	++*pos;
	return 1;
}

static int put_states(struct sk_buff *skb, const struct tcpdiag_reader *reader)
{
	struct tcpdiag_row *row = kmalloc(sizeof(*row), TCPDIAG_GFP);
	void *frozen;
	u64 pos = 0;
	int found;

	if (!row)
		return tcpdiag_view_count_failure(reader, -ENOMEM);
	frozen = tcpdiag_view_freeze(&tcpdiag_view_states, reader);
	if (IS_ERR(frozen)) {
		kfree(row);
		return PTR_ERR(frozen);
	}
	do {
		found = put_state(skb, reader, frozen, &pos, row);
	} while (found > 0);
	tcpdiag_view_thaw(&tcpdiag_view_states, frozen);
	kfree(row);
	return found;
}

static int put_summary(struct sk_buff *skb, const struct tcpdiag_reader *reader)
{
	int err;

	err = put_module(skb, reader);
	if (err)
		return err;
	err = put_default_cc(skb, reader->tn->net);
	if (err)
		return err;
	err = put_findings(skb, reader);
	if (err)
		return tcpdiag_view_count_failure(reader, err);
	return put_states(skb, reader);
}

/**
 * tcpdiag_nl_get_doit() - answer with the summary
 * @request: the request
 * @info: the same, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_get_doit(struct sk_buff *request, struct genl_info *info)
{
	struct tcpdiag_reader reader;
	struct sk_buff *skb;
	void *message;
	int err;

	err = tcpdiag_netlink_reader(&reader, request);
	if (err)
		return err;
	skb = genlmsg_new(SUMMARY_SIZE, TCPDIAG_GFP);
	if (!skb)
		return tcpdiag_view_count_failure(&reader, -ENOMEM);
	message = genlmsg_put_reply(skb, info, &tcpdiag_nl_family, 0,
				    TCPDIAG_CMD_GET);
	err = message ? put_summary(skb, &reader) : -EMSGSIZE;
	if (err) {
		nlmsg_free(skb);
		return err;
	}
	genlmsg_end(skb, message);
	return genlmsg_reply(skb, info);
}
