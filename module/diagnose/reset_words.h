/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Words that findings on RSTs share.
 */
#ifndef TCPDIAG_DIAGNOSE_RESET_WORDS_H
#define TCPDIAG_DIAGNOSE_RESET_WORDS_H

#include <linux/in6.h>
#include <linux/types.h>

#include "model/format.h"
#include "model/reset.h"

struct tcpdiag_finding;
struct tcpdiag_reset_fact;
struct tcpdiag_resets_facts;

/* So many in ten minutes are no accident. */
#define TCPDIAG_RESETS_SEVERAL		3
/* Room for "the last one 10 min 12 s ago", and for where a program is. */
#define TCPDIAG_RESET_LATELY_LEN	160
#define TCPDIAG_RESET_PLACE_LEN	(TCPDIAG_OWNER_LEN + TCPDIAG_ADDR_LEN + 24)

const char *tcpdiag_reset_ms(char *buf, u32 ms);
const char *tcpdiag_reset_address(char *buf, bool v6,
				  const struct in6_addr *addr);
const char *tcpdiag_reset_how_often(char *buf,
				    const struct tcpdiag_reset_fact *x);
const char *tcpdiag_reset_range(char *buf, size_t len,
				const struct tcpdiag_range *r);
const char *tcpdiag_reset_place(char *buf, const struct tcpdiag_reset_fact *x);
void tcpdiag_reset_subject(struct tcpdiag_finding *f,
			   const struct tcpdiag_reset_fact *x);
void tcpdiag_reset_evidence(struct tcpdiag_finding *f,
			    const struct tcpdiag_reset_fact *x);
bool tcpdiag_reset_after_sleep(const struct tcpdiag_resets_facts *facts,
			       const struct tcpdiag_reset_fact *x);
void tcpdiag_reset_say_sleep(struct tcpdiag_finding *f,
			     const struct tcpdiag_resets_facts *facts);
bool tcpdiag_reset_is_forgotten(const struct tcpdiag_reset_fact *x);
const struct tcpdiag_reset_fact *
tcpdiag_reset_other_end(const struct tcpdiag_resets_facts *facts,
			const struct tcpdiag_reset_fact *x,
			enum tcpdiag_reset reason);

#endif /* TCPDIAG_DIAGNOSE_RESET_WORDS_H */
