/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Weights of ab_split's arms: their text, and the choice among them.
 */
#ifndef TCPDIAG_AB_WEIGHTS_H
#define TCPDIAG_AB_WEIGHTS_H

#include <linux/siphash.h>
#include <linux/types.h>

struct tcpdiag_addr;

/* Algorithms that ab_split can choose among, at most. */
#define TCPDIAG_AB_ARMS		8U
/* The sum of eight weights is below 2^23. */
#define TCPDIAG_AB_WEIGHT_MAX	1000000U
/* Eight times a name of 15, '=', seven digits and a blank is 192. */
#define TCPDIAG_AB_TEXT		256

/**
 * struct tcpdiag_ab_weights - shares of new connections
 * @rcu: for freeing it after the last reader
 * @sum: sum of all weights, above 0
 * @weight: weight of each arm; an arm of weight 0 gets no connection
 */
struct tcpdiag_ab_weights {
	struct rcu_head rcu;
	u32 sum;
	u32 weight[TCPDIAG_AB_ARMS];
};

/**
 * struct tcpdiag_ab_error - why a text is not a valid set of weights
 * @what: what is wrong, in words
 * @word: which word is wrong, from 1; 0 if the text as a whole is
 */
struct tcpdiag_ab_error {
	const char *what;
	unsigned int word;
};

int tcpdiag_ab_weights_parse(const char *text, size_t len,
			     const char *const *names, unsigned int n,
			     struct tcpdiag_ab_weights *weights,
			     struct tcpdiag_ab_error *error);
void tcpdiag_ab_weights_format(char *text, size_t size,
			       const char *const *names, unsigned int n,
			       const struct tcpdiag_ab_weights *weights);
u32 tcpdiag_ab_hash(const struct tcpdiag_addr *addr,
		    const siphash_key_t *secret);
unsigned int tcpdiag_ab_choose(const struct tcpdiag_ab_weights *weights,
			       unsigned int n, u32 hash);

#endif /* TCPDIAG_AB_WEIGHTS_H */
