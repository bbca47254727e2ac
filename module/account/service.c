// SPDX-License-Identifier: GPL-2.0
/*
 * Services (see service.h). A service is made at its first handshake. When no
 * listener of its kind is left, it is folded into the service "other". "other"
 * also counts the services that a shard has no room for.
 */
#include <linux/bsearch.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "account/service.h"
#include "store/addr.h"
#include "store/age.h"
#include "store/net.h"
#include "store/phase.h"

/* Services that are folded while the lock is held once: each has a distribution. */
#define PRUNED	8

static void put(struct tcpdiag_shard *shard, struct tcpdiag_service *svc)
{
	struct tcpdiag_service **chain = tcpdiag_service_chain(shard, svc->key);

	lockdep_assert_held(&shard->lock);
	svc->next = *chain;
	*chain = svc;
	shard->nr_services++;
}

static bool has_room(const struct tcpdiag_shard *shard)
{
	return shard->nr_services < TCPDIAG_SERVICES_MAX;
}

static struct tcpdiag_service *add(struct tcpdiag_shard *shard, u32 key)
{
	struct tcpdiag_service *svc;

	svc = kzalloc(sizeof(*svc), TCPDIAG_GFP_EVENT);
	if (!svc) {
		atomic64_inc(&shard->alloc_failed);
		return NULL;
	}
	svc->key = key;
	tcpdiag_lately_roll(&svc->late, 0, tcpdiag_coarse_ns());
	put(shard, svc);
	return svc;
}

/**
 * tcpdiag_service_new() - make a service
 * @shard: the shard, locked
 * @key: the key of the service, which is not there yet
 *
 * Context: interrupts off.
 * Return: the service, or "other" if there is no room; NULL, which is counted,
 * if memory is short.
 */
struct tcpdiag_service *tcpdiag_service_new(struct tcpdiag_shard *shard,
					    u32 key)
{
	struct tcpdiag_service *other;

	if (has_room(shard))
		return add(shard, key);
	other = tcpdiag_service_find(shard, TCPDIAG_SERVICE_OTHER);
	return other ?: add(shard, TCPDIAG_SERVICE_OTHER);
}

/**
 * tcpdiag_service_key_of() - key of a listener's service
 * @listener: the listener; or a child that still has its address
 *
 * Context: any.
 * Return: the key.
 */
u32 tcpdiag_service_key_of(const struct sock *listener)
{
	return tcpdiag_service_key(READ_ONCE(inet_sk(listener)->inet_num),
				   tcpdiag_addr_listener_flags(listener));
}

/**
 * tcpdiag_service_late() - count a handshake that needed more than one SYN-ACK
 * @svc: the service, its shard locked; it is in @svc->done already
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_service_late(struct tcpdiag_service *svc)
{
	svc->repeated++;
	tcpdiag_lately_add(&svc->late, svc->done - 1, ktime_get_ns());
}

/**
 * tcpdiag_service_synack() - count a SYN-ACK that is sent again
 * @shard: a shard of the listener's namespace, locked
 * @key: the key of the service
 *
 * Context: softirq or process, interrupts off.
 */
void tcpdiag_service_synack(struct tcpdiag_shard *shard, u32 key)
{
	struct tcpdiag_service *svc = tcpdiag_service_find(shard, key);

	if (unlikely(!svc))
		svc = tcpdiag_service_new(shard, key);
	if (likely(svc))
		svc->synacks++;
}

/**
 * tcpdiag_service_release() - free all services of a shard
 * @shard: the shard; nobody else uses it any more
 *
 * Context: any.
 */
void tcpdiag_service_release(struct tcpdiag_shard *shard)
{
	struct tcpdiag_service *svc, *next;
	unsigned int i;

	for (i = 0; i < TCPDIAG_SERVICE_CHAINS; i++) {
		for (svc = shard->services[i]; svc; svc = next) {
			next = svc->next;
			kfree(svc);
		}
	}
}

/**
 * tcpdiag_service_bytes() - memory of a shard's services
 * @shard: the shard, locked
 *
 * Context: interrupts off.
 * Return: bytes.
 */
size_t tcpdiag_service_bytes(struct tcpdiag_shard *shard)
{
	lockdep_assert_held(&shard->lock);
	return shard->nr_services * sizeof(struct tcpdiag_service);
}

static void fold(struct tcpdiag_service *into, struct tcpdiag_service *from)
{
	unsigned int i;

	into->done += from->done;
	into->stayed += from->stayed;
	into->repeated += from->repeated;
	into->untimed += from->untimed;
	into->fast_open += from->fast_open;
	into->synacks += from->synacks;
	for (i = 0; i < TCPDIAG_HIST_BUCKETS; i++)
		atomic64_add(atomic64_read(&from->rtt.bucket[i]),
			     &into->rtt.bucket[i]);
	if (atomic64_read(&from->rtt.max_us) >
	    atomic64_read(&into->rtt.max_us))
		atomic64_set(&into->rtt.max_us,
			     atomic64_read(&from->rtt.max_us));
}

