/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Views, each declared once for every reporter.
 *
 * A view has a name, a table of columns and three functions. procfs/ prints its
 * rows as text, netlink/ dumps them as attributes; neither has code for each
 * view. A new view is one file here, its declaration below, one line in views.c,
 * one in Kbuild, one page in Documentation/, and its attributes and operation in
 * Documentation/netlink/specs/tcpdiag.yaml with a line in netlink/dump.c.
 */
#ifndef TCPDIAG_VIEW_VIEW_H
#define TCPDIAG_VIEW_VIEW_H

#include <linux/in6.h>
#include <linux/types.h>
#include <uapi/linux/tcpdiag.h>

#include "model/fsm.h"

struct tcpdiag_hist;
struct tcpdiag_owner;
struct tcpdiag_reader;

/**
 * enum tcpdiag_kind - the kind of a column's cells
 * @TCPDIAG_KIND_COUNT: a number that is not negative
 * @TCPDIAG_KIND_SIGNED: a number
 * @TCPDIAG_KIND_US: a time in microseconds
 * @TCPDIAG_KIND_TENTHS: a number with one decimal, kept as tenths
 * @TCPDIAG_KIND_FLAG: yes or no
 * @TCPDIAG_KIND_WORD: a word of a fixed set
 * @TCPDIAG_KIND_NAME: the name of a process, which may hold any bytes
 * @TCPDIAG_KIND_ADDR: an address
 * @TCPDIAG_KIND_END: an address and a port
 * @TCPDIAG_KIND_TIMES: times in microseconds, by state
 * @TCPDIAG_KIND_TEXT: a sentence; only in the last column
 */
enum tcpdiag_kind {
	TCPDIAG_KIND_COUNT,
	TCPDIAG_KIND_SIGNED,
	TCPDIAG_KIND_US,
	TCPDIAG_KIND_TENTHS,
	TCPDIAG_KIND_FLAG,
	TCPDIAG_KIND_WORD,
	TCPDIAG_KIND_NAME,
	TCPDIAG_KIND_ADDR,
	TCPDIAG_KIND_END,
	TCPDIAG_KIND_TIMES,
	TCPDIAG_KIND_TEXT,
};

/**
 * struct tcpdiag_column - one column of a view
 * @name: its name in the header
 * @kind: the kind of its cells
 * @attr: number of its netlink attribute; the same name with dashes
 * @word: number of the attribute that a word in place of a value has; 0 if
 *	there is no such word, or if @attr holds it (WORD, ADDR, END)
 */
struct tcpdiag_column {
	const char *name;
	enum tcpdiag_kind kind;
	u8 attr;
	u8 word;
};

/**
 * struct tcpdiag_end - one end of a connection, or a listener's
 * @v6: its family is AF_INET6
 * @v6only: IPv6 only
 * @addr: the address; IPv4 in the first word
 * @port: the port, host order; 0 for none
 * @device: index of the device it is bound to, or 0
 */
struct tcpdiag_end {
	bool v6;
	bool v6only;
	struct in6_addr addr;
	u16 port;
	int device;
};

/**
 * struct tcpdiag_times - times in some states
 * @states: the states, one bit each
 * @us: the times in microseconds, by state
 */
struct tcpdiag_times {
	u32 states;
	u64 us[TCPDIAG_STATES];
};

/**
 * enum tcpdiag_content - what a cell holds
 * @TCPDIAG_CELL_UNKNOWN: nothing: it is not known, or has no meaning here
 * @TCPDIAG_CELL_VALUE: a value of its column's kind
 * @TCPDIAG_CELL_WORD: a word in place of a value, such as "other"
 */
enum tcpdiag_content {
	TCPDIAG_CELL_UNKNOWN,
	TCPDIAG_CELL_VALUE,
	TCPDIAG_CELL_WORD,
};

/**
 * struct tcpdiag_cell - one cell of a row
 * @content: what it holds
 * @u: COUNT, US, TENTHS, FLAG
 * @s: SIGNED
 * @text: WORD, NAME, TEXT; valid until the next row
 * @end: ADDR, END
 * @times: TIMES; valid until the next row
 */
struct tcpdiag_cell {
	enum tcpdiag_content content;
	union {
		u64 u;
		s64 s;
		const char *text;
		struct tcpdiag_end end;
		const struct tcpdiag_times *times;
	};
};

/* Enough columns for the widest view. */
#define TCPDIAG_COLUMNS_MAX	48
/* Room for the formatted words of a row. */
#define TCPDIAG_ROW_TEXT	128

/**
 * struct tcpdiag_row - one row of a view
 * @view: the view
 * @n: cells that are filled
 * @used: characters of @text in use
 * @text: formatted words of this row
 * @cell: the cells, in the order of the columns
 */
