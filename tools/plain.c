// SPDX-License-Identifier: GPL-2.0
/*
 * Numbers and addresses as text. A listing of 100,000 sockets has a million of them,
 * for which printf() and inet_ntop() take several times as long, and so do functions
 * that lock the stream each time.
 */
#include <arpa/inet.h>

#include "plain.h"

/* Digits of the largest number. */
#define DIGITS_MAX	20

/* Writes the digits in front of @end; returns the first. */
static char *digits_before(char *end, uint64_t n)
{
	do {
		*--end = '0' + n % 10;
		n /= 10;
	} while (n);
	return end;
}

/**
 * print_number() - print a number in decimal
 * @out: where to
 * @n: the number
 */
void print_number(FILE *out, uint64_t n)
{
	char buf[DIGITS_MAX], *end = buf + sizeof(buf);
	char *p;

	for (p = digits_before(end, n); p < end; p++)
		print_char(out, *p);
}

static void ipv4_text(char *buf, const uint8_t *addr)
{
	char text[DIGITS_MAX], *end = text + sizeof(text), *p;
	unsigned int i;

	for (i = 0; i < 4; i++) {
		if (i)
			*buf++ = '.';
		for (p = digits_before(end, addr[i]); p < end; p++)
			*buf++ = *p;
	}
	*buf = '\0';
}

/**
 * address_text() - an address as text, as inet_ntop() has it
 * @buf: set to it
 * @family: AF_INET or AF_INET6
 * @addr: the address
 */
void address_text(char buf[INET6_ADDRSTRLEN], int family, const uint8_t *addr)
{
	if (family == AF_INET)
		ipv4_text(buf, addr);
	else
		inet_ntop(family, addr, buf, INET6_ADDRSTRLEN);
}
