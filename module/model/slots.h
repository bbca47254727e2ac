/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded table that gives each key one of a fixed number of slots. The user
 * keeps the counts of the slots in an array of its own. A slot goes to another
 * key only if the user gives it up, so that the counts of a slot are all of one
 * key. No kernel state: KUnit links it unchanged.
 */
#ifndef TCPDIAG_SLOTS_H
#define TCPDIAG_SLOTS_H

#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/types.h>

#include "model/key.h"

#define TCPDIAG_SLOTS_BITS	6
/* Slots are 1 to TCPDIAG_SLOTS. */
#define TCPDIAG_SLOTS		BIT(TCPDIAG_SLOTS_BITS)
/* The index that the user counts in when there was no slot. */
#define TCPDIAG_SLOT_OTHER	(TCPDIAG_SLOTS + 1)
/* Size of an array with entries for 0 (no slot), each slot, and SLOT_OTHER. */
#define TCPDIAG_SLOT_PLACES	(TCPDIAG_SLOTS + 2)

/* Slots that the user is asked to give up, at each attempt. */
#define TCPDIAG_SLOTS_OFFERS	8

/**
 * struct tcpdiag_slots - which key has which slot
 * @head: first slot of the keys with one hash; 0 for none
 * @next: the next slot with the same hash; 0 for none
 * @used: slots that have a key
 * @hand: the slot that was offered last
 * @key: by slot
 */
struct tcpdiag_slots {
	u8 head[TCPDIAG_SLOTS];
	u8 next[TCPDIAG_SLOTS + 1];
	u8 used;
	u8 hand;
	struct tcpdiag_key key[TCPDIAG_SLOTS + 1];
};

/**
 * typedef tcpdiag_slots_give_up_fn - asks the user to give up a slot
 * @arg: the user's argument
 * @slot: the slot
 *
 * Return: true if the slot may go to another key: its counts are not needed.
 */
typedef bool (*tcpdiag_slots_give_up_fn)(void *arg, unsigned int slot);

static inline unsigned int tcpdiag_slots_hash(u64 mixed, u32 rest)
{
	return (mixed ^ ((u64)rest << 32 | rest)) * GOLDEN_RATIO_64 >>
	       (64 - TCPDIAG_SLOTS_BITS);
}

/**
 * tcpdiag_slots_find_small() - find the slot of a small key
 * @slots: the table
 * @word: the key's first word; the others are 0
 * @rest: its rest
 *
 * Context: any; the user's lock held.
 * Return: the slot, or 0.
 */
static __always_inline unsigned int
tcpdiag_slots_find_small(const struct tcpdiag_slots *slots, u64 word, u32 rest)
{
	unsigned int slot = slots->head[tcpdiag_slots_hash(word, rest)];

	while (slot && (slots->key[slot].word[0] != word ||
			slots->key[slot].rest != rest))
		slot = slots->next[slot];
	return slot;
}

unsigned int tcpdiag_slots_find(const struct tcpdiag_slots *slots,
				const struct tcpdiag_key *key);
unsigned int tcpdiag_slots_take(struct tcpdiag_slots *slots,
				const struct tcpdiag_key *key,
				tcpdiag_slots_give_up_fn give_up, void *arg);

#endif /* TCPDIAG_SLOTS_H */