static int by_key(const void *a, const void *b)
{
	u32 x = *(const u32 *)a, y = *(const u32 *)b;

	return x < y ? -1 : x > y;
}

/* Take services that are not in @keys off their chains, @max at most. */
static struct tcpdiag_service *take_off(struct tcpdiag_shard *shard,
					const u32 *keys, size_t n,
					unsigned int max)
{
	struct tcpdiag_service **link, *svc, *dead = NULL;
	unsigned int i;

	lockdep_assert_held(&shard->lock);
	for (i = 0; i < TCPDIAG_SERVICE_CHAINS; i++) {
		link = &shard->services[i];
		while (max && (svc = *link)) {
			if (svc->key == TCPDIAG_SERVICE_OTHER ||
			    bsearch(&svc->key, keys, n, sizeof(*keys),
				    by_key)) {
				link = &svc->next;
				continue;
			}
			*link = svc->next;
			shard->nr_services--;
			svc->next = dead;
			dead = svc;
			max--;
		}
	}
	return dead;
}

/* Whether there may be more. */
static bool prune_some(struct tcpdiag_shard *shard, const u32 *keys, size_t n)
{
	struct tcpdiag_service *svc, *next, *other;
	unsigned int pruned = 0;

	lockdep_assert_held(&shard->lock);
	other = tcpdiag_service_find(shard, TCPDIAG_SERVICE_OTHER);
	for (svc = take_off(shard, keys, n, PRUNED); svc; svc = next) {
		next = svc->next;
		pruned++;
		if (other) {
			fold(other, svc);
			kfree(svc);
		} else {
			svc->key = TCPDIAG_SERVICE_OTHER;
			put(shard, svc);
			other = svc;
		}
	}
	return pruned == PRUNED;
}

static void prune_shard(struct tcpdiag_shard *shard, const u32 *keys, size_t n)
{
	bool more;

	do {
		raw_spin_lock_irq(&shard->lock);
		more = prune_some(shard, keys, n);
		raw_spin_unlock_irq(&shard->lock);
		cond_resched();
	} while (more);
}

/**
 * tcpdiag_service_prune() - fold services without a listener into "other"
 * @tn: the namespace
 * @keys: keys of the present listeners, in ascending order
 * @n: how many
 *
 * Context: process, may sleep. Cost: grows with services, which are few.
 */
void tcpdiag_service_prune(struct tcpdiag_net *tn, const u32 *keys, size_t n)
{
	struct tcpdiag_shard *shard;

	tcpdiag_for_each_shard(shard, tn)
		prune_shard(shard, keys, n);
}

/* The same key comes from several shards: add what they have in common. */
static void merge(struct tcpdiag_services *s)
{
	unsigned int i, n = 0;

	for (i = 0; i < s->n; i++) {
		struct tcpdiag_service_done *last = n ? &s->done[n - 1] : NULL;

		if (last && last->key == s->done[i].key) {
			last->done += s->done[i].done;
			last->full_shards += s->done[i].full_shards;
			last->late += s->done[i].late;
			tcpdiag_lately_merge(&last->lately, &s->done[i].lately);
		} else {
			s->done[n++] = s->done[i];
		}
	}
	s->n = n;
}

static void add_shard(struct tcpdiag_services *s, struct tcpdiag_shard *shard,
		      u64 now)
{
	struct tcpdiag_service *svc;
	bool full = !has_room(shard);
	unsigned int c;

	lockdep_assert_held(&shard->lock);
	s->full_shards += full;
	for (c = 0; c < TCPDIAG_SERVICE_CHAINS; c++) {
		for (svc = shard->services[c]; svc; svc = svc->next) {
			struct tcpdiag_service_done *done = &s->done[s->n++];

			memset(done, 0, sizeof(*done));
			done->key = svc->key;
			done->done = svc->done;
			tcpdiag_lately_roll(&svc->late, svc->done, now);
			done->late = svc->late.total;
			tcpdiag_lately_read(&svc->late, svc->done,
					    &done->lately);
			done->full_shards = full;
		}
	}
}

/**
 * tcpdiag_services_read() - handshakes that each service has completed
 * @tn: the namespace
 *
 * The look at listeners calls it once a second, so that what was late is told
 * of the last minutes only.
 *
 * Context: process, may sleep.
 * Return: the services, to be freed with kvfree(); NULL if memory is short.
 */
