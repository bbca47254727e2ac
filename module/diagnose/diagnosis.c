// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers the facts and runs the findings on them. Each topic has a function
 * that fills its part of the facts; its cost must not grow with the number of
 * healthy sockets.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "account/account.h"
#include "diagnose/because.h"
#include "diagnose/diagnosis.h"
#include "diagnose/stood.h"
#include "store/addr.h"
#include "store/net.h"
#include "store/payer.h"
#include "store/reader.h"

/* False if memory is short. */
static bool read_facts(const struct tcpdiag_reader *reader,
		       struct tcpdiag_fact_values *f)
{
	struct tcpdiag_net *tn = reader->tn;

	memset(f, 0, sizeof(*f));
	f->owners = reader->owners;
	f->limits = tn->limits;
	tcpdiag_account_read(tn, &f->snap);
	tcpdiag_payers_read(reader, &f->shares);
	tcpdiag_facts_fast_open(tn, &f->fast_open);
	tcpdiag_facts_sources(&f->sources);
	tcpdiag_sampled_read(reader, &f->sampled);
	tcpdiag_conntrack_read(reader, &f->conntrack);
	tcpdiag_discards_read(reader, &f->discards);
	return tcpdiag_memory_read(reader, &f->snap, &f->memory) &&
	       tcpdiag_facts_close_wait(reader,
					f->snap.oldest_us[TCP_CLOSE_WAIT],
					f->snap.now[TCP_CLOSE_WAIT],
					&f->close_wait) &&
	       tcpdiag_stale_read(reader, &f->stale) &&
	       tcpdiag_stalls_read(reader, &f->stalls) &&
	       tcpdiag_bloat_read(reader, &f->bloat) &&
	       tcpdiag_facts_losses(reader, &f->losses) &&
	       tcpdiag_stuck_read(reader, &f->snap, &f->stuck) &&
	       tcpdiag_held_read(reader, &f->snap, &f->held) &&
	       tcpdiag_pool_read(reader, &f->snap, &f->pool) &&
	       tcpdiag_facts_time_wait(reader, &f->time_wait) &&
	       tcpdiag_facts_connect(reader, &f->connect) &&
	       tcpdiag_facts_binds(reader, &f->binds) &&
	       tcpdiag_facts_synacks(reader, &f->synacks) &&
	       tcpdiag_facts_listen(reader, &f->listen) &&
	       tcpdiag_facts_ports(reader, &f->ports) &&
	       tcpdiag_facts_resets(reader, &f->resets);
}

/*
 * Kept for the next reader: it is so large that the allocator may have to map
 * it page by page, and it is read often.
 */
static struct tcpdiag_diagnosis *spare;

/**
 * tcpdiag_diagnose() - gather the facts for a reader and judge them
 * @reader: the reader
 *
 * If memory is short for some facts, the read fails: facts that are missing
 * would look as if nothing were wrong.
 *
 * Context: process, the reader's; may sleep.
 * Return: facts and findings, to be put with tcpdiag_diagnosis_put(); NULL if
 * memory is short.
 */
struct tcpdiag_diagnosis *tcpdiag_diagnose(const struct tcpdiag_reader *reader)
{
	struct tcpdiag_diagnosis *d = xchg(&spare, NULL);
	struct tcpdiag_facts facts;
	unsigned int i;

	if (!d)
		d = kvmalloc(sizeof(*d), TCPDIAG_GFP);
	if (!d)
		return NULL;
	if (!read_facts(reader, &d->facts)) {
		tcpdiag_diagnosis_put(d);
		return NULL;
	}
	facts = tcpdiag_facts_of(&d->facts);
	tcpdiag_findings_judge(&facts, &d->findings);
	for (i = 0; i < d->findings.n; i++) {
		struct tcpdiag_about *about = &d->findings.found[i].about;

		about->peer_here = about->peer_port &&
				   tcpdiag_addr_is_here(reader->tn->net,
							about->v6, &about->peer);
	}
	tcpdiag_because(&d->findings);
	if (!reader->hurried)
		tcpdiag_stood_tell_since(reader->tn, &d->findings);
	return d;
}

/**
 * tcpdiag_diagnosis_put() - free facts and findings
 * @d: from tcpdiag_diagnose()
 *
 * Context: process, may sleep.
 */
void tcpdiag_diagnosis_put(struct tcpdiag_diagnosis *d)
{
	kvfree(xchg(&spare, d));
}

/**
 * tcpdiag_diagnosis_exit() - free the memory kept for the next reader
 *
 * Context: process; no reader is left.
 */
void tcpdiag_diagnosis_exit(void)
{
	kvfree(spare);
}
