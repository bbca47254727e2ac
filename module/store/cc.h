/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion control algorithms that have been seen, each with an index.
 */
#ifndef TCPDIAG_STORE_CC_H
#define TCPDIAG_STORE_CC_H

#include <linux/types.h>

#include "model/cc.h"

struct sock;

extern u32 tcpdiag_cc_keys[TCPDIAG_CC_SLOTS];
unsigned int tcpdiag_cc_find(const struct sock *sk);
const char *tcpdiag_cc_name(unsigned int index);

#endif /* TCPDIAG_STORE_CC_H */
