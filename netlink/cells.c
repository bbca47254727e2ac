// SPDX-License-Identifier: GPL-2.0
/*
 * Puts the cells of a row into a message. A cell that is not known has no
 * attribute.
 */
#include <net/netlink.h>

#include "netlink/netlink.h"
#include "view/view.h"

/* Put what an end has besides its port. */
static int put_address(struct sk_buff *skb, const struct tcpdiag_end *end)
{
	size_t len = end->v6 ? sizeof(struct in6_addr) : sizeof(__be32);

	if (nla_put(skb, TCPDIAG_A_END_ADDR, len, &end->addr) ||
	    (end->device &&
	     nla_put_u32(skb, TCPDIAG_A_END_DEVICE, end->device)) ||
	    (end->v6 && end->v6only &&
	     nla_put_flag(skb, TCPDIAG_A_END_V6ONLY)))
		return -EMSGSIZE;
	return 0;
}

static int put_addr(struct sk_buff *skb, u8 attr, const struct tcpdiag_end *end)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_address(skb, end))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * tcpdiag_netlink_put_end() - put an address and a port into a message
 * @skb: the message; the caller cancels it if this fails
 * @attr: number of the attribute
 * @end: the address and the port
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE if there is not enough room.
 */
int tcpdiag_netlink_put_end(struct sk_buff *skb, u8 attr,
			    const struct tcpdiag_end *end)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || put_address(skb, end) ||
	    nla_put_u16(skb, TCPDIAG_A_END_PORT, end->port))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_time(struct sk_buff *skb, u8 attr, unsigned int state, u64 us)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    nla_put_string(skb, TCPDIAG_A_TIME_STATE,
			   tcpdiag_fsm_state_name(state)) ||
	    nla_put_u64_64bit(skb, TCPDIAG_A_TIME_US, us, TCPDIAG_A_TIME_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_times(struct sk_buff *skb, u8 attr,
		     const struct tcpdiag_times *times)
{
	unsigned int i, state;

	for (i = 0; i < ARRAY_SIZE(tcpdiag_fsm_order); i++) {
		state = tcpdiag_fsm_order[i];
		if (times->states & BIT(state) &&
		    put_time(skb, attr, state, times->us[state]))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_value(struct sk_buff *skb, const struct tcpdiag_column *column,
		     const struct tcpdiag_cell *cell)
{
	switch (column->kind) {
	case TCPDIAG_KIND_COUNT:
	case TCPDIAG_KIND_US:
	case TCPDIAG_KIND_TENTHS:
		return nla_put_u64_64bit(skb, column->attr, cell->u,
					 TCPDIAG_A_PAD);
	case TCPDIAG_KIND_SIGNED:
		return nla_put_s64(skb, column->attr, cell->s, TCPDIAG_A_PAD);
	case TCPDIAG_KIND_FLAG:
		return nla_put_u8(skb, column->attr, !!cell->u);
	case TCPDIAG_KIND_WORD:
	case TCPDIAG_KIND_NAME:
	case TCPDIAG_KIND_TEXT:
		return nla_put_string(skb, column->attr, cell->text);
	case TCPDIAG_KIND_ADDR:
		return put_addr(skb, column->attr, &cell->end);
	case TCPDIAG_KIND_END:
		return tcpdiag_netlink_put_end(skb, column->attr, &cell->end);
	case TCPDIAG_KIND_TIMES:
		return put_times(skb, column->attr, cell->times);
	}
	return -EINVAL;
}

/* A word in place of an address or of an address and a port. */
static int put_end_word(struct sk_buff *skb, u8 attr, const char *word)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest || nla_put_string(skb, TCPDIAG_A_END_WORD, word))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_word(struct sk_buff *skb, const struct tcpdiag_column *column,
		    const char *word)
{
	switch (column->kind) {
	case TCPDIAG_KIND_WORD:
		return nla_put_string(skb, column->attr, word);
	case TCPDIAG_KIND_ADDR:
	case TCPDIAG_KIND_END:
		return put_end_word(skb, column->attr, word);
	default:
		if (WARN_ON_ONCE(!column->word))
			return 0;
		return nla_put_string(skb, column->word, word);
	}
}

/**
 * tcpdiag_netlink_put_row() - put a row into a message
 * @skb: the message; the caller cancels it if this fails
 * @row: the row, filled
 * @columns: which columns, by the numbers of their attributes
 *
 * Context: process.
 * Return: 0, or -EMSGSIZE if there is not enough room.
 */
int tcpdiag_netlink_put_row(struct sk_buff *skb, const struct tcpdiag_row *row,
			    u64 columns)
{
	const struct tcpdiag_view *view = row->view;
	unsigned int i;
	int err = 0;

	WARN_ON_ONCE(row->n != view->columns);
	for (i = 0; i < row->n && !err; i++) {
		const struct tcpdiag_column *column = &view->column[i];
		const struct tcpdiag_cell *cell = &row->cell[i];

		if (!(columns & BIT_ULL(column->attr)))
			continue;
		if (cell->content == TCPDIAG_CELL_VALUE)
			err = put_value(skb, column, cell);
		else if (cell->content == TCPDIAG_CELL_WORD)
			err = put_word(skb, column, cell->text);
	}
	return err;
}
