/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Connections whose small writes are held back.
 */
#ifndef TCPDIAG_SURVEY_TAILS_H
#define TCPDIAG_SURVEY_TAILS_H

#include <linux/types.h>

#include "model/tail.h"

struct sock;
struct tcpdiag_record;

enum tcpdiag_tail tcpdiag_tails_look(const struct sock *sk);
void tcpdiag_tails_meet(const struct tcpdiag_record *rec);
bool tcpdiag_tails_any(void);

#endif /* TCPDIAG_SURVEY_TAILS_H */
