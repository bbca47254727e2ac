// SPDX-License-Identifier: GPL-2.0
/*
 * Writes durations and large numbers for people, in at most seven characters,
 * names of processes as one word, and breaks text into lines.
 */
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/socket.h>
#include <linux/string.h>
#include <linux/string_helpers.h>

#include "model/addr.h"
#include "model/format.h"
#include "model/owner.h"

#define US_PER_MS	1000ULL
#define US_PER_S	(1000 * US_PER_MS)
#define US_PER_MIN	(60 * US_PER_S)
#define US_PER_HOUR	(60 * US_PER_MIN)
#define US_PER_DAY	(24 * US_PER_HOUR)

/*
 * Write @n with at least @digits digits. Much shorter than snprintf(), of which
 * a page would need a hundred. Returns the end.
 */
static char *put_count(char *buf, u64 n, unsigned int digits)
{
	char reversed[20];
	unsigned int i = 0;
	u32 digit;

	do {
		n = div_u64_rem(n, 10, &digit);
		reversed[i++] = '0' + digit;
	} while (n || i < digits);
	while (i)
		*buf++ = reversed[--i];
	return buf;
}

static char *put_text(char *buf, const char *text)
{
	while (*text)
		*buf++ = *text++;
	return buf;
}

/* @us in @unit: with one decimal below 100, without from 100 on. */
static char *tenths(char *buf, u64 us, u64 unit, const char *name)
{
	u64 t = div64_u64(us * 10, unit);
	u64 whole = div_u64(t, 10);

	buf = put_count(buf, whole, 1);
	if (whole < 100) {
		*buf++ = '.';
		buf = put_count(buf, t - 10 * whole, 1);
	}
	return put_text(buf, name);
}

static char *pair(char *buf, u64 us, u64 big, char big_name, u64 small,
		  char small_name)
{
	u64 n = div64_u64(us, big);

	buf = put_count(buf, n, 1);
	*buf++ = big_name;
	buf = put_count(buf, div64_u64(us - n * big, small), 2);
	*buf++ = small_name;
	return buf;
}

/**
 * tcpdiag_format_duration() - write a duration in suitable units
 * @buf: room for TCPDIAG_DURATION_LEN characters
 * @us: microseconds, below 2^60
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_format_duration(char *buf, u64 us)
{
	char *end;

	if (us < US_PER_MS)
		end = put_text(put_count(buf, us, 1), " us");
	else if (us < US_PER_S)
		end = tenths(buf, us, US_PER_MS, " ms");
	else if (us < US_PER_MIN)
		end = tenths(buf, us, US_PER_S, " s");
	else if (us < US_PER_HOUR)
		end = pair(buf, us, US_PER_MIN, 'm', US_PER_S, 's');
	else if (us < US_PER_DAY)
		end = pair(buf, us, US_PER_HOUR, 'h', US_PER_MIN, 'm');
	else
		end = pair(buf, us, US_PER_DAY, 'd', US_PER_HOUR, 'h');
	*end = '\0';
	return buf;
}

/**
 * tcpdiag_format_count() - write a number in full
 * @buf: room for TCPDIAG_NUMBER_LEN characters
 * @n: the number
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_format_count(char *buf, u64 n)
{
	*put_count(buf, n, 1) = '\0';
	return buf;
}

/**
 * tcpdiag_format_number() - write a number with a suitable decimal prefix
 * @buf: room for TCPDIAG_NUMBER_LEN characters
 * @n: the number
 *
 * Context: any.
 * Return: @buf, with at most five characters.
 */
const char *tcpdiag_format_number(char *buf, u64 n)
{
	static const char prefixes[] = "kMGTPE";
	unsigned int i = 0, whole;
	u64 unit = 1000, rest;

	if (n < unit)
		return tcpdiag_format_count(buf, n);
	while (i < sizeof(prefixes) - 2 && div_u64(n, 1000) >= unit) {
		unit *= 1000;
		i++;
	}
	whole = div64_u64_rem(n, unit, &rest);
	if (whole >= 100)
		snprintf(buf, TCPDIAG_NUMBER_LEN, "%u%c", whole, prefixes[i]);
	else
		snprintf(buf, TCPDIAG_NUMBER_LEN, "%u.%u%c", whole,
			 (unsigned int)div64_u64(rest * 10, unit), prefixes[i]);
	return buf;
}

/**
 * tcpdiag_format_comm() - write the name of a process or of a device, which may
 *	hold any bytes
 * @buf: room for TCPDIAG_COMM_LEN characters
 * @comm: the name, at most TASK_COMM_LEN - 1 characters
 *
 * Context: any.
 * Return: @buf: one word of printable characters; all others are written as
 * \\ooo; `-` if the name is empty.
 */
