/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Durations, numbers and times as people write them.
 */
#ifndef TCPDIAG_TOOLS_HUMAN_H
#define TCPDIAG_TOOLS_HUMAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for either. */
#define HUMAN_LEN	32

void human_duration(char *buf, uint64_t us);
void human_number(char *buf, uint64_t n);
bool parse_duration(const char *text, uint64_t *us);
bool parse_number(const char *text, uint64_t max, uint64_t *n);

#endif /* TCPDIAG_TOOLS_HUMAN_H */
