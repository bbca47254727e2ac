// SPDX-License-Identifier: GPL-2.0
/*
 * The last changes of a namespace's findings: a ring of fixed size. The worker
 * adds, readers copy one entry at a time, so that nobody waits for long.
 */
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "diagnose/because.h"
#include "diagnose/history.h"
#include "diagnose/standing.h"

/**
 * struct entry - a change
 * @at_ns: when, ktime_get_ns()
 * @time_us: the same, in microseconds since 1970
 * @stood_ns: how long the finding had stood
 * @event: raised, changed or cleared
 * @code: its code
 * @words: what it is about; NULL if memory was short
 * @severity: its severity; if it was cleared, the worst it had
 */
struct entry {
	u64 at_ns;
	u64 time_us;
	u64 stood_ns;
	const char *event;
	const char *code;
	struct tcpdiag_words *words;
	enum tcpdiag_severity severity;
};

/**
 * struct tcpdiag_history - the last changes of a namespace
 * @lock: protects all of it, and the users of words
 * @next: number of the next change
 * @entry: change N is at N % TCPDIAG_HISTORY
 */
struct tcpdiag_history {
	spinlock_t lock; /* see @lock */
	u64 next;
	struct entry entry[TCPDIAG_HISTORY];
};

/**
 * tcpdiag_history_alloc() - make an empty history
 * @gfp: flags of the allocation
 *
 * Context: process, may sleep.
 * Return: the history, or NULL.
 */
struct tcpdiag_history *tcpdiag_history_alloc(gfp_t gfp)
{
	struct tcpdiag_history *h = kvzalloc(sizeof(*h), gfp);

	if (h)
		spin_lock_init(&h->lock);
	return h;
}

static void put_words(struct tcpdiag_words *words)
{
	if (words && !--words->users)
		kfree(words);
}

/**
 * tcpdiag_history_free() - free a history
 * @h: the history, or NULL; without readers. Watched findings have let go of
 *	their words: tcpdiag_history_take_words()
 *
 * Context: process, may sleep.
 */
void tcpdiag_history_free(struct tcpdiag_history *h)
{
	unsigned int i;

	for (i = 0; h && i < TCPDIAG_HISTORY; i++)
		put_words(h->entry[i].words);
	kvfree(h);
}

/**
 * tcpdiag_words_alloc() - keep what a finding says
 * @f: the finding
 * @nobody: its sentence without names of processes, or ""
 * @gfp: flags of the allocation
 *
 * Context: as @gfp says.
 * Return: the words, or NULL.
 */
struct tcpdiag_words *tcpdiag_words_alloc(const struct tcpdiag_finding *f,
					  const char *nobody, gfp_t gfp)
{
	size_t full = strlen(f->what) + 1, rest = strlen(nobody) + 1;
	struct tcpdiag_words *words;

	words = kmalloc(struct_size(words, text, full + rest), gfp);
	if (!words)
		return NULL;
	words->users = 0;
	words->about = f->about;
	words->nobody = full;
	memcpy(words->text, f->what, full);
	memcpy(words->text + full, nobody, rest);
	return words;
}

/**
 * tcpdiag_history_take_words() - say what a watched finding is about now
 * @h: the history
 * @w: the finding
 * @words: the words; NULL for none
 *
 * Context: process, the worker's; or the namespace is about to end.
 */
void tcpdiag_history_take_words(struct tcpdiag_history *h,
				struct tcpdiag_watched *w,
				struct tcpdiag_words *words)
{
	spin_lock(&h->lock);
	put_words(w->words);
	w->words = words;
	if (words)
		words->users++;
	spin_unlock(&h->lock);
}

/**
 * tcpdiag_history_add() - add a change, in the place of the oldest one
 * @h: the history
 * @w: the finding, after the change
 * @event: raised, changed or cleared; a constant string
 * @now: when, ktime_get_ns()
 *
 * Context: process, the worker's.
 */
void tcpdiag_history_add(struct tcpdiag_history *h, struct tcpdiag_watched *w,
			 const char *event, u64 now)
{
	struct entry *e = &h->entry[h->next % TCPDIAG_HISTORY];

	spin_lock(&h->lock);
	put_words(e->words);
	*e = (struct entry) {
		.at_ns = now,
		.time_us = ktime_to_us(ktime_get_real()),
		.stood_ns = now - w->since_ns,
		.event = event,
		.code = w->code,
		.words = w->words,
		.severity = strcmp(event, "cleared") ? w->severity : w->worst,
	};
	if (e->words)
		e->words->users++;
	h->next++;
	spin_unlock(&h->lock);
}

/**
 * tcpdiag_history_next() - number of the next change
 * @h: the history
 *
 * Context: process.
 * Return: the number, which is that of all changes so far.
 */
