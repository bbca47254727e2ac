// SPDX-License-Identifier: GPL-2.0
/*
 * Reads which sockets and columns a request asks for. The policy has checked
 * types; what may stand in an attribute is checked here, and a refusal names the
 * attribute.
 */
#include <linux/netlink.h>
#include <net/netlink.h>

#include "model/wanted.h"
#include "netlink/netlink.h"
#include "netlink/tcpdiag-nl-gen.h"
#include "store/reader.h"

static int refuse(struct netlink_ext_ack *extack, const struct nlattr *attr,
		  const char *message)
{
	NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = message;
	return -EINVAL;
}

/* Every attribute after COLUMNS is a column. */
#define COLUMNS								\
	GENMASK_ULL(TCPDIAG_A_SOCKETS_MAX, TCPDIAG_A_SOCKETS_COLUMNS + 1)

static int parse_columns(struct tcpdiag_wanted *wanted,
			 const struct nlattr *attr,
			 struct netlink_ext_ack *extack)
{
	BUILD_BUG_ON(TCPDIAG_A_SOCKETS_MAX > 63);

	if (!attr)
		return 0;
	wanted->columns = nla_get_u64(attr);
	if (!wanted->columns)
		return refuse(extack, attr, "no column is asked for");
	if (wanted->columns & ~COLUMNS)
		return refuse(extack, attr, "there is no such column");
	return 0;
}

static int parse_prefix(struct tcpdiag_prefix *prefix,
			const struct nlattr *attr,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TCPDIAG_A_PREFIX_LEN + 1];
	unsigned int len;
	int err;

	err = nla_parse_nested(tb, TCPDIAG_A_PREFIX_LEN, attr,
			       tcpdiag_prefix_nl_policy, extack);
	if (err)
		return err;
	if (!tb[TCPDIAG_A_PREFIX_ADDR])
		return refuse(extack, attr, "a prefix needs an address");
	len = nla_len(tb[TCPDIAG_A_PREFIX_ADDR]);
	if (len != sizeof(__be32) && len != sizeof(struct in6_addr))
		return refuse(extack, tb[TCPDIAG_A_PREFIX_ADDR],
			      "an address has 4 or 16 bytes");
	prefix->v6 = len == sizeof(struct in6_addr);
	memcpy(&prefix->addr, nla_data(tb[TCPDIAG_A_PREFIX_ADDR]), len);
	prefix->bits = 8 * len;
	if (!tb[TCPDIAG_A_PREFIX_LEN])
		return 0;
	prefix->bits = nla_get_u8(tb[TCPDIAG_A_PREFIX_LEN]);
	if (prefix->bits > 8 * len)
		return refuse(extack, tb[TCPDIAG_A_PREFIX_LEN],
			      "a prefix cannot be longer than its address");
	return 0;
}

/* Who owns a socket could be found out by asking for each owner in turn. */
static int check_owner(const struct tcpdiag_wanted *wanted,
		       const struct tcpdiag_reader *reader,
		       struct nlattr *const *tb, struct netlink_ext_ack *extack)
{
	unsigned long owners = wanted->conditions & TCPDIAG_WANTED_OWNER;

	if (!owners || reader->owners)
		return 0;
	refuse(extack, tb[__ffs(owners)],
	       "conditions on owners are for CAP_NET_ADMIN");
	return -EPERM;
}

/* Fixed-size conditions; what is not there keeps its 0. */
static void read_numbers(struct tcpdiag_wanted *wanted,
			 struct nlattr *const *tb)
{
	if (tb[TCPDIAG_A_FILTER_STATES])
		wanted->states = nla_get_u32(tb[TCPDIAG_A_FILTER_STATES]);
	if (tb[TCPDIAG_A_FILTER_LOCAL_PORT])
		wanted->local_port = nla_get_u16(tb[TCPDIAG_A_FILTER_LOCAL_PORT]);
	if (tb[TCPDIAG_A_FILTER_REMOTE_PORT])
		wanted->remote_port = nla_get_u16(tb[TCPDIAG_A_FILTER_REMOTE_PORT]);
	if (tb[TCPDIAG_A_FILTER_PID])
		wanted->pid = nla_get_u32(tb[TCPDIAG_A_FILTER_PID]);
	if (tb[TCPDIAG_A_FILTER_UID])
		wanted->uid = nla_get_u32(tb[TCPDIAG_A_FILTER_UID]);
	if (tb[TCPDIAG_A_FILTER_CGROUP])
		wanted->cgroup = nla_get_u64(tb[TCPDIAG_A_FILTER_CGROUP]);
	if (tb[TCPDIAG_A_FILTER_MIN_IN_STATE_US])
		wanted->min_us = nla_get_u64(tb[TCPDIAG_A_FILTER_MIN_IN_STATE_US]);
	if (tb[TCPDIAG_A_FILTER_CC])
		nla_strscpy(wanted->cc, tb[TCPDIAG_A_FILTER_CC],
			    sizeof(wanted->cc));
}

