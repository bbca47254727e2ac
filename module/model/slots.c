// SPDX-License-Identifier: GPL-2.0
/*
 * A bounded table of keys (see slots.h).
 */
#include <linux/string.h>

#include "model/slots.h"

static unsigned int hash_of(const struct tcpdiag_key *key)
{
	return tcpdiag_slots_hash(key->word[0] ^ key->word[1] ^
				  key->word[2] ^ key->word[3], key->rest);
}

static bool is_key(const struct tcpdiag_key *a, const struct tcpdiag_key *b)
{
	return a->rest == b->rest &&
	       !memcmp(a->word, b->word, sizeof(a->word));
}

/**
 * tcpdiag_slots_find() - find the slot of a key
 * @slots: the table
 * @key: the key
 *
 * Context: any; the user's lock held.
 * Return: the slot, or 0.
 */
unsigned int tcpdiag_slots_find(const struct tcpdiag_slots *slots,
				const struct tcpdiag_key *key)
{
	unsigned int slot = slots->head[hash_of(key)];

	while (slot && !is_key(&slots->key[slot], key))
		slot = slots->next[slot];
	return slot;
}

static void unlink_slot(struct tcpdiag_slots *slots, unsigned int slot)
{
	u8 *link = &slots->head[hash_of(&slots->key[slot])];

	while (*link != slot)
		link = &slots->next[*link];
	*link = slots->next[slot];
}

/* Offer the slots in turn, so that none is asked for too often. */
static unsigned int given_up(struct tcpdiag_slots *slots,
			     tcpdiag_slots_give_up_fn give_up, void *arg)
{
	unsigned int i;

	for (i = 0; i < TCPDIAG_SLOTS_OFFERS; i++) {
		slots->hand = slots->hand % TCPDIAG_SLOTS + 1;
		if (!give_up(arg, slots->hand))
			continue;
		unlink_slot(slots, slots->hand);
		return slots->hand;
	}
	return 0;
}

/**
 * tcpdiag_slots_take() - take a slot for a key that has none
 * @slots: the table
 * @key: the key; tcpdiag_slots_find() does not find it
 * @give_up: called when all slots have a key
 * @arg: passed to @give_up
 *
 * Context: any; the user's lock held.
 * Return: the slot; 0 if there is none.
 */
unsigned int tcpdiag_slots_take(struct tcpdiag_slots *slots,
				const struct tcpdiag_key *key,
				tcpdiag_slots_give_up_fn give_up, void *arg)
{
	unsigned int hash = hash_of(key);
	unsigned int slot;

	if (slots->used < TCPDIAG_SLOTS)
		slot = ++slots->used;
	else
		slot = given_up(slots, give_up, arg);
	if (!slot)
		return 0;
	slots->key[slot] = *key;
	slots->next[slot] = slots->head[hash];
	slots->head[hash] = slot;
	return slot;
}
