/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes JSON.
 */
#ifndef TCPDIAG_TOOLS_JSON_H
#define TCPDIAG_TOOLS_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * struct json - a JSON text that is being written
 * @out: where to
 * @pretty: in lines, indented
 * @depth: objects and arrays that are open
 * @more: something stands before the next value in the innermost of them
 * @after_key: the next value belongs to a key
 */
struct json {
	FILE *out;
	bool pretty;
	unsigned int depth;
	bool more;
	bool after_key;
};

void json_open(struct json *json, char bracket);
void json_close(struct json *json, char bracket);
void json_key(struct json *json, const char *key);
void json_string(struct json *json, const char *s);
void json_name(struct json *json, const char *name);
void json_number(struct json *json, uint64_t n);
void json_signed(struct json *json, int64_t n);
void json_tenths(struct json *json, uint64_t tenths);
void json_word(struct json *json, const char *word);
void json_end(struct json *json);

#endif /* TCPDIAG_TOOLS_JSON_H */
