/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a finding consists of, and the list of those of a namespace.
 */
#ifndef TCPDIAG_FINDING_H
#define TCPDIAG_FINDING_H

#include <linux/in6.h>
#include <linux/kernel.h>
#include <linux/types.h>

#include "model/owner.h"

struct tcpdiag_key;

/* Findings that are kept; further ones are only counted. */
#define TCPDIAG_FINDINGS_MAX	24
/* Room for the subject of a finding. */
#define TCPDIAG_SUBJECT_LEN	112

/**
 * enum tcpdiag_severity - how soon somebody should look
 * @TCPDIAG_NOTE: nothing fails, or figures are less exact than usual
 * @TCPDIAG_WARNING: something should be changed
 * @TCPDIAG_CRITICAL: something fails now or will fail soon, or there is a bug
 * @TCPDIAG_SEVERITIES: how many there are
 */
enum tcpdiag_severity {
	TCPDIAG_NOTE,
	TCPDIAG_WARNING,
	TCPDIAG_CRITICAL,
	TCPDIAG_SEVERITIES,
};

/**
 * struct tcpdiag_about - whom and what a finding is about, so that rules can
 *	compare findings; what is not known, or does not apply, is 0
 * @owner: the program that is at fault; if nobody is, the one that suffers
 * @cgroup: id of the cgroup of the sockets, if findings of one program and port
 *	are told apart by it
 * @v6: @local and @peer are IPv6; else IPv4, in the first word
 * @local: the address it listens on, or connects from
 * @port: the port it listens on, host order; of connections that it made, 0
 * @peer: the address it connects to, or that of its clients
 * @peer_port: the port it connects to, host order
 * @peer_here: @peer is an address of this namespace; set by diagnosis.c
 * @error: the error that the program gets, such as ETIMEDOUT
 * @kind: which one, if findings of one code differ in nothing else
 * @no_fds: all file descriptors that @owner may have are in use, and what the
 *	finding is about takes them
 * @unaccepted: the sockets that it is about wait for accept()
 * @not_sent: what it sends does not leave this host
 * @time_wait: most of the ports that it is about are in TIME_WAIT
 * @sockets: connections that cannot go on because an end does not read
 * @all_write: all threads of @owner wait in send() on such connections
 */
struct tcpdiag_about {
	struct tcpdiag_owner owner;
	u64 cgroup;
	bool v6;
	struct in6_addr local;
	u16 port;
	struct in6_addr peer;
	u16 peer_port;
	bool peer_here;
	int error;
	unsigned int kind;
	bool no_fds;
	bool unaccepted;
	bool not_sent;
	bool time_wait;
	u32 sockets;
	bool all_write;
};

/**
 * struct tcpdiag_finding - one thing that is wrong
 * @code: stable name, documented in Documentation/findings/
 * @severity: how soon somebody should look at it
 * @subject: what tells it from another one of its code: the program, port or
 *	peer it is about, and none of its figures; empty if there is only one
 * @about: the same for rules
 * @because: number of the finding that it follows from, from 1 on; 0 for none
 * @since_us: how long it has stood; 0 if that is not known
 * @what: one sentence: who, what, how many, since when
 * @evidence: the figures, NAME=VALUE NAME=VALUE ...
 * @application: what to change in the program
 * @host: what to change on the host: the sysctl, its present value, what it
 *	does and does not do
 * @no_help: what is often advised but does not help; NULL for nothing
 */
struct tcpdiag_finding {
	const char *code;
	enum tcpdiag_severity severity;
	char subject[TCPDIAG_SUBJECT_LEN];
	struct tcpdiag_about about;
	unsigned int because;
	u64 since_us;
	char what[1024];
	char evidence[480];
	char application[400];
	char host[400];
	const char *no_help;
};

/* Write a part of a finding; text that does not fit is cut off. */
#define tcpdiag_say(part, ...) \
	scnprintf(part, sizeof(part), __VA_ARGS__)

/* The same at the end of what a part says already. */
#define tcpdiag_say_more(part, ...) \
	tcpdiag_finding_append(part, sizeof(part), __VA_ARGS__)

/**
 * struct tcpdiag_findings - the findings of one namespace
 * @n: findings in @found
 * @total: all findings; more than @n if there was not enough room
 * @code: code of the kind that is being checked
 * @found: the worst first; equally severe ones in the order of the table. The
 *	last entry is not counted in @n: it takes the one that is dropped
 */
struct tcpdiag_findings {
	unsigned int n;
	unsigned int total;
	const char *code;
	struct tcpdiag_finding found[TCPDIAG_FINDINGS_MAX + 1];
};

struct tcpdiag_finding *tcpdiag_findings_add(struct tcpdiag_findings *out,
					     enum tcpdiag_severity severity);
__printf(3, 4)
void tcpdiag_finding_append(char *part, size_t size, const char *format, ...);
void tcpdiag_say_pair(struct tcpdiag_finding *f, const struct tcpdiag_key *key,
		      const struct tcpdiag_owner *owner);
const char *tcpdiag_findings_severity_name(enum tcpdiag_severity severity);

#endif /* TCPDIAG_FINDING_H */
