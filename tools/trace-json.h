/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Writes what a trace hears as JSON, one object a line.
 */
#ifndef TCPDIAG_TOOLS_TRACE_JSON_H
#define TCPDIAG_TOOLS_TRACE_JSON_H

#include "heard.h"
#include "json.h"

/**
 * struct trace_json - where to, and the connections
 * @json: the present line
 * @flows: the connections
 */
struct trace_json {
	struct json json;
	struct flows flows;
};

void trace_json_init(struct trace_json *t, FILE *out);
void trace_json(struct trace_json *t, const struct heard *heard);
void trace_json_missed(struct trace_json *t, uint64_t n, const char *why);
void trace_json_end(struct trace_json *t, const char *reason);

#endif /* TCPDIAG_TOOLS_TRACE_JSON_H */
