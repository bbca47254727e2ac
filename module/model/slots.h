/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bounded table of keys: which of a fixed number of slots a key has. What is
 * counted for a key is the user's, in an array of its own. A slot goes to
 * another key only if its user gives it up, so that what is counted in a slot
 * is all of one key. No kernel state: KUnit links it as it is.
 */
#ifndef TCPDIAG_SLOTS_H
#define TCPDIAG_SLOTS_H

#include <linux/bits.h>
#include <linux/hash.h>
#include <linux/types.h>

#define TCPDIAG_SLOTS_BITS	6
/* Slots are 1 to TCPDIAG_SLOTS. */
#define TCPDIAG_SLOTS		BIT(TCPDIAG_SLOTS_BITS)
/* What its user counts in when there was no slot. */
#define TCPDIAG_SLOT_OTHER	(TCPDIAG_SLOTS + 1)
/* Size of an array with a place for each slot, and for no slot at all, 0. */
#define TCPDIAG_SLOT_PLACES	(TCPDIAG_SLOTS + 2)

/* Slots that are offered to their user, to give one up, at each attempt. */
#define TCPDIAG_SLOTS_OFFERS	8

/**
 * struct tcpdiag_key - what is told apart
 * @word: anything; all 0 behind the first in keys that are small
 * @rest: anything; not the same in keys of different kinds
 */
struct tcpdiag_key {
	u64 word[4];
	u32 rest;
};

/**
 * struct tcpdiag_slots - who has which slot
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
 * typedef tcpdiag_slots_give_up_fn - may a slot go to another key?
 * @arg: the user's
 * @slot: the slot
 *
 * Return: true if so, when nothing that is counted in it is needed any more.
 */
typedef bool (*tcpdiag_slots_give_up_fn)(void *arg, unsigned int slot);

static inline unsigned int tcpdiag_slots_hash(u64 mixed, u32 rest)
{
	return (mixed ^ ((u64)rest << 32 | rest)) * GOLDEN_RATIO_64 >>
	       (64 - TCPDIAG_SLOTS_BITS);
}

/**
 * tcpdiag_slots_find_small() - the slot of a small key
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