/* What the policy does not check of these numbers. */
static int check_numbers(const struct tcpdiag_wanted *wanted,
			 struct nlattr *const *tb,
			 struct netlink_ext_ack *extack)
{
	if (tb[TCPDIAG_A_FILTER_STATES] && !wanted->states)
		return refuse(extack, tb[TCPDIAG_A_FILTER_STATES],
			      "no state is asked for");
	if (tb[TCPDIAG_A_FILTER_PID] &&
	    (!wanted->pid || wanted->pid > INT_MAX))
		return refuse(extack, tb[TCPDIAG_A_FILTER_PID],
			      "no process has this pid");
	if (tb[TCPDIAG_A_FILTER_CC] && !*wanted->cc)
		return refuse(extack, tb[TCPDIAG_A_FILTER_CC],
			      "the name of the algorithm is empty");
	return 0;
}

/* Not every reader can have every condition. */
static int check_allowed(const struct tcpdiag_wanted *wanted, u32 allowed,
			 struct nlattr *const *tb,
			 struct netlink_ext_ack *extack)
{
	unsigned long others = wanted->conditions & ~allowed;

	return others ? refuse(extack, tb[__ffs(others)],
			       "there is no such condition on events") : 0;
}

static int parse_filter(struct tcpdiag_wanted *wanted,
			const struct tcpdiag_reader *reader,
			const struct nlattr *attr, u32 allowed,
			struct netlink_ext_ack *extack)
{
	struct nlattr *tb[TCPDIAG_A_FILTER_CC + 1];
	unsigned int i;
	int err;

	if (!attr)
		return 0;
	err = nla_parse_nested(tb, TCPDIAG_A_FILTER_CC, attr,
			       tcpdiag_filter_nl_policy, extack);
	if (err)
		return err;
	for (i = 0; i <= TCPDIAG_A_FILTER_CC; i++)
		if (tb[i])
			wanted->conditions |= BIT(i);
	err = check_allowed(wanted, allowed, tb, extack) ?:
	      check_owner(wanted, reader, tb, extack);
	if (err)
		return err;
	read_numbers(wanted, tb);
	err = check_numbers(wanted, tb, extack);
	if (!err && tb[TCPDIAG_A_FILTER_LOCAL_PREFIX])
		err = parse_prefix(&wanted->local,
				   tb[TCPDIAG_A_FILTER_LOCAL_PREFIX], extack);
	if (!err && tb[TCPDIAG_A_FILTER_REMOTE_PREFIX])
		err = parse_prefix(&wanted->remote,
				   tb[TCPDIAG_A_FILTER_REMOTE_PREFIX], extack);
	return err;
}

/**
 * tcpdiag_netlink_parse() - read which sockets and columns a request asks for
 * @wanted: the result; all columns and no condition before
 * @reader: the reader
 * @attrs: attributes of the request, by number
 * @extack: told what is wrong, and where
 *
 * Context: process.
 * Return: 0; -EINVAL for a value that is not allowed, -EPERM for a condition on
 * owners if the reader may not see them.
 */
int tcpdiag_netlink_parse(struct tcpdiag_wanted *wanted,
			  const struct tcpdiag_reader *reader,
			  struct nlattr *const *attrs,
			  struct netlink_ext_ack *extack)
{
	int err;

	err = parse_columns(wanted, attrs[TCPDIAG_A_SOCKETS_COLUMNS], extack);
	if (err)
		return err;
	return parse_filter(wanted, reader, attrs[TCPDIAG_A_SOCKETS_FILTER],
			    U32_MAX, extack);
}

/**
 * tcpdiag_netlink_parse_events() - read which events a request asks for
 * @wanted: the result; no condition before
 * @reader: the reader
 * @filter: the attribute with the conditions, or NULL
 * @allowed: conditions that there are on these events, TCPDIAG_WANTED()
 * @extack: told what is wrong, and where
 *
 * Context: process.
 * Return: 0; -EINVAL for a condition or a value that is not allowed, -EPERM for
 * a condition on owners if the reader may not see them.
 */
int tcpdiag_netlink_parse_events(struct tcpdiag_wanted *wanted,
				 const struct tcpdiag_reader *reader,
				 const struct nlattr *filter, u32 allowed,
				 struct netlink_ext_ack *extack)
{
	return parse_filter(wanted, reader, filter, allowed, extack);
}
