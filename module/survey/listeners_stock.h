/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listeners that are being looked at (listeners_stock.c).
 */
#ifndef TCPDIAG_SURVEY_LISTENERS_STOCK_H
#define TCPDIAG_SURVEY_LISTENERS_STOCK_H

#include <linux/types.h>

#include "model/listener.h"

struct sock;
struct tcpdiag_net;

/**
 * struct tcpdiag_listeners_total - sum of all listeners of a namespace
 * @n: how many
 * @kept: how many are kept in the list
 * @q: sums of their queues; limits and drops are not set
 * @partial: there are so many that not all are kept
 */
struct tcpdiag_listeners_total {
	size_t n;
	size_t kept;
	struct tcpdiag_queues q;
	bool partial;
};

/**
 * struct tcpdiag_stock - listeners that are being looked at
 * @l: the listeners; each socket is referenced
 * @n: listeners in @l
 * @room: how many fit in @l
 * @idle: those of @l with empty queues
 * @missed: how many would have been kept if there had been room
 * @total: the sum of all listeners that the look went along
 */
struct tcpdiag_stock {
	struct tcpdiag_listener *l;
	size_t n;
	size_t room;
	size_t idle;
	size_t missed;
	struct tcpdiag_listeners_total total;
};

/* The socket of a listener that is in a stock, which has a reference to it. */
static inline struct sock *tcpdiag_stock_sock(const struct tcpdiag_listener *l)
{
	return (struct sock *)l->sk;
}

bool tcpdiag_stock_find(struct tcpdiag_stock *stock, struct tcpdiag_net *tn,
			size_t expected);
void tcpdiag_stock_look(struct tcpdiag_stock *stock);
u64 tcpdiag_stock_drops(struct tcpdiag_stock *stock, struct tcpdiag_net *tn);
bool tcpdiag_stock_services(struct tcpdiag_stock *stock, struct tcpdiag_net *tn,
			    u32 **keys);
void tcpdiag_stock_drop(struct tcpdiag_stock *stock);

#endif /* TCPDIAG_SURVEY_LISTENERS_STOCK_H */