struct tcpdiag_row {
	const struct tcpdiag_view *view;
	unsigned int n;
	unsigned int used;
	char text[TCPDIAG_ROW_TEXT];
	struct tcpdiag_cell cell[TCPDIAG_COLUMNS_MAX];
};

/**
 * struct tcpdiag_view - a view
 * @name: name of the file in /proc/net/tcpdiag
 * @column: its columns
 * @columns: how many
 * @owners: it shows who owns sockets, to a reader who may see that
 * @frozen_size: bytes that @freeze wants, all 0
 * @resumes: @row goes on by position alone, so a reporter may call @freeze and
 *	@thaw for each part of a listing. Else it calls them once for all of it, so
 *	that it is of one moment
 * @freeze: gather what this view needs, and nothing else. Returns 0 or a
 *	negative errno; then @thaw is not called
 * @row: fill the row at a position, or the first one after it. Sets the position
 *	to where the row is. Returns 1, 0 behind the last row, or a negative errno
 * @thaw: let go of what was gathered; NULL if that is nothing
 * @generation: if @resumes, a number that changes when rows come or go
 *
 * Context of all: process, the reader's; may sleep. @thaw may be called by
 * another one.
 */
struct tcpdiag_view {
	const char *name;
	const struct tcpdiag_column *column;
	unsigned int columns;
	bool owners;
	size_t frozen_size;
	bool resumes;
	int (*freeze)(const struct tcpdiag_reader *reader, void *frozen);
	int (*row)(const struct tcpdiag_reader *reader, void *frozen, u64 *pos,
		   struct tcpdiag_row *row);
	void (*thaw)(void *frozen);
	u32 (*generation)(const struct tcpdiag_reader *reader);
};

/* The largest position that a row may have. */
#define TCPDIAG_POS_MAX		((u64)LLONG_MAX - 2)

/* views.c: all views, then NULL */
extern const struct tcpdiag_view *const tcpdiag_views[];

/* One for each view, in a file of its name. */
extern const struct tcpdiag_view tcpdiag_view_states;
extern const struct tcpdiag_view tcpdiag_view_transitions;
extern const struct tcpdiag_view tcpdiag_view_histograms;
extern const struct tcpdiag_view tcpdiag_view_sockets;
extern const struct tcpdiag_view tcpdiag_view_close_wait;
extern const struct tcpdiag_view tcpdiag_view_congestion;
extern const struct tcpdiag_view tcpdiag_view_listeners;
extern const struct tcpdiag_view tcpdiag_view_handshake;
extern const struct tcpdiag_view tcpdiag_view_resets;
extern const struct tcpdiag_view tcpdiag_view_stalls;
extern const struct tcpdiag_view tcpdiag_view_flows;
extern const struct tcpdiag_view tcpdiag_view_time_wait;
extern const struct tcpdiag_view tcpdiag_view_ports;
extern const struct tcpdiag_view tcpdiag_view_findings;
extern const struct tcpdiag_view tcpdiag_view_history;
extern const struct tcpdiag_view tcpdiag_view_self;

/* read.c: for reporters */
int tcpdiag_view_count_failure(const struct tcpdiag_reader *reader, int err);
void *tcpdiag_view_freeze(const struct tcpdiag_view *view,
			  const struct tcpdiag_reader *reader);
void tcpdiag_view_thaw(const struct tcpdiag_view *view, void *frozen);
int tcpdiag_view_row(const struct tcpdiag_view *view,
		     const struct tcpdiag_reader *reader, void *frozen,
		     u64 *pos, struct tcpdiag_row *row);

/* row.c: each fills the next cell, or the next few */
void tcpdiag_row_begin(struct tcpdiag_row *row,
		       const struct tcpdiag_view *view);
void tcpdiag_row_unknown(struct tcpdiag_row *row, unsigned int columns);
void tcpdiag_row_value(struct tcpdiag_row *row, bool known, u64 v);
void tcpdiag_row_signed(struct tcpdiag_row *row, bool known, s64 v);
void tcpdiag_row_flag(struct tcpdiag_row *row, bool yes);
void tcpdiag_row_word(struct tcpdiag_row *row, const char *word);
void tcpdiag_row_text(struct tcpdiag_row *row, const char *text);
__printf(2, 3)
void tcpdiag_row_made_word(struct tcpdiag_row *row, const char *format, ...);
void tcpdiag_row_end(struct tcpdiag_row *row, const struct tcpdiag_end *end);
void tcpdiag_row_times(struct tcpdiag_row *row,
		       const struct tcpdiag_times *times);
void tcpdiag_row_owner(struct tcpdiag_row *row,
		       const struct tcpdiag_owner *owner);
void tcpdiag_row_hist(struct tcpdiag_row *row,
		      const struct tcpdiag_hist *hist);

#endif /* TCPDIAG_VIEW_VIEW_H */
