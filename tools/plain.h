/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Numbers and addresses as text, quickly.
 */
#ifndef TCPDIAG_TOOLS_PLAIN_H
#define TCPDIAG_TOOLS_PLAIN_H

#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>

void print_number(FILE *out, uint64_t n);
void address_text(char buf[INET6_ADDRSTRLEN], int family, const uint8_t *addr);

#endif /* TCPDIAG_TOOLS_PLAIN_H */
