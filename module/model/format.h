/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes figures for people. Pure functions.
 */
#ifndef TCPDIAG_FORMAT_H
#define TCPDIAG_FORMAT_H

#include <linux/in6.h>
#include <linux/sched.h>
#include <linux/types.h>

struct tcpdiag_addr;
struct tcpdiag_owner;

/* The ending of a noun after the number @n. */
static inline const char *tcpdiag_plural(u64 n)
{
	return n == 1 ? "" : "s";
}

#define TCPDIAG_DURATION_LEN	24
const char *tcpdiag_format_duration(char *buf, u64 us);

#define TCPDIAG_NUMBER_LEN	24
const char *tcpdiag_format_count(char *buf, u64 n);
const char *tcpdiag_format_number(char *buf, u64 n);

/* An unprintable character of a name is written as four characters. */
#define TCPDIAG_COMM_LEN	(4 * TASK_COMM_LEN)
const char *tcpdiag_format_comm(char *buf, const char *comm);

/* "[ADDRESS]:PORT" and the NUL */
#define TCPDIAG_ADDR_LEN	56
const char *tcpdiag_format_addr(char *buf, bool v6,
				const struct in6_addr *addr, u16 port);

#define TCPDIAG_OWNER_LEN	(TCPDIAG_COMM_LEN + 24)
const char *tcpdiag_format_owner(char *buf, const struct tcpdiag_owner *owner);

#define TCPDIAG_PEER_LEN	TCPDIAG_ADDR_LEN
const char *tcpdiag_format_peer(char *buf, unsigned short family,
				const struct tcpdiag_addr *addr);

/* An address, a port, and words around them. */
#define TCPDIAG_WAY_LEN		(TCPDIAG_ADDR_LEN + 40)
const char *tcpdiag_format_way(char *buf, bool connected, u16 port, bool v6,
			       const struct in6_addr *peer);

size_t tcpdiag_format_line(const char *text, size_t width);

#endif /* TCPDIAG_FORMAT_H */