const char *tcpdiag_format_comm(char *buf, const char *comm)
{
	int n = string_escape_mem(comm, strnlen(comm, TASK_COMM_LEN - 1), buf,
				  TCPDIAG_COMM_LEN - 1,
				  ESCAPE_OCTAL | ESCAPE_NAP | ESCAPE_APPEND,
				  " \\");

	if (!n)
		buf[n++] = '-';
	buf[n] = '\0';
	return buf;
}

/**
 * tcpdiag_format_addr() - write an address and a port
 * @buf: room for TCPDIAG_ADDR_LEN characters
 * @v6: the address is IPv6
 * @addr: the address; IPv4 in the first word
 * @port: the port, host order
 *
 * Context: any.
 * Return: @buf: "127.0.0.1:80", "[::1]:80".
 */
const char *tcpdiag_format_addr(char *buf, bool v6,
				const struct in6_addr *addr, u16 port)
{
	if (v6)
		snprintf(buf, TCPDIAG_ADDR_LEN, "[%pI6c]:%u", addr, port);
	else
		snprintf(buf, TCPDIAG_ADDR_LEN, "%pI4:%u",
			 &addr->s6_addr32[0], port);
	return buf;
}

/* What is said of a process behind its pid. */
static const char *halted(const struct tcpdiag_owner *owner)
{
	switch (owner->halted) {
	case TCPDIAG_HALTED_STOPPED:
		return ", stopped";
	case TCPDIAG_HALTED_FROZEN:
		return ", frozen";
	default:
		return "";
	}
}

/**
 * tcpdiag_format_owner() - name a process in a sentence
 * @buf: room for TCPDIAG_OWNER_LEN characters
 * @owner: the process
 *
 * Context: any.
 * Return: @buf: "nginx (pid 812)", "nginx (pid 812, stopped)", "nginx (has ended)",
 * "the kernel", or "a process" if it is not known or the reader may not see it.
 */
const char *tcpdiag_format_owner(char *buf, const struct tcpdiag_owner *owner)
{
	char comm[TCPDIAG_COMM_LEN];

	tcpdiag_format_comm(comm, owner->comm);
	if (owner->kernel)
		snprintf(buf, TCPDIAG_OWNER_LEN, "the kernel");
	else if (!owner->pid && !*owner->comm)
		snprintf(buf, TCPDIAG_OWNER_LEN, "a process");
	else if (owner->pid)
		snprintf(buf, TCPDIAG_OWNER_LEN, "%s (pid %d%s)", comm,
			 owner->pid, halted(owner));
	else
		snprintf(buf, TCPDIAG_OWNER_LEN, "%s (has ended)", comm);
	return buf;
}

/**
 * tcpdiag_format_peer() - write the remote end of a connection, as ss does
 * @buf: room for TCPDIAG_PEER_LEN characters
 * @family: AF_INET or AF_INET6
 * @addr: the connection's two ends
 *
 * Context: any.
 * Return: @buf.
 */
const char *tcpdiag_format_peer(char *buf, unsigned short family,
				const struct tcpdiag_addr *addr)
{
	return tcpdiag_format_addr(buf, family == AF_INET6, &addr->remote,
				   addr->rport);
}

/**
 * tcpdiag_format_way() - write where connections go to, or come from
 * @buf: room for TCPDIAG_WAY_LEN characters
 * @connected: they were made to @peer and @port; else accepted on @port
 * @port: that port, host order
 * @v6: the address is IPv6
 * @peer: the peer; IPv4 in the first word; NULL for several
 *
 * Context: any.
 * Return: @buf: "to 10.0.0.5:5432", "on port 443 with 10.0.0.7".
 */
const char *tcpdiag_format_way(char *buf, bool connected, u16 port, bool v6,
			       const struct in6_addr *peer)
{
	char addr[TCPDIAG_ADDR_LEN];

	if (connected)
		snprintf(buf, TCPDIAG_WAY_LEN, "to %s",
			 tcpdiag_format_addr(addr, v6, peer, port));
	else if (!peer)
		snprintf(buf, TCPDIAG_WAY_LEN, "on port %u with several peers",
			 port);
	else if (v6)
		snprintf(buf, TCPDIAG_WAY_LEN, "on port %u with %pI6c", port,
			 peer);
	else
		snprintf(buf, TCPDIAG_WAY_LEN, "on port %u with %pI4", port,
			 &peer->s6_addr32[0]);
	return buf;
}

/**
 * tcpdiag_format_line() - find where to break a text
 * @text: the text, words with single spaces between them
 * @width: characters that fit in a line
 *
 * Context: any.
 * Return: the length of the first line of @text: as many whole words as fit,
 * without the space after them. A first word longer than @width is not broken;
 * it is a line by itself. 0 if the text is empty.
 */
size_t tcpdiag_format_line(const char *text, size_t width)
{
	size_t n = strcspn(text, " "), word;

	while (text[n]) {
		word = 1 + strcspn(text + n + 1, " ");
		if (n + word > width)
			break;
		n += word;
	}
	return n;
}
