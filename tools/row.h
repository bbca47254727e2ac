/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A row of a view, read from a netlink message, and how its cells are printed.
 */
#ifndef TCPDIAG_TOOLS_ROW_H
#define TCPDIAG_TOOLS_ROW_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "table.h"

struct json;
struct nlattr;
struct nlmsghdr;

/* The kernel has 12 states. */
#define TIMES_MAX	16

/**
 * struct end - an end of a connection
 * @family: AF_INET or AF_INET6
 * @addr: the address, network order
 * @has_port: there is a port; else it is only an address
 * @port: the port, host order; 0 for any
 * @device: index of the device it is bound to, or 0
 * @v6only: IPv6 only
 */
struct end {
	int family;
	uint8_t addr[16];
	bool has_port;
	uint16_t port;
	uint32_t device;
	bool v6only;
};

/**
 * struct times - times by state
 * @n: how many
 * @time: state and microseconds
 */
struct times {
	unsigned int n;
	struct {
		const char *state;
		uint64_t us;
	} time[TIMES_MAX];
};

/**
 * enum content - what a cell holds
 * @CELL_UNKNOWN: nothing
 * @CELL_VALUE: a value of its column's kind
 * @CELL_WORD: a word in place of a value
 */
enum content {
	CELL_UNKNOWN,
	CELL_VALUE,
	CELL_WORD,
};

/**
 * struct cell - a cell
 * @content: what it holds
 * @u: COUNT, US, TENTHS, FLAG
 * @s: SIGNED
 * @text: WORD, NAME, TEXT, and a word in place of a value
 * @end: END
 * @times: TIMES
 */
struct cell {
	enum content content;
	union {
		uint64_t u;
		int64_t s;
		const char *text;
		struct end end;
		struct times times;
	};
};

/**
 * struct row - a row; its strings are those of the message
 * @view: the view
 * @cell: its cells, in the order of the view's columns
 */
struct row {
	const struct view *view;
	struct cell cell[COLUMNS_MAX];
};

bool row_parse(struct row *row, const struct view *view,
	       const struct nlmsghdr *nlh);
bool row_known(const struct row *row, const char *column);
uint64_t row_number(const struct row *row, const char *column);
const char *row_text(const struct row *row, const char *column);
bool row_has_family(const struct row *row, int family);
bool end_read(struct end *end, const struct nlattr *nest);
void end_print(FILE *out, const struct end *end);
void cell_print(FILE *out, const struct column *column,
		const struct cell *cell, bool human);
void cell_json(struct json *json, const struct column *column,
	       const struct cell *cell);

#endif /* TCPDIAG_TOOLS_ROW_H */
