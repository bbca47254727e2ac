/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which TCP options peers have agreed to. Pure functions.
 */
#ifndef TCPDIAG_MODEL_OPTIONS_H
#define TCPDIAG_MODEL_OPTIONS_H

#include <linux/bits.h>
#include <linux/types.h>

#define TCPDIAG_OPTION_SCALE	BIT(0)	/* window scaling */
#define TCPDIAG_OPTION_TIMES	BIT(1)	/* timestamps */
#define TCPDIAG_OPTION_SACK	BIT(2)	/* selective ACKs */
#define TCPDIAG_OPTIONS		3

/* Peers that are remembered; a power of two. */
#define TCPDIAG_OPTIONS_PEERS	1024

/**
 * struct tcpdiag_options_peer - what a peer has agreed to
 * @tag: which peer it is; 0 for none
 * @minute: when it was last met
 * @had_minute: when a connection with it last had each option
 * @had: TCPDIAG_OPTION_* that one had; those not met for long are forgotten
 */
struct tcpdiag_options_peer {
	u32 tag;
	u16 minute;
	u16 had_minute[TCPDIAG_OPTIONS];
	u8 had;
};

/**
 * struct tcpdiag_options_memory - what peers have agreed to
 * @peer: by hash
 */
struct tcpdiag_options_memory {
	struct tcpdiag_options_peer peer[TCPDIAG_OPTIONS_PEERS];
};

unsigned int tcpdiag_options_meet(struct tcpdiag_options_memory *m, u64 hash,
				  unsigned int offered, unsigned int have,
				  u16 minute);

#endif /* TCPDIAG_MODEL_OPTIONS_H */
