/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Characters, numbers and addresses as text, quickly.
 */
#ifndef TCPDIAG_TOOLS_PLAIN_H
#define TCPDIAG_TOOLS_PLAIN_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

/* The program has one thread: nobody has to be kept out of a stream. */
static inline void print_char(FILE *out, char c)
{
	putc_unlocked(c, out);
}

static inline void print_string(FILE *out, const char *s)
{
	fputs_unlocked(s, out);
}

void print_number(FILE *out, uint64_t n);
void address_text(char buf[INET6_ADDRSTRLEN], int family, const uint8_t *addr);

#endif /* TCPDIAG_TOOLS_PLAIN_H */
