// SPDX-License-Identifier: GPL-2.0
/*
 * The operations subscribe and unsubscribe: which stream, and which of its
 * events.
 */
#include <net/genetlink.h>

#include "model/wanted.h"
#include "netlink/netlink.h"
#include "netlink/subscriber.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/reader.h"
#include "view/view.h"

static const struct tcpdiag_streamed *const streams[] = {
	&tcpdiag_streamed_transitions,
	&tcpdiag_streamed_segments,
};

/* The policy lets no other number pass. */
static const struct tcpdiag_streamed *stream_of(const struct genl_info *info)
{
	const struct nlattr *attr = info->attrs[TCPDIAG_A_SUBSCRIPTION_STREAM];
	unsigned int i;

	for (i = 0; attr && i < ARRAY_SIZE(streams); i++)
		if (streams[i]->stream == nla_get_u32(attr))
			return streams[i];
	NL_SET_ERR_MSG(info->extack, "the attribute stream is missing");
	return NULL;
}

static int check_sender(const struct tcpdiag_reader *reader,
			struct netlink_ext_ack *extack)
{
	if (reader->owners)
		return 0;
	NL_SET_ERR_MSG(extack, "subscriptions are for CAP_NET_ADMIN");
	return -EPERM;
}

/**
 * tcpdiag_netlink_subscribe() - send the events of a stream to a request's sender
 * @streamed: the stream
 * @request: the request
 * @filter: the attribute with conditions on events, or NULL
 * @quota: how much it is sent; NULL for no limit
 * @extack: told why not
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_netlink_subscribe(const struct tcpdiag_streamed *streamed,
			      const struct sk_buff *request,
			      const struct nlattr *filter,
			      const struct tcpdiag_quota *quota,
			      struct netlink_ext_ack *extack)
{
	struct tcpdiag_wanted wanted = {};
	struct tcpdiag_reader reader;
	int err;

	err = tcpdiag_netlink_reader(&reader, request);
	if (err)
		return err;
	err = check_sender(&reader, extack) ?:
	      tcpdiag_netlink_parse_events(&wanted, &reader, filter,
					   streamed->conditions, extack) ?:
	      tcpdiag_subscriber_add(streamed, request, &wanted, quota, extack);
	return tcpdiag_view_count_failure(&reader, err);
}

/**
 * tcpdiag_nl_subscribe_doit() - send the events of a stream to the sender
 * @request: the request
 * @info: the same, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_subscribe_doit(struct sk_buff *request, struct genl_info *info)
{
	const struct nlattr *filter = info->attrs[TCPDIAG_A_SUBSCRIPTION_FILTER];
	const struct tcpdiag_streamed *streamed = stream_of(info);

	if (!streamed)
		return -EINVAL;
	return tcpdiag_netlink_subscribe(streamed, request, filter,
					 streamed->quota, info->extack);
}

/**
 * tcpdiag_nl_unsubscribe_doit() - end the sender's subscription to a stream
 * @request: the request
 * @info: the same, parsed
 *
 * Context: process, may sleep.
 * Return: 0 or a negative errno.
 */
int tcpdiag_nl_unsubscribe_doit(struct sk_buff *request, struct genl_info *info)
{
	const struct tcpdiag_streamed *streamed = stream_of(info);

	if (!streamed)
		return -EINVAL;
	return tcpdiag_subscriber_remove(streamed->stream, request,
					 info->extack);
}