u64 tcpdiag_history_next(struct tcpdiag_history *h)
{
	u64 next;

	spin_lock(&h->lock);
	next = h->next;
	spin_unlock(&h->lock);
	return next;
}

static void copy_words(const struct tcpdiag_words *words, bool names,
		       struct tcpdiag_past *past)
{
	memset(&past->about, 0, sizeof(past->about));
	past->what[0] = '\0';
	if (!words)
		return;
	past->about = words->about;
	strscpy(past->what, words->text + (names ? 0 : words->nobody),
		sizeof(past->what));
	if (names)
		return;
	memset(&past->about.owner, 0, sizeof(past->about.owner));
	past->about.cgroup = 0;
}

/**
 * tcpdiag_history_get() - copy a change
 * @h: the history
 * @n: its number; set to that of the first one after it that is kept
 * @names: the reader may see the host's processes
 * @past: the copy
 *
 * Context: process.
 * Return: false if there is none.
 */
bool tcpdiag_history_get(struct tcpdiag_history *h, u64 *n, bool names,
			 struct tcpdiag_past *past)
{
	const struct entry *e;
	u64 now;
	bool any;

	spin_lock(&h->lock);
	if (h->next > TCPDIAG_HISTORY)
		*n = max(*n, h->next - TCPDIAG_HISTORY);
	any = *n < h->next;
	if (any) {
		e = &h->entry[*n % TCPDIAG_HISTORY];
		now = max(ktime_get_ns(), e->at_ns);
		past->n = *n;
		past->time_us = e->time_us;
		past->ago_us = div_u64(now - e->at_ns, NSEC_PER_USEC);
		past->stood_us = div_u64(e->stood_ns, NSEC_PER_USEC);
		past->event = e->event;
		past->code = e->code;
		past->severity = e->severity;
		copy_words(e->words, names, past);
	}
	spin_unlock(&h->lock);
	return any;
}

static bool is_recent(const struct tcpdiag_past *past)
{
	return past->ago_us <= div_u64(TCPDIAG_ENDED_NS, NSEC_PER_USEC);
}

static bool is_present(const struct tcpdiag_findings *present,
		       const struct tcpdiag_past *past)
{
	unsigned int i;

	for (i = 0; i < present->n; i++) {
		const struct tcpdiag_finding *f = &present->found[i];

		if (f->code == past->code &&
		    tcpdiag_about_same(&f->about, &past->about))
			return true;
	}
	return false;
}

/**
 * struct seen - findings of which a later change was seen
 * @n: how many
 * @code: their codes
 * @about: whom they are about
 */
struct seen {
	unsigned int n;
	const char *code[TCPDIAG_ENDED_MAX];
	struct tcpdiag_about about[TCPDIAG_ENDED_MAX];
};

/* False if it was seen before; @seen has room. */
static bool is_first(struct seen *seen, const struct tcpdiag_past *past)
{
	unsigned int i;

	for (i = 0; i < seen->n; i++)
		if (seen->code[i] == past->code &&
		    tcpdiag_about_same(&seen->about[i], &past->about))
			return false;
	seen->code[seen->n] = past->code;
	seen->about[seen->n++] = past->about;
	return true;
}

/**
 * tcpdiag_history_ended() - what failed and is over
 * @h: the history
 * @names: the reader may see the host's processes
 * @present: what the reader is told of the present
 * @past: room for a change
 * @show: called for each, the last one first
 * @arg: its argument
 * @max: call it so often at most
 *
 * A finding that has ended more than TCPDIAG_ENDED_NS ago, that is there again,
 * or that never was more than a NOTE, is not meant.
 *
 * Context: process, may sleep.
 * Return: how many have ended; TCPDIAG_ENDED_MAX stands for more too.
 */
unsigned int
tcpdiag_history_ended(struct tcpdiag_history *h, bool names,
		      const struct tcpdiag_findings *present,
		      struct tcpdiag_past *past,
		      void (*show)(void *arg, const struct tcpdiag_past *past),
		      void *arg, unsigned int max)
{
	struct seen *seen = kzalloc(sizeof(*seen), GFP_KERNEL_ACCOUNT);
	u64 n = tcpdiag_history_next(h), at;
	unsigned int ended = 0;

	while (seen && n) {
		if (seen->n == TCPDIAG_ENDED_MAX) {
			ended = TCPDIAG_ENDED_MAX;
			break;
		}
		at = --n;
		if (!tcpdiag_history_get(h, &at, names, past) || at != n ||
		    !is_recent(past))
			break;
		if (!is_first(seen, past) || strcmp(past->event, "cleared") ||
		    past->severity == TCPDIAG_NOTE || is_present(present, past))
			continue;
		if (ended++ < max)
			show(arg, past);
	}
	kfree(seen);
	return ended;
}
