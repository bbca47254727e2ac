// SPDX-License-Identifier: GPL-2.0
/*
 * Weights of ab_split's arms: their text, and the choice among them. Pure
 * functions: kunit/ab_split_test.c links this file by itself.
 *
 *   weights := word { blank word }
 *   word    := NAME '=' WEIGHT		each name once, WEIGHT 0 to 1000000
 *   blank   := one or more of space, tab, newline; also around the whole
 *
 * An arm that is not named has weight 0. The sum must be above 0. Without
 * weights (NULL) all arms have the same share.
 *
 * To choose, the arms are laid side by side on a line, each as long as its
 * weight. The hash is a point on that line, and the arm there is chosen:
 *
 *   0          w0              w0+w1      sum
 *   |----------|----------------|----------|
 *                   ^ hash * sum / 2^32
 *
 * Each point of the line corresponds to 2^32 / sum hashes, rounded up or down.
 * Range: sum is at most 8,000,000, so these are at least 536, and rounding
 * changes an arm's share by less than 0.2 % of itself.
 */
#include <linux/bits.h>
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "model/addr.h"
#include "store/net.h"
#include "ab_weights.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

static int refuse(struct tcpdiag_ab_error *error, const char *what)
{
	error->what = what;
	return -EINVAL;
}

/* Index of the arm whose name is @len characters at @word; @n if none. */
static unsigned int find_arm(const char *word, size_t len,
			     const char *const *names, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		if (strlen(names[i]) == len && !memcmp(names[i], word, len))
			break;
	return i;
}

/*
 * A weight is decimal digits and nothing else. Range: the number is at most
 * 10^6 before a digit is appended, so it stays below 10^7 + 10.
 */
static int parse_weight(const char *digits, size_t len, u32 *weight)
{
	size_t i;

	*weight = 0;
	for (i = 0; i < len; i++) {
		if (!isdigit(digits[i]))
			return -EINVAL;
		*weight = *weight * 10 + (digits[i] - '0');
		if (*weight > TCPDIAG_AB_WEIGHT_MAX)
			return -EINVAL;
	}
	return len ? 0 : -EINVAL;
}

static int parse_word(const char *word, size_t len, const char *const *names,
		      unsigned int n, struct tcpdiag_ab_weights *weights,
		      unsigned long *seen, struct tcpdiag_ab_error *error)
{
	const char *equals = memchr(word, '=', len);
	size_t name_len;
	unsigned int i;

	if (!equals)
		return refuse(error, "no NAME=WEIGHT");
	name_len = equals - word;
	i = find_arm(word, name_len, names, n);
	if (i == n)
		return refuse(error, "unknown algorithm");
	if (*seen & BIT(i))
		return refuse(error, "algorithm named twice");
	*seen |= BIT(i);
	if (parse_weight(equals + 1, len - name_len - 1, &weights->weight[i]))
		return refuse(error, "weight out of range");
	weights->sum += weights->weight[i];
	return 0;
}

/**
 * tcpdiag_ab_weights_parse() - parse the text of weights
 * @text: "NAME=WEIGHT NAME=WEIGHT ..."; a null character ends it early
 * @len: length of the text
 * @names: names of the arms
 * @n: number of arms, at most TCPDIAG_AB_ARMS
 * @weights: the result; undefined on error
 * @error: on error, what is wrong with the text
 *
 * Context: any.
 * Return: 0, or -EINVAL if the text is not a valid set of weights.
 */
int tcpdiag_ab_weights_parse(const char *text, size_t len,
			     const char *const *names, unsigned int n,
			     struct tcpdiag_ab_weights *weights,
			     struct tcpdiag_ab_error *error)
{
	const char *end = text + strnlen(text, len);
	unsigned long seen = 0;
	const char *word;
	int err;

	memset(weights, 0, sizeof(*weights));
	error->word = 0;
	if (end - text >= TCPDIAG_AB_TEXT)
		return refuse(error, "text too long");
	for (;;) {
		while (text < end && is_blank(*text))
			text++;
		if (text == end)
			break;
		word = text;
		while (text < end && !is_blank(*text))
			text++;
		error->word++;
		err = parse_word(word, text - word, names, n, weights, &seen,
				 error);
		if (err)
			return err;
	}
	error->word = 0;
	if (!seen)
		return refuse(error, "no weights");
	if (!weights->sum)
		return refuse(error, "all weights are 0");
	return 0;
}

/**
 * tcpdiag_ab_weights_format() - print weights so that they can be parsed again
 * @text: the result: arms in their order, without those of weight 0; empty if
 *	there are no arms
 * @size: size of @text; TCPDIAG_AB_TEXT is enough
 * @names: names of the arms
 * @n: number of arms, at most TCPDIAG_AB_ARMS
 * @weights: the weights; NULL for equal ones
 *
 * Context: any.
 */
void tcpdiag_ab_weights_format(char *text, size_t size,
			       const char *const *names, unsigned int n,
			       const struct tcpdiag_ab_weights *weights)
{
	size_t used = 0;
	unsigned int i;

	text[0] = '\0';
	for (i = 0; i < n; i++) {
		u32 weight = weights ? weights->weight[i] : 1;

		if (weight)
			used += scnprintf(text + used, size - used, "%s%s=%u",
					  used ? " " : "", names[i], weight);
	}
}

/**
 * tcpdiag_ab_hash() - hash the two ends of a connection
 * @addr: the ends; every byte is hashed
 * @secret: key of the hash, so that nobody can predict it
 *
 * Context: any.
 * Return: the hash, uniform over 32 bits.
 */
u32 tcpdiag_ab_hash(const struct tcpdiag_addr *addr,
		    const siphash_key_t *secret)
{
	return siphash(addr, sizeof(*addr), secret);
}

/**
 * tcpdiag_ab_choose() - choose the arm for a connection
 * @weights: the weights; NULL for equal ones
 * @n: number of arms, above 0
 * @hash: from tcpdiag_ab_hash()
 *
 * Context: any.
 * Return: index of an arm, never of one whose weight is 0.
 */
unsigned int tcpdiag_ab_choose(const struct tcpdiag_ab_weights *weights,
			       unsigned int n, u32 hash)
{
	unsigned int i;
	u32 point;

	if (!weights)
		return reciprocal_scale(hash, n);
	/* below the sum, so the walk ends at an arm with a weight */
	point = reciprocal_scale(hash, weights->sum);
	for (i = 0; i < n - 1 && point >= weights->weight[i]; i++)
		point -= weights->weight[i];
	return i;
}
