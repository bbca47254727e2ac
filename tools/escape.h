/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Makes strings of any bytes harmless in what is printed.
 */
#ifndef TCPDIAG_TOOLS_ESCAPE_H
#define TCPDIAG_TOOLS_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* A byte becomes at most this many. */
#define ESCAPE_GROWTH	4

void escape_name(char *buf, size_t size, const char *name);
void escape_text(char *buf, size_t size, const char *text);
void escape_utf8(char *buf, size_t size, const char *name);
size_t utf8_length(const char *s);
void print_text(FILE *out, const char *text);

#endif /* TCPDIAG_TOOLS_ESCAPE_H */
