/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Congestion control algorithms, by index.
 */
#ifndef TCPDIAG_MODEL_CC_H
#define TCPDIAG_MODEL_CC_H

/* Algorithms with an index of their own; the last index is "other". */
#define TCPDIAG_CC_SLOTS	16

#endif /* TCPDIAG_MODEL_CC_H */