struct tcpdiag_services *tcpdiag_services_read(struct tcpdiag_net *tn)
{
	/* each shard may have the service "other" beyond the limit */
	size_t each = TCPDIAG_SERVICES_MAX + 1;
	struct tcpdiag_services *s;
	struct tcpdiag_shard *shard;
	u64 now = ktime_get_ns();
	unsigned int shards = 0;

	tcpdiag_for_each_shard(shard, tn)
		shards++;
	s = kvmalloc(struct_size(s, done, shards * each), TCPDIAG_GFP);
	if (!s)
		return NULL;
	s->n = 0;
	s->full_shards = 0;
	tcpdiag_for_each_shard(shard, tn) {
		/* no room for shards added meanwhile: the next look has them */
		if (!shards--)
			break;
		raw_spin_lock_irq(&shard->lock);
		add_shard(s, shard, now);
		raw_spin_unlock_irq(&shard->lock);
	}
	sort(s->done, s->n, sizeof(*s->done), by_key, NULL);
	merge(s);
	return s;
}

/**
 * tcpdiag_services_done() - handshakes that a service has completed
 * @s: from tcpdiag_services_read()
 * @key: the key of the service
 * @done: set to how many since insmod
 *
 * Context: any.
 * Return: false if a shard had no room for the service: the rest is in "other"; or
 * if it is not known which service a connection is of.
 */
bool tcpdiag_services_done(const struct tcpdiag_services *s, u32 key, u64 *done)
{
	const struct tcpdiag_service_done *found;

	found = bsearch(&key, s->done, s->n, sizeof(*s->done), by_key);
	*done = found ? found->done : 0;
	if (!tcpdiag_phase_hears(TCPDIAG_SOURCE_CHILDREN))
		return false;
	return (found ? found->full_shards : 0) == s->full_shards;
}

/**
 * tcpdiag_service_at_once() - children established by the segment that made
 *	them
 * @tn: the namespace
 *
 * Context: process.
 * Return: how many since insmod.
 */
u64 tcpdiag_service_at_once(struct tcpdiag_net *tn)
{
	const struct tcpdiag_service *svc;
	struct tcpdiag_shard *shard;
	unsigned int c;
	u64 n = 0;

	tcpdiag_for_each_shard(shard, tn) {
		raw_spin_lock_irq(&shard->lock);
		for (c = 0; c < TCPDIAG_SERVICE_CHAINS; c++)
			for (svc = shard->services[c]; svc; svc = svc->next)
				n += svc->done - svc->stayed;
		raw_spin_unlock_irq(&shard->lock);
	}
	return n;
}

static void sum_up(struct tcpdiag_service_sum *sum,
		   const struct tcpdiag_service *svc)
{
	sum->done += svc->done;
	sum->repeated += svc->repeated;
	sum->untimed += svc->untimed;
	sum->fast_open += svc->fast_open;
	sum->synacks += svc->synacks;
	tcpdiag_hist_merge(&sum->rtt, &svc->rtt);
}

static void read_services(struct tcpdiag_net *tn, bool all, u32 key,
			  struct tcpdiag_service_sum *sum)
{
	struct tcpdiag_service *svc;
	struct tcpdiag_shard *shard;
	unsigned int c;
	bool found;

	memset(sum, 0, sizeof(*sum));
	sum->partial = !tcpdiag_phase_hears(TCPDIAG_SOURCE_CHILDREN);
	tcpdiag_for_each_shard(shard, tn) {
		found = all;
		raw_spin_lock_irq(&shard->lock);
		for (c = 0; c < TCPDIAG_SERVICE_CHAINS; c++) {
			for (svc = shard->services[c]; svc; svc = svc->next) {
				if (!all && svc->key != key)
					continue;
				sum_up(sum, svc);
				found = true;
			}
		}
		if (!found && !has_room(shard))
			sum->partial = true;
		raw_spin_unlock_irq(&shard->lock);
	}
}

/**
 * tcpdiag_service_read() - read the figures of a service
 * @tn: the namespace
 * @key: the key of the service
 * @sum: the result; overwritten
 *
 * Context: process.
 */
void tcpdiag_service_read(struct tcpdiag_net *tn, u32 key,
			  struct tcpdiag_service_sum *sum)
{
	read_services(tn, false, key, sum);
}

/**
 * tcpdiag_service_read_all() - read the sum of all services
 * @tn: the namespace
 * @sum: the result; overwritten
 *
 * Context: process.
 */
void tcpdiag_service_read_all(struct tcpdiag_net *tn,
			      struct tcpdiag_service_sum *sum)
{
	read_services(tn, true, TCPDIAG_SERVICE_OTHER, sum);
}
