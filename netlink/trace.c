// SPDX-License-Identifier: GPL-2.0
/*
 * The operation trace: subscribes to the stream segments with limits of its own.
 */
#include <linux/time64.h>
#include <net/genetlink.h>

#include "account/resets.h"
#include "model/quota.h"
#include "model/segment.h"
#include "model/wanted.h"
#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "view/view.h"

/* Segments that wait for one subscriber: 192 KiB. */
#define ROOM	2048

/* A segment has no owner and no state. */
#define CONDITIONS							\
	(TCPDIAG_WANTED(LOCAL_PORT) | TCPDIAG_WANTED(REMOTE_PORT) |	\
	 TCPDIAG_WANTED(LOCAL_PREFIX) | TCPDIAG_WANTED(REMOTE_PREFIX))

static const struct tcpdiag_quota usual = {
	.events = TCPDIAG_TRACE_SEGMENTS,
	.per_s = TCPDIAG_TRACE_PER_S,
	.time_ns = (u64)TCPDIAG_TRACE_S * NSEC_PER_SEC,
};

static int put_ends(struct sk_buff *skb, const struct tcpdiag_segment *s)
{
	struct tcpdiag_end end = {
		.v6 = s->v6,
		.addr = s->addr.local,
		.port = s->addr.lport,
	};
	int err;

	err = tcpdiag_netlink_put_end(skb, TCPDIAG_A_SEGMENT_EVENT_LOCAL, &end);
	end.addr = s->addr.remote;
	end.port = s->addr.rport;
	return err ?: tcpdiag_netlink_put_end(skb,
			TCPDIAG_A_SEGMENT_EVENT_REMOTE, &end);
}

static int put_header(struct sk_buff *skb, const struct tcpdiag_segment *s)
{
	if (nla_put_u8(skb, TCPDIAG_A_SEGMENT_EVENT_OUT, s->out) ||
	    nla_put_u8(skb, TCPDIAG_A_SEGMENT_EVENT_FLAGS, s->flags) ||
	    nla_put_u32(skb, TCPDIAG_A_SEGMENT_EVENT_SEQ, s->seq) ||
	    nla_put_u32(skb, TCPDIAG_A_SEGMENT_EVENT_ACK, s->ack) ||
	    nla_put_u16(skb, TCPDIAG_A_SEGMENT_EVENT_WINDOW, s->window) ||
	    nla_put_u16(skb, TCPDIAG_A_SEGMENT_EVENT_PACKETS, s->packets))
		return -EMSGSIZE;
	return s->known & TCPDIAG_SEGMENT_LEN ?
	       nla_put_u32(skb, TCPDIAG_A_SEGMENT_EVENT_LEN, s->len) : 0;
}

static int put_options(struct sk_buff *skb, const struct tcpdiag_segment *s)
{
	if (s->known & TCPDIAG_SEGMENT_MSS &&
	    nla_put_u16(skb, TCPDIAG_A_SEGMENT_EVENT_MSS, s->mss))
		return -EMSGSIZE;
	if (s->known & TCPDIAG_SEGMENT_WSCALE &&
	    nla_put_u8(skb, TCPDIAG_A_SEGMENT_EVENT_WSCALE, s->wscale))
		return -EMSGSIZE;
	if (s->known & TCPDIAG_SEGMENT_SACK_PERMITTED &&
	    nla_put_flag(skb, TCPDIAG_A_SEGMENT_EVENT_SACK_PERMITTED))
		return -EMSGSIZE;
	if (!(s->known & TCPDIAG_SEGMENT_TS))
		return 0;
	return nla_put_u32(skb, TCPDIAG_A_SEGMENT_EVENT_TSVAL, s->tsval) ?:
	       nla_put_u32(skb, TCPDIAG_A_SEGMENT_EVENT_TSECR, s->tsecr);
}

static int put_reason(struct sk_buff *skb, unsigned int reason)
{
	char word[TCPDIAG_RESETS_REASON_LEN];

	tcpdiag_resets_reason(word, reason);
	return nla_put_string(skb, TCPDIAG_A_SEGMENT_EVENT_RESET_REASON, word);
}

