/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table of views and their columns. table-gen.c fills it from the spec of the
 * netlink family (scripts/tool-table); text, JSON and metrics follow it.
 */
#ifndef TCPDIAG_TOOLS_TABLE_H
#define TCPDIAG_TOOLS_TABLE_H

#include <stddef.h>
#include <stdint.h>

/* As in the kernel. */
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define __aligned(n)	__attribute__((aligned(n)))

/**
 * enum kind - the kind of a column's cells
 * @KIND_COUNT: a number that is not negative
 * @KIND_SIGNED: a number
 * @KIND_US: a time in microseconds
 * @KIND_TENTHS: a number with one decimal, sent as tenths
 * @KIND_FLAG: yes or no
 * @KIND_WORD: a word
 * @KIND_NAME: the name of a process, which may hold any bytes
 * @KIND_TEXT: a sentence
 * @KIND_END: an address, with or without a port
 * @KIND_TIMES: times in microseconds, by state
 */
enum kind {
	KIND_COUNT,
	KIND_SIGNED,
	KIND_US,
	KIND_TENTHS,
	KIND_FLAG,
	KIND_WORD,
	KIND_NAME,
	KIND_TEXT,
	KIND_END,
	KIND_TIMES,
};

/**
 * struct column - a column of a view
 * @name: its name, as in the view's file
 * @kind: the kind of its cells
 * @unit: of its numbers; NULL for none
 * @help: what it is, a sentence
 * @attr: number of the attribute
 * @word: number of the attribute that holds a word in place of a number, or 0
 */
struct column {
	const char *name;
	enum kind kind;
	const char *unit;
	const char *help;
	uint16_t attr;
	uint16_t word;
};

/**
 * struct view - a view
 * @name: name of its file in /proc/net/tcpdiag
 * @help: what a row is, a sentence
 * @cmd: number of the operation that dumps it
 * @column: its columns, in the order of the file
 * @columns: how many
 */
struct view {
	const char *name;
	const char *help;
	uint8_t cmd;
	const struct column *column;
	unsigned int columns;
};

/* No view has more columns. */
#define COLUMNS_MAX	64

/* table-gen.c: all views, ended by one without a name */
extern const struct view views[];
/* The same for events: an event has the attributes of a row. */
extern const struct view events[];

const struct view *view_find(const char *name);
const struct view *event_find(const char *name);
int view_column(const struct view *view, const char *name, size_t len);

#endif /* TCPDIAG_TOOLS_TABLE_H */
