// SPDX-License-Identifier: GPL-2.0
/*
 * The list of findings of a namespace, the worst first.
 */
#include <linux/stdarg.h>
#include <linux/string.h>

#include "diagnose/finding.h"
#include "model/key.h"

/**
 * tcpdiag_findings_add() - add a finding of the kind that is being checked
 * @out: the findings so far
 * @severity: severity of the new one, which decides its place
 *
 * If there is no room, the least severe finding is dropped; that may be the new
 * one.
 *
 * Context: any.
 * Return: the new finding, empty; the caller fills it before the next call.
 */
struct tcpdiag_finding *tcpdiag_findings_add(struct tcpdiag_findings *out,
					     enum tcpdiag_severity severity)
{
	struct tcpdiag_finding *f;
	unsigned int place = 0;

	while (place < out->n && out->found[place].severity >= severity)
		place++;
	f = &out->found[place];
	/* @found has one more entry than @n may reach */
	memmove(f + 1, f, (out->n - place) * sizeof(*f));
	memset(f, 0, sizeof(*f));
	f->code = out->code;
	f->severity = severity;
	out->total++;
	if (out->n < TCPDIAG_FINDINGS_MAX)
		out->n++;
	return f;
}

/**
 * tcpdiag_finding_append() - say more in a part of a finding
 * @part: the part; text that does not fit is cut off
 * @size: its size
 * @format: as for printf(), with what belongs to it
 *
 * Context: any.
 */
void tcpdiag_finding_append(char *part, size_t size, const char *format, ...)
{
	size_t n = strnlen(part, size);
	va_list args;

	va_start(args, format);
	vscnprintf(part + n, size - n, format, args);
	va_end(args);
}

/**
 * tcpdiag_findings_severity_name() - name of a severity
 * @severity: the severity
 *
 * Context: any.
 * Return: a constant string.
 */
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity)
{
	switch (severity) {
	case TCPDIAG_CRITICAL:
		return "CRITICAL";
	case TCPDIAG_WARNING:
		return "WARNING";
	default:
		return "NOTE";
	}
}

/**
 * tcpdiag_say_pair() - whom a finding is about: a program that connects
 * @f: the finding
 * @key: from one address to another
 * @owner: the program
 *
 * Context: any.
 */
void tcpdiag_say_pair(struct tcpdiag_finding *f, const struct tcpdiag_key *key,
		      const struct tcpdiag_owner *owner)
{
	struct tcpdiag_about *about = &f->about;

	tcpdiag_peer_name(f->subject, key, " to ");
	about->owner = *owner;
	about->v6 = key->rest & TCPDIAG_PEER_V6;
	about->peer_port = ntohs((__force __be16)key->rest);
	if (about->v6) {
		memcpy(&about->local, key->word, sizeof(about->local));
		memcpy(&about->peer, key->word + 2, sizeof(about->peer));
	} else {
		about->local.s6_addr32[0] =
			(__force __be32)upper_32_bits(key->word[0]);
		about->peer.s6_addr32[0] =
			(__force __be32)lower_32_bits(key->word[0]);
	}
}