static int put_event(struct sk_buff *skb, const void *event)
{
	const struct tcpdiag_segment *s = event;

	if (tcpdiag_netlink_put_u64(skb, TCPDIAG_A_SEGMENT_EVENT_TIME_US,
				    tcpdiag_netlink_real_us(s->at_ns)) ||
	    put_ends(skb, s))
		return -EMSGSIZE;
	if (s->reason)
		return put_reason(skb, s->reason - 1);
	return put_header(skb, s) ?: put_options(skb, s);
}

static int put_end(struct sk_buff *skb, enum tcpdiag_why why, u64 lost,
		   u64 limited)
{
	static const char *const reasons[] = {
		[TCPDIAG_WHY_ASKED]	= "asked",
		[TCPDIAG_WHY_EVENTS]	= "segments",
		[TCPDIAG_WHY_TIME]	= "time",
		[TCPDIAG_WHY_UNLOADED]	= "unloaded",
	};

	if (nla_put_string(skb, TCPDIAG_A_TRACE_END_REASON, reasons[why]) ||
	    (lost &&
	     tcpdiag_netlink_put_u64(skb, TCPDIAG_A_TRACE_END_LOST, lost)))
		return -EMSGSIZE;
	return limited ? tcpdiag_netlink_put_u64(skb,
			TCPDIAG_A_TRACE_END_LIMITED, limited) : 0;
}

const struct tcpdiag_streamed tcpdiag_streamed_segments = {
	.stream = TCPDIAG_STREAM_SEGMENTS,
	.cmd = TCPDIAG_CMD_SEGMENT_EVENT,
	.lost_attr = TCPDIAG_A_SEGMENT_EVENT_LOST,
	.limited_attr = TCPDIAG_A_SEGMENT_EVENT_LIMITED,
	.end_cmd = TCPDIAG_CMD_TRACE_END,
	.conditions = CONDITIONS,
	.quota = &usual,
	.size = sizeof(struct tcpdiag_segment),
	.room = ROOM,
	.begin = tcpdiag_tap_begin,
	.end = tcpdiag_tap_end,
	.put_event = put_event,
	.put_end = put_end,
};

static int parse_segments(struct tcpdiag_quota *quota, const struct nlattr *attr,
			  struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	quota->events = nla_get_u32(attr);
	if (quota->events)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "no segment is asked for");
	return -EINVAL;
}

static int parse_per_s(struct tcpdiag_quota *quota, const struct nlattr *attr,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	quota->per_s = nla_get_u32(attr);
	if (quota->per_s && quota->per_s <= TCPDIAG_TRACE_PER_S_MAX)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "a trace sends 1 to 100000 segments a second");
	return -EINVAL;
}

static int parse_time(struct tcpdiag_quota *quota, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	u64 us;

	if (!attr)
		return 0;
	us = nla_get_u64(attr);
	quota->time_ns = us * NSEC_PER_USEC;
	if (us && us <= (u64)TCPDIAG_TRACE_S_MAX * USEC_PER_SEC)
		return 0;
	NL_SET_ERR_MSG_ATTR(extack, attr, "a trace takes 1 us to a day");
	return -EINVAL;
}

/**
 * tcpdiag_nl_trace_doit() - send segments to the sender
 * @request: the request
 * @info: the same, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_trace_doit(struct sk_buff *request, struct genl_info *info)
{
	struct netlink_ext_ack *extack = info->extack;
	struct tcpdiag_quota quota = usual;
	struct nlattr **attrs = info->attrs;
	int err;

	err = parse_segments(&quota, attrs[TCPDIAG_A_TRACE_SEGMENTS], extack) ?:
	      parse_per_s(&quota, attrs[TCPDIAG_A_TRACE_PER_S], extack) ?:
	      parse_time(&quota, attrs[TCPDIAG_A_TRACE_TIME_US], extack);
	if (err)
		return err;
	return tcpdiag_netlink_subscribe(&tcpdiag_streamed_segments, request,
					 attrs[TCPDIAG_A_TRACE_FILTER], &quota,
					 extack);
}
