// SPDX-License-Identifier: GPL-2.0
/*
 * Gathers what findings judge. Each topic has a function that fills its part;
 * none of them may cost by the number of healthy sockets.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "account/attempts.h"
#include "survey/listeners.h"
#include "store/tcpdiag.h"

/* The parts beside the account; false if there is no memory. */
static bool (*const parts[])(struct tcpdiag_net *tn,
			     struct tcpdiag_facts *facts) = {
	tcpdiag_leaks_read,
	tcpdiag_stale_read,
	tcpdiag_stuck_read,
	tcpdiag_listeners_facts,
	tcpdiag_attempts_facts,
	tcpdiag_ports_facts,
	tcpdiag_time_wait_facts,
};

static bool read_facts(struct tcpdiag_net *tn, bool owners,
		       struct tcpdiag_facts *facts)
{
	unsigned int i;

	memset(facts, 0, sizeof(*facts));
	facts->owners = owners;
	facts->limits = tn->limits;
	tcpdiag_account_read(tn, &facts->snap);
	for (i = 0; i < ARRAY_SIZE(parts); i++)
		if (!parts[i](tn, facts))
			return false;
	return true;
}

/*
 * Kept for the next reader: it is so large that the allocator may have to map it
 * page by page, and readers come again and again.
 */
static struct tcpdiag_diagnosis *spare;

/**
 * tcpdiag_diagnose() - gather the facts for a reader and judge them
 * @tn: the namespace
 * @owners: the reader may see who owns what
 *
 * Half of the facts would be taken for all of them, and a part that is missing
 * for a machine that is well: without memory for all there are none.
 *
 * Context: process, the reader's; may sleep.
 * Return: facts and findings, for tcpdiag_diagnosis_put(); NULL if there is no
 * memory.
 */
struct tcpdiag_diagnosis *tcpdiag_diagnose(struct tcpdiag_net *tn, bool owners)
{
	struct tcpdiag_diagnosis *d = xchg(&spare, NULL);

	if (!d)
		d = kvmalloc(sizeof(*d), TCPDIAG_GFP);
	if (!d)
		return NULL;
	if (!read_facts(tn, owners, &d->facts)) {
		tcpdiag_diagnosis_put(d);
		return NULL;
	}
	tcpdiag_findings_judge(&d->facts, &d->findings);
	return d;
}

/**
 * tcpdiag_diagnosis_put() - done with facts and findings
 * @d: from tcpdiag_diagnose()
 *
 * Context: process, may sleep.
 */
void tcpdiag_diagnosis_put(struct tcpdiag_diagnosis *d)
{
	kvfree(xchg(&spare, d));
}

/**
 * tcpdiag_facts_exit() - free what was kept for the next reader
 *
 * After tcpdiag_netns_exit(), when no file is left.
 */
void tcpdiag_facts_exit(void)
{
	kvfree(spare);
}
